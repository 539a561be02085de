// plimsoll backtest as a user meets it: bars and chains on disk, killed and taken up again, told in JSON, in a table and as a page.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { instant, seededPrng } from '@plimsoll/core';
import { simulateChain, writeChainCsv, writePerpetualsCsv } from '@plimsoll/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const dynamic = readFileSync(new URL('../../docs/dynamic.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, 'backtest', ...args], {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 27 },
    env: { ...process.env, NO_COLOR: '1' },
  });
const json = (...args: string[]) => {
  const { status, stdout, stderr } = run(...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
};

const HOUR = 3_600_000;
const START = Date.UTC(2023, 0, 1);
/** A year that a model looks back on, and five days that are margined: the year of the page's first command. */
const HOURS = 8_760 + 120;

function bars(): Record<'btcusdt' | 'ethusdt' | 'btc_dvol', string[]> {
  const prng = seededPrng(11);
  let [btc, eth, vol] = [30_000, 1_800, 55];
  const head = 'ts_open,open,high,low,close';
  const lines = { btcusdt: [head], ethusdt: [head], btc_dvol: [head] };
  const bar = (name: keyof typeof lines, time: string, from: number, to: number) => {
    const [low, high] = [0.998 * Math.min(from, to), 1.002 * Math.max(from, to)];
    lines[name].push([time, from, high, low, to].map(String).join(','));
  };
  for (let h = 0; h < HOURS; h++) {
    const step = 0.008 * (prng.next() + prng.next() + prng.next() - 1.5) + (h === 8_820 ? -0.09 : 0);
    const time = new Date(START + h * HOUR).toISOString();
    const [b, e, v] = [btc, eth, vol];
    btc *= 1 + step;
    eth *= 1 + 0.9 * step + 0.004 * (prng.next() - 0.5);
    vol = Math.max(25, vol * (1 - 0.8 * step) + 0.02 * (55 - vol));
    bar('btcusdt', time, b, btc);
    bar('ethusdt', time, e, eth);
    bar('btc_dvol', time, v, vol);
  }
  return lines;
}

beforeAll(() => {
  for (const [name, lines] of Object.entries(bars())) {
    writeFileSync(at(`${name}.csv.gz`), gzipSync(lines.join('\n')));
  }
  const chains = simulateChain({ seed: 5, at: instant(Date.UTC(2024, 0, 2, 9)), snapshots: 5, hours: 12 });
  writeFileSync(at('chain_2024-01.csv.gz'), gzipSync(writeChainCsv(chains.slice(0, 3))));
  writeFileSync(at('chain_2024-02.csv.gz'), gzipSync(writeChainCsv(chains.slice(2))));
  writeFileSync(at('perpetuals.csv.gz'), gzipSync(writePerpetualsCsv(chains)));
});

const spots = ['--history', 'btcusdt.csv.gz', 'btc_dvol.csv.gz'];

describe('several processes', () => {
  it('walk to the same numbers as one, keep a state to go on from, and leave nothing beside it', () => {
    const words = [
      '--model',
      'var',
      '--params',
      'few.json',
      ...spots,
      '--from',
      '2024-01-01',
      '--to',
      '2024-01-04',
    ];
    writeFileSync(
      at('few.json'),
      '{"history": {"windows": {"maintenance": 16, "initial": 16}, "dates": {"maintenance": 2, "initial": 2}}}',
    );
    const plain = ({ timing, ...rest }: { timing: unknown }) => rest;
    const one = json(...words, '--jobs', '1');
    const three = json(...words, '--jobs', '3', '--state', 'shared.json');
    expect(plain(three)).toEqual(plain(one));
    expect(readdirSync(folder).filter((name) => name.startsWith('shared.json'))).toEqual(['shared.json']);
    expect(plain(json(...words, '--jobs', '3', '--state', 'shared.json'))).toEqual(plain(one));
    expect(run(...words, '--jobs', '0').stderr).toContain('whole number from 1');
  });
});

describe('docs/dynamic.md', () => {
  it('has commands of a backtest that run as they are written', () => {
    const commands = [...dynamic.matchAll(/^ {4}plimsoll backtest (.+)$/gm)].map(([, words]) => words!);
    expect(commands.length).toBeGreaterThan(3);
    writeFileSync(at('policy.json'), '{"tool": "buffer", "buffer": 0.3}');
    for (const command of commands) {
      const { status, stdout, stderr } = run(...command.split(' '));
      expect(stderr.replace(/^ {2}note: .*\n/gm, '').replace(/^backtest: .*\n/gm, ''), command).toBe('');
      expect(status, command).toBe(0);
      expect(stdout, command).toContain('held to 99.0 % of 24 h paths');
    }
    const page = readFileSync(at('run.html'), 'utf8');
    expect(page).not.toMatch(/NaN|Infinity|undefined|<script|https?:/);
    expect(page).toContain('name="viewport"');
  });
});

describe('M-181 a run', () => {
  it('killed in its midst is taken up again and gives the same JSON', async () => {
    const given = [
      ...[...spots, '--model', 'grid', '--from', '2024-01-01', '--every', '1'],
      ...['--book', 'outright', 'straddle', 'market maker'],
    ];
    const { timing: _, ...whole } = json(...given);
    const state = at('killed.json');
    const child = spawn(process.execPath, [program, 'backtest', ...given, '--json', '--state', state], {
      ...{ cwd: folder, stdio: 'ignore' },
    });
    const gone = new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
    while (!existsSync(state)) await sleep(2);
    child.kill('SIGKILL');
    expect(await gone).toBe('SIGKILL');
    const left = JSON.parse(readFileSync(state, 'utf8'));
    expect(left.books[0].at.length).toBeGreaterThan(0);
    expect(left.books[0].at.length).toBeLessThan(whole.books[0].margins);
    const { timing: __, ...again } = json(...given, '--state', state);
    expect(JSON.stringify(again)).toBe(JSON.stringify(whole));
    const other = run(...given, '--every', '2', '--state', state);
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('another run')]);
  });

  it('says that paths of one spot are seen inside bars, and finds the crash that closes show too', () => {
    const { books, span, scene } = json(
      ...spots,
      '--model',
      'static',
      '--from',
      '2024-01-01',
      '--book',
      'outright',
    );
    expect(scene).toContain('generated by a model');
    expect(span.from).toBe('2024-01-01T00:00:00Z');
    expect(books[0].seen).toBe('lows and highs');
    expect(books[0].initial.worst).toBeGreaterThan(0.5);
    expect(books[0].initial.kupiec.statistic).toBeGreaterThanOrEqual(0);
    expect(books[0].tail).toBeNull();
  });
});

