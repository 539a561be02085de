import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readText } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const TEXT = 'snapshot_ts,instrument\nü,€\n';

describe('readText', () => {
  it('reads text and gzip by their bytes, not their names', async () => {
    expect(await readText(file('plain.csv.gz', TEXT))).toBe(TEXT);
    expect(await readText(file('packed.csv', gzipSync(TEXT)))).toBe(TEXT);
    expect(await readText(file('two.gz', Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)])))).toBe(TEXT + TEXT);
    expect(await readText(file('empty.csv', ''))).toBe('');
    expect(await readText(file('bom.csv', `\uFEFF${TEXT}`))).toBe(TEXT);
  });

  it('reads a pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const reading = readText(path);
    execFileSync('sh', ['-c', `printf 'a,b' > "${path}"`]);
    expect(await reading).toBe('a,b');
  });

  it('refuses ten gigabytes at once, by size alone', async () => {
    const path = file('huge.csv', '');
    truncateSync(path, 10 * 2 ** 30);
    const refusal = await readText(path);
    expect(refusal).toMatchObject({ reason: 'too-large', where: path });
    expect(refusal).toMatchObject({ message: expect.stringContaining('10240 MiB') });
  });

  it('refuses a gzip that unpacks beyond the cap', async () => {
    const zeros = gzipSync(new Uint8Array(2 ** 24), { level: 1 });
    const bomb = Buffer.concat(Array.from({ length: 17 }, () => zeros));
    expect(await readText(file('bomb.gz', bomb))).toMatchObject({ reason: 'too-large' });
  });

  it('refuses a gzip cut anywhere', async () => {
    const packed = gzipSync(TEXT.repeat(50));
    for (let length = 2; length < packed.length; length++) {
      const refusal = await readText(file('cut.gz', packed.subarray(0, length)));
      expect(refusal, `cut at ${length}`).toMatchObject({ kind: 'refused', reason: 'truncated' });
    }
  });

  it('refuses damage, other encodings, folders, devices and absent files in one sentence', async () => {
    const packed = gzipSync(TEXT.repeat(50));
    packed[packed.length - 6]! ^= 255;
    const rows: readonly (readonly [string, string])[] = [
      [file('damaged.gz', packed), 'damaged'],
      [file('latin.csv', Uint8Array.of(0xe9, 0x0a)), 'UTF-8'],
      [file('utf16.csv', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')), 'UTF-8'],
      [folder, 'folder'],
      ['/dev/zero', 'device'],
      [join(folder, 'absent.csv'), 'no such file'],
      [join(folder, 'empty.csv', 'below'), 'cannot be read'],
      ['nul\0byte', 'cannot be read'],
    ];
    for (const [path, said] of rows) {
      expect(await readText(path)).toMatchObject({
        reason: 'malformed',
        where: path,
        message: expect.stringContaining(said),
      });
    }
  });
});
