// Bars read and laid on common dates, and what is refused of them.

import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/index.ts';
import { alignHistory, type FactorLevels, until } from '../market/index.ts';
import { type HistoryQuery, readHistoryCsv } from './history-csv.ts';
import { isVolSnapshots, readVolSnapshotsCsv } from './vol-snapshots-csv.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const HOUR = 3_600_000;
const head = 'ts_open,open,high,low,close,volume\n';
const bar = (hour: number, close: string) =>
  `2026-01-01T${String(hour).padStart(2, '0')}:00:00Z,${close},${close},${close},${close},9\n`;
const btc: HistoryQuery = { source: 'btc.csv', factor: { kind: 'spot', of: 'BTC' } };
const read = (text: string, query = btc) => readHistoryCsv(text, query);
const start = Date.UTC(2026, 0, 1);

describe('M-161 bars in CSV', () => {
  it('are closes at the end of their bar, as long as the shortest distance of two', () => {
    const { step, series } = sure(read(head + bar(0, '100') + bar(1, '110') + bar(3, '99')));
    expect(step).toBe(HOUR);
    expect(series).toHaveLength(1);
    expect([...series[0]!.times]).toEqual([1, 2, 4].map((hours) => start + hours * HOUR));
    expect([...series[0]!.levels]).toEqual([100, 110, 99]);
  });

  it('vols may be in percent, and coins side by side, blanks left out', () => {
    const vol = sure(
      read(head + bar(0, '55') + bar(1, '60'), {
        ...btc,
        factor: { kind: 'vol', of: 'BTC' },
        isPercent: true,
      }),
    );
    expect([...vol.series[0]!.levels]).toEqual([0.55, 0.6]);
    const wide = sure(
      readHistoryCsv('ts_open,BTC,ETH\n2026-01-01T00:00:00Z,1,2\n2026-01-01T01:00:00Z,3,\n', { source: 'w' }),
    );
    expect(wide.series.map(({ of, levels }) => [of, [...levels]])).toEqual([
      ['BTC', [1, 3]],
      ['ETH', [2]],
    ]);
  });

  it.each([
    ['a time twice', head + bar(0, '1') + bar(0, '2'), 'duplicate', /twice/],
    ['out of order', head + bar(1, '1') + bar(0, '2'), 'malformed', /after a later/],
    ['a level of zero', head + bar(0, '1') + bar(1, '0'), 'out-of-range', /above zero/],
    ['a word', head + bar(0, '1') + bar(1, 'x'), 'out-of-range', /'x'/],
    ['one bar', head + bar(0, '1'), 'empty', /fewer than two/],
    ['no column', 'ts_open,close_price\n', 'malformed', /neither a column close/],
  ])('%s is refused by its place', (_, text, reason, message) => {
    expect(read(text)).toMatchObject({ reason, message: expect.stringMatching(message) });
  });

  it('a file that does not say what it holds asks for it', () => {
    expect(readHistoryCsv(head + bar(0, '1') + bar(1, '2'), { source: 'x' })).toMatchObject({
      message: expect.stringMatching(/spot:BTC=FILE/),
    });
  });
});

describe('M-161 factors on common dates', () => {
  const factor = (
    of: string,
    hours: readonly number[],
    levels: readonly number[],
    kind: FactorLevels['kind'] = 'spot',
  ): FactorLevels => ({
    kind,
    of,
    times: Float64Array.from(hours, (hour) => start + hour * HOUR),
    levels: Float64Array.from(levels),
    source: `${of}.csv`,
  });

  it('keep what all have, and say what was left out', () => {
    const history = sure(
      alignHistory([factor('ETH', [0, 1, 2, 4], [1, 2, 3, 4]), factor('BTC', [1, 2, 3, 4], [5, 6, 7, 8])]),
    );
    expect([...history.times]).toEqual([1, 2, 4].map((hour) => start + hour * HOUR));
    expect(history.factors.map(({ of, levels }) => [of, [...levels]])).toEqual([
      ['BTC', [5, 6, 8]],
      ['ETH', [2, 3, 4]],
    ]);
    expect(history.notes).toEqual([
      'spot:BTC: 1 dates that others lack were left out.',
      'spot:ETH: 1 dates that others lack were left out.',
      '1 gaps, 1 dates missing in them; no window reaches across one.',
    ]);
  });

  it('until a time is what could be known then, under another digest', () => {
    const history = sure(alignHistory([factor('BTC', [0, 1, 2], [1, 2, 3])]));
    const early = until(history, start + 1.5 * HOUR);
    expect([...early.times]).toEqual([start, start + HOUR]);
    expect([...early.factors[0]!.levels]).toEqual([1, 2]);
    expect(early.digest).not.toBe(history.digest);
    expect(until(history, start + 9 * HOUR)).toBe(history);
  });

  it.each([
    ['a constant', factor('BTC', [0, 1], [2, 2]), /never moves/],
    ['a level of none', factor('BTC', [0, 1], [2, Number.NaN]), /not above zero/],
    ['a time twice', factor('BTC', [1, 1], [2, 3]), /twice or out of order/],
    ['off the step', factor('BTC', [0, 0.5], [2, 3]), /off the step/],
    ['ragged', { ...factor('BTC', [0, 1], [2, 3]), levels: Float64Array.of(1) }, /2 times and 1 levels/],
  ])('%s is refused by its name', (_, series, message) => {
    expect(alignHistory([series])).toMatchObject({
      message: expect.stringMatching(message),
      where: 'BTC.csv',
    });
  });

  it('a factor twice is refused', () => {
    const one = factor('BTC', [0, 1], [2, 3]);
    expect(alignHistory([one, one])).toMatchObject({ reason: 'duplicate' });
  });
});

