// The fund and the breaker of a venue's file, through the built command.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRefusal, parseInstant } from '@plimsoll/core';
import { loadHistory } from '@plimsoll/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORD } from './fund-scenarios.ts';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const example = fileURLToPath(new URL('../../examples/venue.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env, maxBuffer: 2 ** 27 });
}
const verb = (name: string, ...more: string[]) =>
  run(name, '--chain', at('chain.csv'), '--accounts', example, ...more);
const json = (...args: Parameters<typeof verb>) => {
  const { status, stdout, stderr } = verb(...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
};
const dollars = (text: string) => Number(text);

interface Stressed {
  readonly name: string;
  readonly source: string;
  readonly total: string;
  readonly cover2: string;
  readonly owners: readonly { readonly owner: string; readonly shortfall: string }[];
}

beforeAll(() => {
  expect(run('demo', '--seed', '7', '--save', folder).status).toBe(0);
});

describe('fund', () => {
  it('M-159 says need, cover-2 and who leaves what after stresses that are named with their source', () => {
    const { model, owners, pools, stresses, size, happened } = json('fund');
    expect([model, owners, pools]).toEqual(['grid', 9, 13]);
    const named: Stressed[] = stresses;
    expect(named.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['12 March 2020, vol assumed to double', 'tail -66%']),
    );
    for (const { source, total, cover2, owners: short } of named) {
      expect(source).toMatch(/on record|far tail/);
      const sum = short.reduce((all, { shortfall }) => all + dollars(shortfall), 0);
      expect(sum).toBeCloseTo(dollars(total), 4);
      const two = short.slice(0, 2).reduce((all, { shortfall }) => all + dollars(shortfall), 0);
      expect(two).toBeCloseTo(dollars(cover2), 4);
    }
    const most = (of: readonly Stressed[], by: 'total' | 'cover2') =>
      Math.max(...of.map((one) => dollars(one[by])));
    const past = named.filter(({ source }) => source.startsWith('on record'));
    expect(dollars(size.total.amount)).toBe(most(named, 'total'));
    expect(dollars(happened.cover2.amount)).toBe(most(past, 'cover2'));
  });

  it('M-159 a stress of one coin hurts whom it must; a fund is gone where its own need says', () => {
    const { stresses, reverse } = json('fund', '--fund', '50k', '--stress', 'BTC=-40%', 'ETH=+60%,vol=+10pt');
    expect(stresses.map(({ name }: Stressed) => name)).toEqual(['BTC=-40%', 'ETH=+60%,vol=+10pt']);
    const [fall, rise] = stresses.map(({ owners }: Stressed) => owners.map(({ owner }) => owner));
    expect(fall).toContain('carol');
    expect(fall).not.toContain('dave');
    expect(rise).toEqual(['desk-d']);
    const down = reverse.find(({ direction }: { direction: string }) => direction === 'BTC down');
    expect(dollars(down.gone.cover2)).toBeGreaterThan(50_000);
    const there = json('fund', '--stress', `BTC=-${100 * down.gone.survived}%`).stresses[0];
    expect(dollars(there.cover2)).toBeLessThanOrEqual(50_000);
    // The stress followed as a whole, in times itself: gone between now and 40 %.
    const own = reverse.find(({ direction }: { direction: string }) => direction === 'BTC=-40%');
    expect(own.unit).toBe('times');
    expect(own.gone.size * 0.4).toBeCloseTo(down.gone.size, 4);
  });

  it('M-159 speaks to people: which model and why, what the fund has left, how far until it is gone', () => {
    const { status, stdout, stderr } = verb('fund', '--fund', '1m', '--cover', 'total');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('9 owners, 13 pools');
    expect(stdout).toContain('model grid, since there is no --history');
    expect(stdout).toMatch(
      /12 March 2020, vol assumed to double +BTC -46\.4 %, ETH -47\.8 %, vol \+100\.0 % +on record/,
    );
    expect(stdout).toContain('fund after');
    expect(stdout).toContain('How far until a fund of 1,000,000.00 USD is gone, counting all owners');
    expect(stdout).toMatch(/all coins down +-\d+\.\d\d %/);
    expect(stdout).toMatch(/To bear what happened: a fund of [\d,.]+ USD/);
    const safe = verb('fund', '--stress', 'BTC=+0.1%').stdout;
    expect(safe).toContain('nobody leaves anything unpaid');
    expect(safe).toContain('How far until the first dollar is missing');
  });

  it('M-172 takes the extremes of a history where there is one, the house model, and a proxy for what has none', () => {
    const HOUR = 3_600_000;
    const first = readFileSync(at('chain.csv'), 'utf8').split('\n')[1]!.split(',')[0]!;
    const now = Math.floor((parseInstant(first) as number) / HOUR) * HOUR;
    const lines = { spot: ['ts_open,close'], vol: ['ts_open,close'] };
    let [spot, vol] = [90_000, 45];
    for (let h = 6_000; h > 0; h--) {
      // A fall of a third in an hour, and calm elsewhere.
      spot *= h === 900 ? 2 / 3 : 1 + 0.004 * Math.sin(h);
      vol *= h === 900 ? 1.5 : 1 + 0.004 * Math.cos(h);
      const time = new Date(now - h * HOUR).toISOString();
      lines.spot.push(`${time},${spot}`);
      lines.vol.push(`${time},${vol}`);
    }
    writeFileSync(at('btcusdt.csv'), lines.spot.join('\n'));
    writeFileSync(at('vol.csv'), lines.vol.join('\n'));
    const bars = ['--history', at('btcusdt.csv'), `vol:BTC=${at('vol.csv')}`];
    const { model, stresses } = json('fund', ...bars);
    expect(model).toBe('dmr');
    const [fall] = stresses.filter(({ name }: Stressed) => name === "BTC's farthest fall");
    expect(fall.source).toMatch(/^--history, \d{4}-/);
    const spots = Object.fromEntries(
      fall.moves
        .filter(({ kind }: { kind: string }) => kind === 'spot')
        .map(({ underlying, relative }: { underlying: string; relative: number }) => [underlying, relative]),
    );
    expect(spots['BTC']).toBeLessThan(-0.33);
    expect(spots['ETH']).toBeCloseTo(1.5 * spots['BTC']!, 12);
  });

  it('M-172 commands of docs/dynamic.md run as they are written', () => {
    copyFileSync(example, at('venue.csv'));
    const page = readFileSync(new URL('../../docs/dynamic.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/^ {4}plimsoll ((?:fund|breaker) .+)$/gm)].map(([, words]) => words!);
    expect(commands.length).toBe(3);
    for (const command of commands) {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      const { status, stderr } = spawnSync(process.execPath, [program, ...words], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stderr, command).toBe('');
      expect(status, command).toBe(0);
    }
  });

  it('refuses what is no stress, no amount, no file of accounts', () => {
    for (const words of [
      'BTC',
      'BTC=-100%',
      'BTC=-5pt',
      'peg=-5%',
      'BTC=-1%,BTC=-2%',
      'vol=+1%,vol=+2%',
      '',
    ]) {
      expect(verb('fund', '--stress', words).status, words).toBe(2);
    }
    expect(verb('fund', '--stress', 'DOGE=-5%').stderr).toContain('DOGE');
    expect(verb('fund', '--fund', '-1').status).toBe(2);
    expect(verb('fund', '--fund', '5 m').stderr).toContain('750k');
    expect(verb('fund', '--cover', 'all').stderr).toContain('cover2 nor total');
    const lost = run('fund', '--chain', at('chain.csv'), '--accounts', at('none.csv'));
    expect(lost.status).toBe(1);
    writeFileSync(at('bad.csv'), 'owner,account,kind,product,quantity\na,x,cash,USD,1\na,x,cash,USD,2\n');
    const twice = run('fund', '--chain', at('chain.csv'), '--accounts', at('bad.csv'));
    expect(twice.stderr).toContain('bad.csv row 3');
  });
});

const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const hasData = existsSync(data);
if (!hasData) console.log('skipped: the record of stresses against bars, ../shared/data is absent');

describe.skipIf(!hasData)('M-172 the stresses on record', () => {
  it('are the farthest closes of BTC within a day in the bars, and what ETH and the vol did between them', async () => {
    const files = [
      'prices/btcusdt_hourly_spliced',
      'prices/ethusdt_hourly_spliced',
      'vol/btc_dvol_hourly_2021-03_2025-10',
    ];
    const [btc, eth, vol] = await Promise.all(
      files.map(async (name) => {
        const history = await loadHistory([join(data, `${name}.csv.gz`)]);
        if (isRefusal(history)) throw new Error(history.message);
        return new Map(Array.from(history.times, (time, i) => [time, history.factors[0]!.levels[i]!]));
      }),
    );
    const days = [
      [Date.UTC(2020, 2, 11), Date.UTC(2020, 2, 14), -1],
      [Date.UTC(2020, 2, 12), Date.UTC(2020, 2, 15), 1],
      [Date.UTC(2021, 4, 18), Date.UTC(2021, 4, 20), -1],
      [Date.UTC(2021, 4, 19), Date.UTC(2021, 4, 21), 1],
      [Date.UTC(2022, 10, 8), Date.UTC(2022, 10, 11), -1],
    ] as const;
    const DAY = 86_400_000;
    days.forEach(([from, to, sign], i) => {
      const times = [...btc!.keys()].filter((time) => time >= from && time <= to);
      let farthest = { move: 0, began: 0, ended: 0 };
      for (const began of times) {
        for (const ended of times.filter((time) => time > began && time - began <= DAY)) {
          const move = btc!.get(ended)! / btc!.get(began)! - 1;
          if (sign * move > sign * farthest.move) farthest = { move, began, ended };
        }
      }
      const of = (levels: Map<number, number>) =>
        levels.get(farthest.ended)! / levels.get(farthest.began)! - 1;
      const [, coin, other, index] = RECORD[i]!;
      expect(coin).toBeCloseTo(farthest.move, 3);
      expect(other).toBeCloseTo(of(eth!), 3);
      if (vol!.has(farthest.began)) expect(index).toBeCloseTo(of(vol!), 3);
    });
  });
});
