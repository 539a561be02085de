// plimsoll engine, verify, replay as a user meets them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-engine-'));
const at = (name: string) => join(folder, name);

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  expect(run('demo', '--save', folder).status).toBe(0);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('M-200 engine, verify, replay', () => {
  it('takes a day of inputs into a journal, which is whole and leads to the same state', () => {
    const taken = run('engine', '--inputs', at('day.inputs'), '--journal', at('day.journal'));
    expect(taken.stderr).toBe('');
    expect(taken.status).toBe(0);
    expect(taken.stdout).toMatch(/answers: called until .*; cured by \d+ units of USD, or sell \d+ lots/);
    expect(taken.stdout).toContain('forgets: called -> liquidating, the deadline has passed');
    const [, state] = /; state ([0-9a-f]{64})/.exec(taken.stdout)!;
    const verified = JSON.parse(run('verify', '--journal', at('day.journal'), '--json').stdout);
    const replayed = JSON.parse(run('replay', '--journal', at('day.journal'), '--json').stdout);
    expect(replayed).toEqual({ replayed: verified.records, head: verified.head, state });
  });

  it('knows the inputs again when they come again', () => {
    const again = run('engine', '--inputs', at('day.inputs'), '--journal', at('day.journal'));
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('repeated: it is number');
  });

  it('names the record that was tampered with', () => {
    run('engine', '--inputs', at('day.inputs'), '--journal', at('bad.journal'));
    const file = new Database(at('bad.journal'));
    file.prepare("UPDATE records SET facts = replace(facts, 'gambler', 'gambled') WHERE seq = 30").run();
    file.close();
    for (const verb of ['verify', 'replay']) {
      const { status, stderr } = run(verb, '--journal', at('bad.journal'));
      expect(status).toBe(1);
      expect(stderr).toMatch(/\b30\b/);
    }
  });

  it.each([
    ['a line that is no input', '2026-03-02T08:00:00Z {"kind":"hope"}', /line 1/],
    ['a line without a time', '{"kind":"beat"}', /line 1/],
  ])('refuses %s, by its line', (_, line, where) => {
    writeFileSync(at('bad.inputs'), `${line}\n`);
    const { status, stderr } = run('engine', '--inputs', at('bad.inputs'));
    expect(status).toBe(1);
    expect(stderr).toMatch(where);
  });

  it('refuses files that are not there or are no journal', () => {
    expect(run('engine', '--inputs', at('none')).stderr).toContain('cannot be read');
    writeFileSync(at('text.journal'), readFileSync(at('portfolio.json')));
    for (const verb of ['verify', 'replay'])
      expect(run(verb, '--journal', at('text.journal')).status).toBe(1);
    expect(run('replay', '--journal', at('none.journal')).status).toBe(1);
  });
});
