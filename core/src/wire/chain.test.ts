import { describe, expect, it } from 'vitest';
import { instant, isRefusal, type Refusal, sentence } from '../base/index.ts';
import type { ChainSnapshot } from '../market/index.ts';
import { openChainCsv, readChainCsv, readChainJson, readPerpetualsCsv, withFutures } from './index.ts';

const HEAD =
  'snapshot_ts,currency,instrument,underlying_index,underlying_price,index_price,bid,ask,mark,mark_iv,delta,vega,oi,volume_24h';
const row = (time: string, id: string, quote = '0.01,0.02,0.015,0.6') =>
  `${time},${id.slice(0, 3)},${id},SYN,90000.5,90010,${quote},0.1,10,5,1`;
const FIRST = '2026-01-01T09:00:00Z';
const SECOND = '2026-01-02T09:00:00Z';
const CALL = 'BTC-27MAR26-90000-C';
const PUT = 'BTC-27MAR26-90000-P';
const file = (...rows: string[]) => `${[HEAD, ...rows].join('\n')}\n`;
const at = (text: string) => instant(Date.parse(text));
const read = (text: string, time?: string): ChainSnapshot | Refusal =>
  readChainCsv(text, time === undefined ? { source: 'c.csv' } : { source: 'c.csv', at: at(time) });

function snapshotOf(answer: ChainSnapshot | Refusal): ChainSnapshot {
  if (isRefusal(answer)) throw new Error(sentence(answer));
  return answer;
}