describe('M-188 lows and highs', () => {
  const row = (hour: number, low: string, high: string, close: string) =>
    `2026-01-01T0${hour}:00:00Z,100,${high},${low},${close},9\n`;
  const bars = head + row(0, '90', '105', '100') + row(1, '', '120', '110') + row(2, '80', '', '99');

  it('are read of spots, a blank being the close, and of nothing else', () => {
    const [series] = sure(read(bars)).series;
    expect([...series!.lows!]).toEqual([90, 110, 80]);
    expect([...series!.highs!]).toEqual([105, 120, 99]);
    const vol = sure(read(bars, { ...btc, factor: { kind: 'vol', of: 'BTC' } }));
    expect('lows' in vol.series[0]!).toBe(false);
    const closes = 'ts_open,close\n2026-01-01T00:00:00Z,1\n2026-01-01T01:00:00Z,2\n';
    expect('lows' in sure(read(closes)).series[0]!).toBe(false);
  });

  it.each([
    ['a low above the close', row(0, '101', '105', '100')],
    ['a high below the close', row(0, '90', '99', '100')],
    ['a low of nothing', row(0, '0', '105', '100')],
    ['words', row(0, 'low', '105', '100')],
  ])('%s is refused by its row', (_, text) => {
    const refusal = read(head + text + row(1, '1', '9', '2'));
    expect(refusal).toMatchObject({ reason: 'out-of-range', where: 'btc.csv row 2' });
  });

  it('go along to common dates and are cut with them; a history without any keeps its digest', () => {
    const [whole] = sure(read(bars)).series as [FactorLevels];
    const { lows: _, highs: __, ...closes } = whole;
    const other = { ...closes, of: 'ETH', times: whole.times.subarray(1), levels: Float64Array.of(1, 2) };
    const history = sure(alignHistory([whole, other]));
    expect([...history.factors[0]!.lows!]).toEqual([110, 80]);
    expect([...until(history, history.times[0]!).factors[0]!.highs!]).toEqual([120]);
    expect('lows' in history.factors[1]!).toBe(false);
    const plain = sure(alignHistory([closes]));
    expect(plain.digest).toBe(sure(alignHistory([{ ...closes, source: 'elsewhere' }])).digest);
    expect(sure(alignHistory([whole])).digest).not.toBe(plain.digest);
    const ragged = alignHistory([{ ...whole, lows: Float64Array.of(1) }]);
    expect(isRefusal(ragged) && ragged.message).toContain('not one for each level');
    const crooked = alignHistory([{ ...whole, lows: Float64Array.of(101, 110, 80) }]);
    expect(isRefusal(crooked) && crooked.message).toContain('low above its level');
  });
});

describe('M-180 vols of snapshots', () => {
  const text =
    'snapshot_ts,currency,index_price,atm_iv_near30d\n2026-01-01T09:18:35Z,BTC,1,0.4\n2026-01-01T09:18:35Z,ETH,1,0.6\n2026-01-01T01:18:35Z,BTC,1,0.5\n';

  it('are known by their header and sorted by time, coin by coin', () => {
    expect(isVolSnapshots(text)).toBe(true);
    expect(isVolSnapshots(head)).toBe(false);
    const looks = sure(readVolSnapshotsCsv(text, 'atm.csv'));
    expect(looks.map(({ kind, of, levels }) => [kind, of, [...levels]])).toEqual([
      ['vol', 'BTC', [0.5, 0.4]],
      ['vol', 'ETH', [0.6]],
    ]);
  });

  it.each([
    ['a coin twice', '2026-01-01T09:18:35Z,BTC,1,0.4', 'duplicate'],
    ['a vol of none', '2026-01-02T09:18:35Z,BTC,1,0', 'out-of-range'],
    ['no coin', '2026-01-02T09:18:35Z,b c,1,0.4', 'malformed'],
    ['no time', 'yesterday,BTC,1,0.4', 'malformed'],
  ])('%s is refused', (_, row, reason) => {
    expect(readVolSnapshotsCsv(`${text}${row}\n`, 'atm.csv')).toMatchObject({ reason });
  });
});
