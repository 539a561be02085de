// --history as a user meets it: bars on disk, a market in their midst, windows that are named.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseInstant, seededPrng } from '@plimsoll/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 27 });
const given = ['--chain', 'chain.csv', '--portfolio', 'portfolio.json'];
const bars = ['--history', 'btcusdt.csv', 'vol:BTC=vol.csv'];
const HOUR = 3_600_000;
let at = 0;

beforeAll(() => {
  expect(run('demo', '--seed', '7', '--save', '.').status).toBe(0);
  at = parseInstant(readFileSync(join(folder, 'chain.csv'), 'utf8').split('\n')[1]!.split(',')[0]!) as number;
  const prng = seededPrng(3);
  let [spot, vol] = [90_000, 45];
  const lines: string[][] = [['ts_open,close'], ['ts_open,close']];
  // Bars that end before the market, and a hundred that are its future.
  for (let h = -6_000; h < 100; h++) {
    const step = 0.01 * (prng.next() + prng.next() - 1);
    spot *= 1 + (h === -900 ? -0.2 : step);
    vol *= 1 - 1.5 * step;
    const time = new Date(Math.floor(at / HOUR) * HOUR + h * HOUR).toISOString();
    lines[0]!.push(`${time},${spot}`);
    lines[1]!.push(`${time},${h >= 0 ? 500 : vol}`);
  }
  writeFileSync(join(folder, 'btcusdt.csv'), lines[0]!.join('\n'));
  writeFileSync(join(folder, 'vol.csv'), lines[1]!.join('\n'));
});

describe('--history', () => {
  it('serves the models that look back, sees nothing of the future, and says which windows make the tail', () => {
    for (const model of ['var', 'dmr']) {
      const { status, stdout, stderr } = run('margin', ...given, '--model', model, ...bars, '--json');
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const { tail, notes } = JSON.parse(stdout);
      expect(notes.join(' ')).toContain('100 dates after the market were not looked at');
      if (model !== 'var') continue;
      for (const line of ['maintenance', 'initial']) {
        const own = tail.filter((window: { line: string }) => window.line === line);
        // Coins that share a history are one tail; ETH has none of its own and stands apart.
        const tails = new Map<string, number>();
        for (const { underlyings, share } of own) {
          tails.set(String(underlyings), (tails.get(String(underlyings)) ?? 0) + share);
        }
        expect(tails.size).toBeGreaterThan(0);
        for (const shares of tails.values()) expect(shares).toBeLessThanOrEqual(1 + 1e-9);
        for (const { scenario } of own) {
          expect(parseInstant(scenario.split('/')[1])).toBeLessThanOrEqual(at);
        }
      }
    }
    const told = run('explain', ...given, '--model', 'var', ...bars).stdout;
    expect(told).toMatch(/maintenance: the tail of history, \d+ windows[\s\S]*BTC spot/);
  });

  it('M-165 windows may be drawn, and are named by their set', () => {
    writeFileSync(join(folder, 'drawn.json'), '{"history":{"method":"monte-carlo"}}');
    const asked = ['--model', 'dmr', '--params', 'drawn.json', ...bars];
    const { status, stdout, stderr } = run('margin', ...given, ...asked, '--json');
    expect([status, stderr]).toEqual([0, '']);
    expect(run('margin', ...given, ...asked, '--json').stdout).toBe(stdout);
    expect(run('explain', ...given, '--model', 'var', '--params', 'drawn.json', ...bars).stdout).toMatch(
      /the tail of drawn windows, \d+ windows[\s\S]*(draw|up|down)-\d+ \+\d+ h/,
    );
  });

  it('M-167 a formula says that it was one', () => {
    writeFileSync(join(folder, 'formula.json'), '{"history":{"method":"delta-gamma"}}');
    writeFileSync(
      join(folder, 'straight.json'),
      '{"account":"a","cash":{"USD":"100000"},"positions":[{"product":"BTC-PERPETUAL","quantity":"100000"}]}',
    );
    const asked = [
      '--chain',
      'chain.csv',
      '--portfolio',
      'straight.json',
      '--model',
      'var',
      '--params',
      'formula.json',
      ...bars,
    ];
    const { status, stdout, stderr } = run('margin', ...asked, '--json');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).joint.map(({ by }: { by: string }) => by)).toEqual(['normal', 'normal']);
    expect(run('explain', ...asked).stdout).toMatch(/initial: delta-gamma, normal/);
  });

  it('M-166 estimate writes what --params takes', () => {
    writeFileSync(join(folder, 'bare.json'), '{"history":{"method":"gjr"}}');
    const refused = run('margin', ...given, '--model', 'var', '--params', 'bare.json', ...bars);
    expect(refused.stderr).toMatch(
      /spot:BTC has no parameters of method gjr; estimate them with `plimsoll estimate/,
    );
    const made = run('estimate', ...bars, '--kind', 'gjr', '--out', 'gjr.json', '--json');
    expect([made.status, made.stderr]).toEqual([0, '']);
    const { factors } = JSON.parse(made.stdout);
    expect(factors.map(({ name }: { name: string }) => name)).toEqual(['spot:BTC', 'vol:BTC']);
    const answer = run('margin', ...given, '--model', 'var', '--params', 'gjr.json', ...bars, '--json');
    expect([answer.status, answer.stderr]).toEqual([0, '']);
    expect(run('estimate', ...bars, '--kind', 'arch').stderr).toMatch(/there are garch and gjr/);
  });

  it('is asked for where it is missing', () => {
    const { status, stderr } = run('margin', ...given, '--model', 'var');
    expect(status).toBe(1);
    expect(stderr).toContain('--history');
  });
});
