// Histories as a user names them: by a word, by a file's name; on one step; what was done is said.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal } from '@plimsoll/core';
import { afterAll, describe, expect, it } from 'vitest';
import { factorOfName, loadHistory, readHistoryWord } from './history.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, rows: readonly (readonly [string, number])[]): string {
  const path = join(folder, name);
  writeFileSync(path, `ts_open,close\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  return path;
}
const hour = (h: number, minute = '00') => `2026-01-01T0${h}:${minute}:00Z`;

describe('M-180 what a file is a history of', () => {
  it.each([
    ['data/btcusdt_hourly.csv.gz', { kind: 'spot', of: 'BTC' }],
    ['ETH-USD.csv', { kind: 'spot', of: 'ETH' }],
    ['usdcusdt_hourly.csv', { kind: 'peg', of: 'USDC' }],
    ['usdtusd_daily.csv', { kind: 'peg', of: 'USDT' }],
    ['btc_dvol_hourly.csv', { kind: 'vol', of: 'BTC' }],
    ['dvol.csv', { kind: 'vol', of: 'BTC' }],
    ['perp_hourly_close_28coins.csv', undefined],
  ])('reads %s', (name, factor) => {
    expect(factorOfName(name)).toEqual(factor);
  });

  it('believes a word before a name, and refuses a word it does not know', () => {
    expect(readHistoryWord('premium:BTC=btcusdt.csv')).toEqual({
      path: 'btcusdt.csv',
      factor: { kind: 'premium', of: 'BTC' },
    });
    for (const word of ['gold:BTC=x.csv', 'spot:=x.csv', 'vol:btc=x.csv']) {
      const refusal = readHistoryWord(word);
      expect(isRefusal(refusal) && refusal.message).toContain('names no factor');
    }
  });

  it('takes vols that are always above three as percent, and says so', async () => {
    const percent = file('btc_dvol.csv', [
      [hour(0), 45],
      [hour(1), 50],
    ]);
    const history = await loadHistory([percent]);
    if (isRefusal(history)) throw new Error(history.message);
    expect([...history.factors[0]!.levels]).toEqual([0.45, 0.5]);
    expect(history.notes.join()).toContain('percent');
    const decimal = file('vol.csv', [
      [hour(0), 0.45],
      [hour(1), 0.5],
    ]);
    const same = await loadHistory([`vol:BTC=${decimal}`]);
    expect(isRefusal(same) || [...same.factors[0]!.levels]).toEqual([0.45, 0.5]);
  });

  it('lays bars of several lengths on the coarsest, and says so', async () => {
    const fine = file('ethusdt.csv', [
      [hour(0), 1],
      [hour(0, '30'), 2],
      [hour(1), 3],
      [hour(1, '30'), 4],
    ]);
    const coarse = file('btcusdt.csv', [
      [hour(0), 10],
      [hour(1), 11],
    ]);
    const history = await loadHistory([coarse, fine]);
    if (isRefusal(history)) throw new Error(history.message);
    expect(history.factors.map(({ of, levels }) => [of, ...levels])).toEqual([
      ['BTC', 10, 11],
      ['ETH', 2, 4],
    ]);
    expect(history.notes.join()).toContain('spot:ETH has finer bars');
  });

  it('names the file that is wrong', async () => {
    const nameless = await loadHistory([
      file('prices.csv', [
        [hour(0), 1],
        [hour(1), 2],
      ]),
    ]);
    expect(isRefusal(nameless) && nameless.message).toContain('spot:BTC=FILE');
    const twice = await loadHistory([
      file('solusdt.csv', [
        [hour(0), 1],
        [hour(0), 2],
      ]),
    ]);
    expect(isRefusal(twice) && twice.reason).toBe('duplicate');
    const still = await loadHistory([
      file('adausdt.csv', [
        [hour(0), 1],
        [hour(1), 1],
      ]),
    ]);
    expect(isRefusal(still) && still.message).toContain('never moves');
  });
});

describe('M-188 lows and highs on a coarser step', () => {
  it('are the least and the most of all bars inside', async () => {
    const path = join(folder, 'btcusdt_30m.csv');
    const rows = [
      ['00:00', 99, 104, 100],
      ['00:30', 90, 101, 101],
      ['01:00', 100, 130, 102],
      ['01:30', 101, 104, 103],
    ];
    const lines = rows.map(([at, low, high, close]) => `2026-01-01T${at}:00Z,${low},${high},${close}`);
    writeFileSync(path, `ts_open,low,high,close\n${lines.join('\n')}\n`);
    const hours = file('ethusdt.csv', [
      [hour(0), 1],
      [hour(1), 2],
    ]);
    const history = await loadHistory([path, hours]);
    if (isRefusal(history)) throw new Error(history.message);
    const [btc] = history.factors;
    expect([[...btc!.lows!], [...btc!.highs!], [...btc!.levels]]).toEqual([
      [90, 100],
      [104, 130],
      [101, 103],
    ]);
  });
});

describe('M-180 files of one factor', () => {
  it('go on one after the other, vols of snapshots standing from hour to hour', async () => {
    const first = file('btc_dvol.csv', [
      [hour(0), 45],
      [hour(1), 50],
    ]);
    const looks = join(folder, 'looks.csv');
    const rows = [
      '2026-01-01T01:10:00Z,BTC,0.47',
      '2026-01-01T04:30:00Z,BTC,0.6',
      '2026-01-01T04:30:00Z,ETH,0.7',
    ];
    writeFileSync(looks, `snapshot_ts,currency,atm_iv_near30d\n${rows.join('\n')}\n`);
    const history = await loadHistory([first, `vol:BTC=${looks}`]);
    if (isRefusal(history)) throw new Error(history.message);
    expect(history.factors.map(({ of }) => of)).toEqual(['BTC']);
    // 45 and 50 stand at the ends of their bars; then what was seen at 01:10, from 03:00 on, and for thirteen hours what was seen at 04:30.
    expect([...history.factors[0]!.levels].slice(0, 5)).toEqual([0.45, 0.5, 0.47, 0.47, 0.6]);
    expect(history.times.at(-1)).toBe(Date.UTC(2026, 0, 1, 17));
    expect(history.notes.join(' ')).toMatch(/stand from hour to hour.*vol:BTC goes on in .*looks.csv/);
    const wrong = await loadHistory([`vol:SOL=${looks}`]);
    expect(isRefusal(wrong) && wrong.message).toContain('vols of BTC, ETH');
    expect(isRefusal(await loadHistory([first, first]))).toBe(true);
  });
});
