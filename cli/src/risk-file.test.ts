// The verbs of `risk-file` as a user meets them: the built program, files on disk, exit codes. `npm test` builds it first.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const example = fileURLToPath(new URL('../../examples/risk-file.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-risk-file-'));
const at = (name: string) => join(folder, name);

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}
function said(...args: string[]): string {
  const { status, stdout, stderr } = run(...args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const market = ['--chain', at('chain.csv'), '--perpetuals', at('perpetuals.csv')];
const book = ['--portfolio', at('portfolio.json')];
const MARGIN = ['risk-file', 'margin', ...book, '--file'];

beforeAll(() => {
  said('demo', '--seed', '7', '--save', folder);
  said('risk-file', 'keys', '--out', at('one'));
  said('risk-file', 'keys', '--out', at('two'));
  const times = ['--effective', '2026-03-02T10:00', '--expires', '2026-03-02T11:00', '--sequence', '7'];
  said('risk-file', 'write', ...market, ...book, ...times, '--out', at('risk.json'), '--sign', at('one.pem'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('risk-file margin', () => {
  it('M-75 answers what the live book answers, to the last character', () => {
    const live = said('margin', ...market, ...book, '--json');
    expect(said(...MARGIN, at('risk.json'), '--json')).toBe(live);
    expect(said(...MARGIN, at('risk.json'))).toBe(said('margin', ...market, ...book));
  });

  it('M-75 a packed name is packed, and read by its first bytes', () => {
    said('risk-file', 'write', ...market, ...book, '--out', at('risk.json.gz'));
    expect(statSync(at('risk.json.gz')).size).toBeLessThan(statSync(at('risk.json')).size / 2);
    expect(said(...MARGIN, at('risk.json.gz'))).toBe(said(...MARGIN, at('risk.json')));
  });

  it('M-75 a whole chain margins accounts that were not there when it was written', () => {
    said('risk-file', 'write', ...market, '--out', at('all.json'));
    const answer = JSON.parse(said(...MARGIN, at('all.json'), '--json'));
    expect(answer.legs.length).toBeGreaterThan(5);
    const other = { account: 'other', positions: [{ product: 'BTC-27MAR26-1-C', quantity: '1' }] };
    writeFileSync(at('other.json'), JSON.stringify(other));
    const { status, stderr } = run(
      'risk-file',
      'margin',
      '--file',
      at('all.json'),
      '--portfolio',
      at('other.json'),
    );
    expect(status).toBe(1);
    expect(stderr).toContain('BTC-27MAR26-1-C: it is not in the book');
  });

  it('M-79 a packed file is a fraction of the size, never asks for less, and says how much more at most', () => {
    const out = ['--out', at('exact.json'), '--packed', at('risk.bin'), '--sign', at('one.pem')];
    said('risk-file', 'write', ...market, ...book, ...out);
    const exact = JSON.parse(said(...MARGIN, at('exact.json'), '--json'));
    const packed = JSON.parse(said(...MARGIN, at('risk.bin'), '--json'));
    for (const line of ['maintenance', 'initial']) {
      const more = Number(packed.requirement[line]) - Number(exact.requirement[line]);
      const slack = packed.charges
        .filter((one: { line: string; name: string }) => one.line === line && one.name === 'packing')
        .reduce((sum: number, one: { inputs: { slack: number } }) => sum + one.inputs.slack, 0);
      expect(more).toBeGreaterThanOrEqual(0);
      expect(more).toBeLessThanOrEqual(slack);
      expect(slack).toBeLessThan(0.001 * Number(exact.requirement[line]));
    }
    expect(packed.notes.join()).toContain(
      'the file is packed: maintenance is not below that of the exact file',
    );
    expect(statSync(at('risk.bin')).size).toBeLessThan(statSync(at('exact.json')).size);
    expect(said('risk-file', 'verify', at('risk.bin'), '--key', at('one.pub.pem'))).toContain('may be used');
  });

  it('M-17 a script in another language finds the same swept losses', () => {
    if (spawnSync('python3', ['--version']).status !== 0) {
      console.warn('skipped: there is no python3 here to run examples/risk-file.py');
      return;
    }
    const { stdout, stderr } = spawnSync('python3', [example, at('risk.json'), at('portfolio.json')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const { worst } = JSON.parse(said(...MARGIN, at('risk.json'), '--json'));
    const ours = worst.filter((one: { line: string }) => one.line === 'maintenance');
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(theirs.map(([coin, scenario]) => [coin, scenario])).toEqual(
      ours.map(({ underlying, scenario }: { underlying: string; scenario: string }) => [
        underlying,
        scenario,
      ]),
    );
    theirs.forEach(([, , loss], i) => {
      expect(Math.abs(Number(ours[i].loss) - Number(loss))).toBeLessThan(1e-7);
    });
  });
});

describe('M-77 risk-file verify', () => {
  const verify = (...args: string[]) => run('risk-file', 'verify', ...args);
  const WITHIN = ['--at', '2026-03-02T10:30'];

  it('M-77 says whose signature it is and that its time has come', () => {
    const { status, stdout } = verify(at('risk.json'), '--key', at('one.pub.pem'), ...WITHIN);
    expect(status).toBe(0);
    expect(stdout).toMatch(/right +\S+one\.pub\.pem/);
    expect(stdout).toContain('may be used');
  });

  it.each([
    ['2026-03-02T09:59', 'it is not effective before 2026-03-02T10:00:00Z'],
    ['2026-03-02T11:00', 'it expired at 2026-03-02T11:00:00Z'],
  ])('M-77 at %s %s', (time, sentence) => {
    const { status, stdout } = verify(at('risk.json'), '--at', time);
    expect(status).toBe(1);
    expect(stdout).toContain(sentence);
  });

  it('M-77 counts k of n, and a second desk may sign later', () => {
    const both = ['--key', at('one.pub.pem'), at('two.pub.pem'), ...WITHIN];
    expect(verify(at('risk.json'), ...both).stdout).toContain(
      '1 of the trusted keys signed it and 2 must have',
    );
    expect(verify(at('risk.json'), ...both, '--least', '1').status).toBe(0);
    said('risk-file', 'sign', at('risk.json'), '--key', at('two.pem'), '--out', at('both.json'));
    expect(verify(at('both.json'), ...both).status).toBe(0);
    expect(verify(at('both.json'), ...both, '--least', '3').status).toBe(2);
    expect(said(...MARGIN, at('both.json'))).toBe(said(...MARGIN, at('risk.json')));
  });

  it('M-77 a signature of other bytes is found, and a changed file is refused before', () => {
    const text = readFileSync(at('risk.json'), 'utf8');
    const sealed = JSON.parse(text);
    sealed.signatures[0].signature = sealed.signatures[0].signature.replace(/^../, (two: string) =>
      two === '00' ? '01' : '00',
    );
    writeFileSync(at('forged.json'), JSON.stringify(sealed));
    const forged = verify(at('forged.json'), ...WITHIN, '--json');
    expect(forged.status).toBe(1);
    expect(JSON.parse(forged.stdout).signatures[0].valid).toBe(false);
    writeFileSync(at('changed.json'), text.replace('"sequence":7', '"sequence":8'));
    const changed = verify(at('changed.json'), ...WITHIN);
    expect(changed.status).toBe(1);
    expect(changed.stderr).toContain('changed.json line 1, digest: It is not that of the content');
  });
});

describe('the edges of risk-file', () => {
  it("M-77 keys are not overwritten, and the private one is its owner's alone", () => {
    expect(statSync(at('one.pem')).mode & 0o077).toBe(0);
    const { status, stderr } = run('risk-file', 'keys', '--out', at('one'));
    expect(status).toBe(1);
    expect(stderr).toContain('one.pem: It is there already');
  });

  it('M-77 a chain of files names the one before', () => {
    const next = ['--previous', at('risk.json'), '--sequence', '8', '--out', at('next.json')];
    said('risk-file', 'write', ...market, ...book, ...next);
    const { digest } = JSON.parse(readFileSync(at('risk.json'), 'utf8'));
    expect(JSON.parse(readFileSync(at('next.json'), 'utf8')).file.header).toEqual({
      previous: digest,
      sequence: 8,
    });
  });

  it.each([
    [['write', '--out', at('x.json')], 2, 'give either --chain FILE or --market FILE'],
    [['write', ...market, '--out', at('x.json'), '--sequence', '1.5'], 2, 'a whole number'],
    [
      ['write', ...market, '--out', at('x.json'), '--effective', '2026-03-02', '--expires', '2026-03-02'],
      2,
      'must come after',
    ],
    [
      ['write', ...market, ...book, '--out', at('x.json'), '--sign', at('one.pub.pem')],
      1,
      'private key in PEM; make a pair with',
    ],
    [['write', ...market, ...book, '--out', at('none/x.json')], 1, 'cannot be written (ENOENT)'],
    [['verify', at('portfolio.json')], 1, 'portfolio.json line'],
    [['margin', '--file', at('gone.json'), ...book], 1, 'gone.json: There is no such file'],
  ] as const)('%j is refused with %d', (args, code, sentence) => {
    const { status, stderr } = run('risk-file', ...args);
    expect(stderr).toContain(sentence);
    expect(status).toBe(code);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('every verb shows an example', () => {
    for (const verb of ['write', 'sign', 'verify', 'margin', 'keys']) {
      expect(said('risk-file', verb, '--help')).toContain(`plimsoll risk-file ${verb}`);
    }
    expect(existsSync(at('x.json'))).toBe(false);
  });
});
