// README as its reader meets it: every command runs as written, and none of what there is goes unsaid.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { models } from '@plimsoll/core';
import { afterAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });

describe('README', () => {
  it('has commands that run as they are written, one after the other', { timeout: 240_000 }, () => {
    const commands = [...readme.matchAll(/^npm run plimsoll -- (.+)$/gm)].map(([, words]) => words!);
    expect(commands.length).toBeGreaterThan(8);
    // They are given from the root, where the examples are.
    cpSync(new URL('../../examples', import.meta.url), join(folder, 'examples'), { recursive: true });
    for (const command of commands) {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      const { status, stderr } = run(...words);
      expect(stderr, command).toBe('');
      expect(status, command).toBe(0);
    }
  });

  it('names every verb and every model, in one sitting', () => {
    const verbs = [...run('--help').stdout.matchAll(/^ {2}([a-z-]+)(?: \[options\])? {2,}\S/gm)].map(
      ([, verb]) => verb!,
    );
    expect(verbs).toContain('risk-file');
    for (const verb of verbs) expect(readme, verb).toContain(`\`${verb}\``);
    for (const id of Object.keys(models)) expect(readme, id).toContain(`\n| \`${id}\` |`);
    expect(readme.split('\n').length).toBeLessThanOrEqual(130);
  });
});