describe('M-186 real chains', () => {
  const chains = [
    '--chain',
    'chain_2024-01.csv.gz',
    'chain_2024-02.csv.gz',
    '--perpetuals',
    'perpetuals.csv.gz',
  ];

  it('are walked snapshot by snapshot, and every output says what is not seen', () => {
    const { books, scene, notes } = json(...chains, '--model', 'static');
    expect(scene).toContain('seen at snapshots only');
    expect(notes.join(' ')).toContain('1 snapshots stand in several files');
    expect(books.map(({ margins }: { margins: number }) => margins)).toEqual(Array(12).fill(5));
    const { stdout } = run(...chains, '--model', 'static', '--html', 'chains.html');
    expect(stdout).toContain('seen at snapshots only');
    expect(stdout).toContain('not seen');
    expect(readFileSync(at('chains.html'), 'utf8')).toContain('seen at snapshots only');
  });

  it('go with a history where a model looks back, and say where it ends', () => {
    const { books, notes } = json(...chains, ...spots, '--model', 'var', '--book', 'outright', 'basis');
    expect(notes.join(' ')).toMatch(/history of spot:BTC, vol:BTC: 8880 dates/);
    const [outright, basis] = books;
    expect(outright.tail.untested).toContain('fewer than 40');
    expect(basis.tail.missing).toEqual(['premium:BTC', 'term:BTC']);
    const table = run(...chains, ...spots, '--model', 'var', '--book', 'basis');
    expect(table.stdout).toContain('basis: not tested, it hangs on premium:BTC, term:BTC');
  });
});

describe('M-183 --governed', () => {
  const given = [
    ...spots,
    '--model',
    'dmr',
    '--from',
    '2024-01-04T12:00:00Z',
    '--every',
    '12',
    '--book',
    'outright',
  ];
  const policy = (text: string) => {
    writeFileSync(at('own.json'), text);
    return ['--governed', 'own.json'];
  };

  it('takes an elasticity or the words of a policy, each of which asks for its own', () => {
    const mean = (...words: string[]) => json(...given, ...words).books[0].maintenance.mean;
    expect(mean(...policy('{"elasticity": 0.5}'))).toBe(mean('--governed'));
    const means = ['{"tool": "ratchet"}', '{"tool": "stress-weight"}'].map((text) => mean(...policy(text)));
    expect(new Set(means).size).toBe(2);
  });

  it.each([
    ['{"tool": "buffers"}', /own.json.*buffers/],
    ['{"tool": "buffer", "bufer": 1}', /bufer.*buffer/],
    ['{"tool": "stress-weight", "weight": 2}', /weight is 2/],
    ['{"elasticity": 1.5}', /elasticity is 1.5/],
    ['{"tool": ', /own.json/],
  ])('refuses the policy %s', (text, message) => {
    const { status, stderr } = run(...given, ...policy(text));
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  it.each([
    [['--governed', 'half'], /neither an elasticity/],
    [['--governed', '2'], /from 0 to 1/],
    [['--governed', 'absent.json'], /no such file/],
  ])('refuses %j', (words, message) => {
    const { status, stderr } = run(...given, ...words);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });
});

describe('what cannot be walked', () => {
  it.each([
    [['--model', 'static'], /needs bars or chains/],
    [[...spots, '--perpetuals', 'perpetuals.csv.gz'], /goes with --chain/],
    [['--chain', 'chain_2024-01.csv.gz', '--governed'], /follows a history/],
    [['--chain', 'absent.csv'], /no such file/],
    [['--chain', 'chain_2024-01.csv.gz', '--from', '2024-02-01'], /fewer than two dates/],
    [[...spots, '--book', 'gold'], /no book 'gold'/],
    [[...spots, '--every', '0'], /0.01 to 8760/],
    [['--chain', 'chain_2024-01.csv.gz', '--model', 'var', '--book', 'outright'], /--history/],
  ])('%j is refused', (words, message) => {
    const { status, stderr } = run(...words);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });
});