describe('chain CSV', () => {
  const two = file(row(FIRST, CALL), row(FIRST, PUT), row(SECOND, CALL, ',,0.015,0.7'));

  it('takes the last snapshot, or the last one at or before a time', () => {
    expect(snapshotOf(read(two)).at).toBe(at(SECOND));
    expect(snapshotOf(read(two, '2026-01-02T08:59:59Z')).at).toBe(at(FIRST));
    expect(snapshotOf(read(two, SECOND)).options).toHaveLength(1);
    expect(openChainCsv(two, 'c.csv')).toMatchObject({ times: [at(FIRST), at(SECOND)] });
  });

  it('refuses a time before the first, naming first and last', () => {
    expect(read(two, '2025-12-31T00:00:00Z')).toMatchObject({
      reason: 'no-market',
      message: expect.stringContaining(`from ${FIRST} to ${SECOND}`),
    });
  });

  it('reads every field and leaves out what is blank', () => {
    expect(snapshotOf(read(two, FIRST)).options[0]).toEqual({
      product: expect.objectContaining({ id: CALL, strike: 90_000 }),
      row: 2,
      bid: 0.01,
      ask: 0.02,
      mark: 0.015,
      markVol: 0.6,
      forward: 90_000.5,
      index: 90_010,
      openInterest: 5,
    });
    const [bare] = snapshotOf(read(two)).options;
    expect(bare).not.toHaveProperty('bid');
    expect(bare).not.toHaveProperty('ask');
  });

  it('finds columns by name in any order, with quotes, CRLF, a byte order mark and strange columns', () => {
    const text = `\uFEFFoi,mark_iv,extra,mark,ask,bid,index_price,underlying_price,"instrument",snapshot_ts\r\n5,0.6,"a,""b""\r\nc",0.015,0.02,0.01,90010,90000.5,"${CALL}",${FIRST}\r\n`;
    expect(snapshotOf(read(text)).options).toEqual(snapshotOf(read(file(row(FIRST, CALL)))).options);
  });

  it('groups rows seconds apart and gathers interleaved snapshots', () => {
    const text = file(row('2026-01-01T09:00:05Z', CALL), row(SECOND, CALL), row(FIRST, PUT));
    const first = snapshotOf(read(text, '2026-01-01T10:00:00Z'));
    expect(first.options.map((quote) => quote.product.id)).toEqual([CALL, PUT]);
    expect(first.at).toBe(at('2026-01-01T09:00:05Z'));
    expect(read(text, '2026-01-01T09:00:03Z')).toMatchObject({ reason: 'no-market' });
  });

  it('notes what it left out', () => {
    const crossed = snapshotOf(read(file(row(FIRST, CALL, '0.03,0.02,0.015,0.6'))));
    expect(crossed.options[0]).not.toHaveProperty('bid');
    expect(crossed.notes).toEqual([expect.stringContaining('row 2: BTC-27MAR26-90000-C is crossed')]);
    const expired = snapshotOf(read(file(row(FIRST, 'BTC-1JAN26-90000-C'), row(FIRST, CALL))));
    expect(expired.options).toHaveLength(1);
    expect(expired.notes?.[0]).toContain('had expired');
    const thin = snapshotOf(
      read(file(row(FIRST, CALL), row(FIRST, PUT), row(FIRST, 'ETH-27MAR26-90000-P'), row(SECOND, CALL))),
    );
    expect(thin.notes?.[0]).toContain('part of the chain may be missing');
    expect(snapshotOf(read(file(row(FIRST, CALL)).trimEnd())).notes?.[0]).toContain('line break');
  });

  const bad: readonly (readonly [string, string, Partial<Refusal>])[] = [
    ['empty', '', { reason: 'empty' }],
    ['header only', `${HEAD}\n`, { reason: 'empty' }],
    [
      'a missing column',
      file(row(FIRST, CALL)).replace('bid', 'bidd'),
      { reason: 'malformed', where: 'c.csv row 1' },
    ],
    ['a doubled column', file(row(FIRST, CALL)).replace('vega', 'bid'), { reason: 'duplicate' }],
    ['no time column', file(row(FIRST, CALL)).replace('snapshot_ts', 'time'), { reason: 'malformed' }],
    ['a bad time', file(row('yesterday', CALL)), { reason: 'malformed', where: 'c.csv row 2, snapshot_ts' }],
    ['NaN', file(row(FIRST, CALL, 'NaN,0.02,0.015,0.6')), { reason: 'malformed', where: 'c.csv row 2, bid' }],
    [
      '1e30',
      file(row(FIRST, CALL, '0.01,1e30,0.015,0.6')),
      { reason: 'out-of-range', where: 'c.csv row 2, ask' },
    ],
    [
      'a negative price',
      file(row(FIRST, CALL, '-0.01,0.02,0.015,0.6')),
      { reason: 'out-of-range', where: 'c.csv row 2' },
    ],
    [
      'no forward',
      file(row(FIRST, CALL).replace('90000.5', '')),
      { reason: 'no-forward', where: 'c.csv row 2' },
    ],
    [
      'an unknown name',
      file(row(FIRST, 'BTC-31FEB26-1-C')),
      { reason: 'unknown-product', where: 'c.csv row 2, instrument' },
    ],
    ['a duplicate', file(row(FIRST, CALL), row(FIRST, CALL)), { reason: 'duplicate', where: 'c.csv row 3' }],
    ['percent volatility', file(row(FIRST, CALL, '0.01,0.02,0.015,60')), { reason: 'out-of-range' }],
    ['a swapped currency', file(row(FIRST, CALL).replace(',BTC,', ',ETH,')), { reason: 'malformed' }],
    ['all expired', file(row(FIRST, 'BTC-1JAN26-90000-C')), { reason: 'empty' }],
    [
      'a cut last row',
      file(row(FIRST, CALL), `${FIRST},BTC,BTC-27M`),
      { reason: 'truncated', where: 'c.csv row 3' },
    ],
    [
      'a short row amid',
      file(`${FIRST},BTC`, row(FIRST, CALL)),
      { reason: 'malformed', where: 'c.csv row 2' },
    ],
    ['an open quote', `${HEAD}\n"${row(FIRST, CALL)}`, { reason: 'truncated' }],
    ['an endless row', `${HEAD}\n${'x'.repeat(70_000)}`, { reason: 'too-large' }],
  ];
  it.each(bad)('refuses %s', (_, text, refusal) => {
    expect(read(text)).toMatchObject({ kind: 'refused', ...refusal });
  });

  it('reads the end-of-day shape: percent, zeros for none, no index', () => {
    const head =
      'quote_ts,instrument,underlying_index,underlying_price,expiry,type,strike,bid,bid_size,ask,ask_size,oi,volume,delta,gamma,vega,theta,rho,mark_iv';
    const text = `${head}\n${FIRST},${CALL},SYN,90000.5,2026-03-27T08:00:00Z,call,90000,0,0,0.02,1,5,,1,0,0,0,0.1,60\n`;
    expect(snapshotOf(read(text)).options[0]).toEqual({
      product: expect.objectContaining({ id: CALL }),
      row: 2,
      ask: 0.02,
      markVol: 0.6,
      forward: 90_000.5,
      openInterest: 5,
    });
    for (const swap of [
      ['call', 'put'],
      ['call,90000', 'call,91000'],
      ['03-27T', '03-28T'],
    ] as const) {
      expect(read(text.replace(swap[0], swap[1]))).toMatchObject({
        reason: 'malformed',
        where: 'c.csv row 2',
      });
    }
  });
});

describe('book summaries', () => {
  const option = {
    instrument_name: CALL,
    underlying_price: 90_000.5,
    underlying_index: 'BTC-27MAR26',
    bid_price: 0.01,
    ask_price: null,
    mark_price: 0.015,
    mark_iv: 60,
    open_interest: 5,
    estimated_delivery_price: 90_010,
    creation_timestamp: 1_767_258_000_000,
    interest_rate: 0,
    mid_price: null,
    volume: 0,
  };
  const future = {
    instrument_name: 'BTC-PERPETUAL',
    mark_price: 90_020,
    bid_price: 90_019.5,
    ask_price: 90_020.5,
    creation_timestamp: 1_767_258_000_100,
  };
  const envelope = (...result: object[]) => ({
    jsonrpc: '2.0',
    result,
    usIn: 1,
    usOut: 2,
    usDiff: 1,
    testnet: false,
  });
  const readJson = (value: unknown) => readChainJson(JSON.stringify(value, null, 1), { source: 's.json' });

  it('reads an envelope, its bare result, and lists of either, alike', () => {
    const whole = readJson(envelope(option, future));
    expect(snapshotOf(whole)).toMatchObject({
      at: 1_767_258_000_100,
      options: [
        { row: 1, bid: 0.01, mark: 0.015, markVol: 0.6, forward: 90_000.5, index: 90_010, openInterest: 5 },
      ],
      futures: [{ mark: 90_020, bid: 90_019.5, ask: 90_020.5 }],
    });
    expect(snapshotOf(whole).options[0]).not.toHaveProperty('ask');
    for (const shape of [
      [option, future],
      [envelope(option), envelope(future)],
      [[option], [future]],
      [envelope(option), envelope(), envelope(future)],
    ]) {
      expect(readJson(shape)).toEqual(whole);
    }
  });

  it('notes combos and spot pairs', () => {
    const combo = { ...future, instrument_name: 'BTC-FS-27MAR26_PERP' };
    const pair = { ...future, instrument_name: 'BTC_USDC' };
    expect(snapshotOf(readJson([option, combo, pair])).notes).toHaveLength(2);
  });

  const bad: readonly (readonly [string, unknown, Partial<Refusal>])[] = [
    [
      'an error',
      { jsonrpc: '2.0', error: { code: 10028, message: 'too_many_requests' } },
      { reason: 'no-market' },
    ],
    ['no entries', envelope(), { reason: 'empty' }],
    ['a lone number', 3, { reason: 'malformed', where: 's.json line 1' }],
    ['a result that is no list', { result: {} }, { reason: 'malformed' }],
    ['lists too deep', [[[[option]]]], { reason: 'malformed' }],
    ['no name', [{ ...option, instrument_name: undefined }], { reason: 'malformed' }],
    ['no time', [{ ...option, creation_timestamp: undefined }], { reason: 'malformed' }],
    ['a time in seconds', [{ ...option, creation_timestamp: 1_767_258_000 }], { reason: 'malformed' }],
    [
      'times an hour apart',
      [option, { ...future, creation_timestamp: 1_767_261_600_000 }],
      { reason: 'out-of-range' },
    ],
    ['a text for a price', [{ ...option, bid_price: 'cheap' }], { reason: 'malformed' }],
    ['a negative price', [{ ...option, ask_price: -1 }], { reason: 'out-of-range', where: 's.json entry 1' }],
    ['no forward', [{ ...option, underlying_price: null }], { reason: 'no-forward' }],
    ['a future without mark', [{ ...future, mark_price: null }], { reason: 'no-market' }],
    ['decimal volatility', [{ ...option, mark_iv: 0.6 }], { reason: 'out-of-range' }],
    ['a duplicate', [option, option], { reason: 'duplicate', where: 's.json entry 2' }],
    ['an unknown name', [{ ...option, instrument_name: 'BTC-1-2-3' }], { reason: 'unknown-product' }],
  ];
  it.each(bad)('refuses %s', (_, value, refusal) => {
    expect(readJson(value)).toMatchObject({ kind: 'refused', ...refusal });
  });

  it('refuses a snapshot later than the time asked for', () => {
    const early = readChainJson(JSON.stringify([option]), { source: 's.json', at: (at(FIRST) - 1) as never });
    expect(early).toMatchObject({ reason: 'no-market' });
  });
});

describe('marks beside the chain', () => {
  const text = `snapshot_ts,coin,instrument,candle_open_ms,open,high,low,close,price_used\n${FIRST},BTC,BTC-PERPETUAL,1,1,1,1,1,90020\n${FIRST},ETH,ETH-PERPETUAL,1,1,1,1,1,3000\n${SECOND},BTC,BTC-PERPETUAL,1,1,1,1,1,91020\n`;
  const marks = (time: string, body = text) => readPerpetualsCsv(body, { source: 'p.csv', at: at(time) });

  it('takes the last fresh mark of each contract', () => {
    expect(marks('2026-01-01T09:10:00Z')).toMatchObject([{ mark: 90_020 }, { mark: 3_000 }]);
    expect(marks(SECOND)).toMatchObject([{ product: { id: 'BTC-PERPETUAL' }, mark: 91_020 }]);
  });

  it('refuses stale, doubled and impossible marks', () => {
    expect(marks('2026-01-01T12:00:00Z')).toMatchObject({ reason: 'no-market' });
    expect(marks(FIRST, `${text}${text.split('\n')[1]}\n`)).toMatchObject({
      reason: 'duplicate',
      where: 'p.csv row 5',
    });
    expect(marks(FIRST, text.replace('90020', '-1'))).toMatchObject({
      reason: 'out-of-range',
      where: 'p.csv row 2, price_used',
    });
    expect(marks(FIRST, text.replace('price_used', 'price'))).toMatchObject({ reason: 'malformed' });
  });

  it('reads dated futures and joins a snapshot, the given mark winning', () => {
    const futures = marks(
      FIRST,
      `snapshot_ts,currency,future,candle_price\n${FIRST},BTC,BTC-27MAR26,91000\n`,
    );
    if (isRefusal(futures)) throw new Error(sentence(futures));
    const snapshot = withFutures(snapshotOf(read(file(row(FIRST, CALL)))), futures);
    expect(withFutures(snapshot, [{ ...futures[0]!, mark: 92_000 }]).futures).toMatchObject([
      { mark: 92_000 },
    ]);
  });
});
