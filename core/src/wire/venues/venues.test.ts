// Answers of venues: twins of their shapes with our own numbers, and the venues' samples where they are at hand.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, sentence } from '../../base/index.ts';
import { accountsOf, marketOf, mergeReports, pricesBeside, type VenueReport } from '../../margin/index.ts';
import { parseDerive } from './derive-names.ts';
import { parseOkx } from './okx-names.ts';
import { readVenueAnswer } from './open.ts';

const examples = new URL('../../../../examples/venues/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, examples), 'utf8');
function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}
const twin = (name: string): VenueReport => sure(readVenueAnswer(text(name), name));
const refused = (value: unknown): string => {
  const answer = readVenueAnswer(JSON.stringify(value), 'a.json');
  expect(isRefusal(answer)).toBe(true);
  return sentence(answer as Refusal);
};
/** A twin with one field otherwise. */
function bent(name: string, path: readonly (string | number)[], value: unknown): unknown {
  const root = JSON.parse(text(name));
  const last = path.at(-1)!;
  const holder = path.slice(0, -1).reduce((at, step) => at[step], root);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return root;
}
const amount = (report: VenueReport, path: string) => report.amounts.find((one) => one.path.endsWith(path));

describe('Deribit', () => {
  it('M-124 summaries are balances and amounts; the session of futures is unsettled, and equity adds up', () => {
    const report = twin('deribit-summaries.json');
    expect(report).toMatchObject({
      venue: 'deribit',
      system: 'segregated_sm',
      model: 'deribit-sm',
      segregated: true,
    });
    expect(report.balances.slice(0, 2)).toEqual([
      { asset: 'BTC', kind: 'cash', quantity: 3 },
      { asset: 'BTC', kind: 'unsettled', quantity: 0.01 },
    ]);
    // 3 + 0.0125 - 0.0025 - 2 x 0.0079
    expect(amount(report, 'summaries[0].equity')?.amount).toBeCloseTo(3 + 0.0125 - 0.0025 - 2 * 0.0079, 12);
  });

  it('M-124 positions keep the venue sizes: dollars of inverse futures, coins of options', () => {
    const { positions, prices } = twin('deribit-positions.json');
    expect(positions.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      ['BTC-PERPETUAL', 60000],
      ['BTC-27MAR26-78000-P', -2],
    ]);
    expect(prices.map(({ kind, of, unit }) => `${kind} ${of} ${unit}`)).toEqual([
      'mark BTC-PERPETUAL USD',
      'index BTC USD',
      'mark BTC-27MAR26-78000-P BTC',
      'index BTC USD',
    ]);
  });

  it('M-124 segregated currencies are accounts of their own, and profit is counted once', () => {
    const merged = sure(mergeReports([twin('deribit-summaries.json'), twin('deribit-positions.json')]));
    const accounts = accountsOf(merged);
    expect(accounts.map(({ portfolio }) => portfolio.account)).toEqual([
      'deribit 4242 BTC',
      'deribit 4242 ETH',
    ]);
    const [btc, eth] = accounts;
    expect(btc!.portfolio.positions.map(({ entryPrice }) => entryPrice)).toEqual([undefined, undefined]);
    expect(eth!.portfolio.positions).toEqual([]);
    expect(btc!.amounts.every(({ unit }) => unit === 'BTC')).toBe(true);
    // Without balances there is no equity, and a profit since entry that may have been paid out long ago would pretend one.
    const [alone] = accountsOf(twin('deribit-positions.json'));
    expect(alone!.portfolio.positions[0]!.entryPrice).toBeUndefined();
    expect(alone!.funded).toBe(false);
  });

  it('M-125 a simulation of futures is a market, its sizes dollars at its own marks', () => {
    const report = twin('deribit-simulate.json');
    expect(report.positions.map(({ quantity }) => quantity)).toEqual([0.5 * 90018, -0.2 * 91250]);
    const market = sure(marketOf(report));
    expect(market.at).toBe(Date.UTC(2026, 2, 2, 9, 30));
    expect(market.underlyings[0]).toMatchObject({ index: 90000, perpetual: 90018 });
    expect(market.underlyings[0]!.futures.map(({ forward }) => forward)).toEqual([91250]);
    expect(pricesBeside(report, market).every(({ price, ours }) => price.value === ours)).toBe(true);
  });

  it('M-124 a simulation has three kinds of vectors of 35 cells, named and placed as the venue counts them', () => {
    const { vectors, parameters } = twin('deribit-simulate.json');
    expect(vectors.map(({ kind, of, cells }) => [kind, of, cells.length])).toEqual([
      ['product', 'BTC-PERPETUAL', 35],
      ['product', 'BTC-29MAY26', 35],
      ['sum', 'BTC', 35],
      ['counted', 'BTC', 35],
    ]);
    const [perpetual] = vectors;
    expect(perpetual!.cells[24]).toMatchObject({ name: 'standard[25]', spot: 0.15, vol: 'up' });
    expect(perpetual!.cells[24]!.value).toBeCloseTo((0.5 * 0.15) / 1.15, 15);
    expect(perpetual!.cells[27]).toMatchObject({ name: 'extended[1]', spot: -0.66, vol: 'up' });
    expect(parameters).toMatchObject({ mmFactor: 0.8, pairs: { BTC: { priceRange: 0.15 } } });
  });

  it('M-124 what a total has for things the answer does not list stands beside it', () => {
    const total = amount(twin('deribit-simulate.json'), 'btc.initial_margin');
    expect(total?.beside).toBeCloseTo(0.0215, 15);
  });

  it.each([
    [
      bent('deribit-simulate.json', ['result', 'portfolio', 'position', 'BTC-29MAY26'], 'much'),
      'result.portfolio.position.BTC-29MAY26',
    ],
    [
      bent('deribit-simulate.json', ['result', 'ticker', 'BTC-PERPETUAL'], undefined),
      'ticker.BTC-PERPETUAL.mark_price',
    ],
    [
      bent('deribit-simulate.json', ['result', 'margins', 'btc', 'initial_margin'], null),
      'margins.btc.initial_margin',
    ],
    [
      bent('deribit-simulate.json', ['result', 'model_params', 'general', 'timestamp'], 1772443800),
      'check its unit',
    ],
    [
      bent('deribit-simulate.json', ['result', 'initial_risk_vectors', 'BTC-PERPETUAL', 'standard'], [1]),
      'must have 27',
    ],
    [bent('deribit-simulate.json', ['result', 'model_params', 'currency_pair'], {}), 'no price_range of BTC'],
    [bent('deribit-simulate.json', ['result', 'portfolio', 'position'], { 'BTC-PERP': 1 }), 'BTC-PERP'],
    [
      bent('deribit-positions.json', ['result', 0, 'instrument_name'], 'BTC-FOO'),
      'result[0].instrument_name',
    ],
    [bent('deribit-positions.json', ['result', 0, 'direction'], 'sell'), 'they disagree'],
    [bent('deribit-positions.json', ['result', 1, 'size'], undefined), 'result[1].size'],
    [bent('deribit-positions.json', ['result', 1, 'mark_price'], -1), 'must be above zero'],
    [
      bent('deribit-summaries.json', ['result', 'summaries', 1, 'balance'], undefined),
      'summaries[1].balance',
    ],
    [
      bent('deribit-summaries.json', ['result', 'summaries', 1, 'margin_model'], 'cross_pm'),
      'different margin models',
    ],
    [{ jsonrpc: '2.0', error: { code: 13009, message: 'unauthorized' } }, 'saying "unauthorized"'],
    [{ code: '50011', msg: 'Too Many Requests', data: [] }, 'Too Many Requests'],
    [{ hello: 1 }, 'no answer that is known'],
    [[], 'no answer that is known'],
    [7, 'no answer that is known'],
  ])('M-124 refuses %#, naming the field', (value, words) => {
    expect(refused(value)).toContain(words);
  });
});

describe('OKX', () => {
  it('M-124 contracts become coins by what the answer says beside them', () => {
    const report = twin('okx-position-builder.json');
    expect(report.positions.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      ['ETH_USDT-PERPETUAL', -4],
      ['SOL_USDT-PERPETUAL', 150],
    ]);
    expect(report.balances).toHaveLength(1);
    expect(report.balances[0]!.quantity).toBeCloseTo(25000, 6);
    expect(report.notes).toEqual([]);
  });

  it('M-125 index and peg follow from the scenario table and from profit in dollars', () => {
    const market = sure(marketOf(twin('okx-position-builder.json')));
    expect(market.pegs.get('USDT')).toBeCloseTo(1.0004, 12);
    const [eth, sol] = market.underlyings;
    expect(eth!.index).toBeCloseTo(3000 * 1.0004, 9);
    expect(eth!.perpetual).toBeCloseTo(3001.5 * 1.0004, 9);
    expect(sol!.index).toBeCloseTo(140 * 1.0004, 9);
  });

  it('M-124 its names are read, and only its', () => {
    const id = (name: string) => sure(parseOkx(name)).id;
    expect(id('BTC-USD-SWAP')).toBe('BTC-PERPETUAL');
    expect(id('ETH-USDC-250328')).toBe('ETH_USDC-28MAR25');
    expect(id('BTC-USD-250328-90000-C')).toBe('BTC-28MAR25-90000-C');
    expect(id('XRP-USD-250328-0.625-P')).toBe('XRP-28MAR25-0d625-P');
    for (const name of ['BTC-USDT', 'BTC-PERPETUAL', 'BTC-USD-250230', '', 'BTC-USD-250328-90000-X']) {
      expect(isRefusal(parseOkx(name)), name).toBe(true);
    }
  });

  it.each([
    [['data', 0, 'riskUnitData', 0, 'portfolios', 0, 'instId'], 'ETH-USDT', 'portfolios[0].instId'],
    [['data', 0, 'riskUnitData', 0, 'portfolios', 0, 'delta'], '-1', 'do not agree'],
    [['data', 0, 'riskUnitData', 0, 'portfolios', 0, 'markPx'], '0', 'portfolios[0].markPx'],
    [['data', 0, 'riskUnitData', 1, 'mr4'], 'x', 'riskUnitData[1].mr4'],
    [['data', 0, 'riskUnitData', 1, 'riskUnit'], undefined, 'riskUnitData[1].riskUnit'],
    [['data', 0, 'ts'], '12', 'check its unit'],
  ] as const)('M-124 refuses a bent %j', (path, value, words) => {
    expect(refused(bent('okx-position-builder.json', path, value))).toContain(words);
  });
});

describe('Derive', () => {
  it('M-124 an account is cash in USDC, contracts in coins, and margins are what is left above them', () => {
    const report = twin('derive-subaccount.json');
    expect(report).toMatchObject({ system: 'SM', model: 'derive-srm', account: 'derive 31' });
    expect(report.positions.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      ['ETH_USDC-PERPETUAL', -2],
    ]);
    // -2 (3001 - 3100)
    expect(report.balances).toContainEqual({ asset: 'USDC', kind: 'unsettled', quantity: 198 });
    expect(amount(report, 'initial_margin')).toMatchObject({
      amount: 4198 - 0.066 * 6002,
      means: { kind: 'excess' },
    });
    expect(sure(marketOf(report, Date.UTC(2026, 2, 2) as never)).underlyings[0]).toMatchObject({
      index: 3000,
      perpetual: 3001,
    });
  });

  it('M-125 an answer that does not say when is no market until somebody does', () => {
    const answer = marketOf(twin('derive-subaccount.json'));
    expect(sentence(answer as Refusal)).toContain('--at TIME');
  });

  it('M-124 its names are read, and only its', () => {
    const id = (name: string) => sure(parseDerive(name)).id;
    expect(id('ETH-20260327-3000-C')).toBe('ETH_USDC-27MAR26-3000-C');
    expect(id('HYPE-20260327-25_5-P')).toBe('HYPE_USDC-27MAR26-25d5-P');
    for (const name of ['ETH', 'ETH-PERPETUAL', 'ETH-20260230-3000-C', 'ETH-20260327-0-C']) {
      expect(isRefusal(parseDerive(name)), name).toBe(true);
    }
  });

  it('M-124 get_margin has numbers and nothing that is held', () => {
    const value = {
      result: {
        subaccount_id: 31,
        is_valid_trade: true,
        pre_initial_margin: '3597.8',
        pre_maintenance_margin: '3807.87',
        post_initial_margin: '1',
        post_maintenance_margin: '2',
      },
    };
    const report = sure(readVenueAnswer(JSON.stringify(value), 'a.json'));
    expect(report.positions).toEqual([]);
    expect(report.unlisted).toBe('private/get_subaccount');
    expect(report.amounts.map(({ amount: one }) => one)).toEqual([3597.8, 3807.87, 1, 2]);
  });

  it.each([
    [['result', 'positions', 0, 'instrument_name'], 'ETH-PERPETUAL', 'positions[0].instrument_name'],
    [['result', 'positions', 0, 'amount'], undefined, 'positions[0].amount'],
    [['result', 'collaterals', 0, 'amount'], 'nan', 'collaterals[0].amount'],
    [['result', 'failed_to_fetch'], true, 'placeholder'],
    [
      ['result', 'open_orders'],
      [{ instrument_name: 'ETH-PERP', direction: 'up', amount: '1', limit_price: '3000' }],
      'open_orders[0].direction',
    ],
  ] as const)('M-124 refuses a bent %j', (path, value, words) => {
    expect(refused(bent('derive-subaccount.json', path, value))).toContain(words);
  });
});

describe('several answers', () => {
  it('M-124 a summary lists nothing that is held until a list of positions stands beside it, be it empty', () => {
    const summaries = twin('deribit-summaries.json');
    expect(summaries.unlisted).toBe('private/get_positions');
    expect(accountsOf(summaries).map(({ unlisted }) => unlisted)).toEqual(Array(2).fill(summaries.unlisted));
    expect(sentence(marketOf(summaries) as Refusal)).toContain('give private/get_positions as well');
    const nothing = sure(readVenueAnswer('{"jsonrpc":"2.0","result":[]}', 'none.json'));
    expect([nothing.venue, nothing.positions]).toEqual(['deribit', []]);
    for (const listed of [twin('deribit-positions.json'), nothing]) {
      for (const pair of [
        [summaries, listed],
        [listed, summaries],
      ]) {
        expect(sure(mergeReports(pair))).not.toHaveProperty('unlisted');
      }
    }
    expect(sure(mergeReports([summaries, { ...summaries, balances: [] }])).unlisted).toBe(summaries.unlisted);
  });

  it('M-124 refuses two venues, two systems, a balance twice, and none at all', () => {
    const said = (...reports: VenueReport[]) => sentence(mergeReports(reports) as Refusal);
    expect(said(twin('deribit-summaries.json'), twin('derive-subaccount.json'))).toContain(
      'an answer of derive',
    );
    expect(said(twin('deribit-summaries.json'), twin('deribit-simulate.json'))).toContain('segregated_pm');
    expect(said(twin('deribit-summaries.json'), twin('deribit-summaries.json'))).toContain(
      'BTC stands in another',
    );
    expect(said()).toContain('no answer');
  });

  it('M-124 a position in two answers is held once, and a different size is said', () => {
    const simulated = twin('deribit-simulate.json');
    const listed = twin('deribit-positions.json');
    const merged = sure(mergeReports([simulated, listed]));
    expect(merged.positions.map(({ product }) => product.id)).toEqual([
      'BTC-PERPETUAL',
      'BTC-29MAY26',
      'BTC-27MAR26-78000-P',
    ]);
    expect(merged.positions[0]).toMatchObject({ quantity: 60000, entryPrice: 88100.5 });
    expect(merged.notes).toEqual([expect.stringContaining('BTC-PERPETUAL is 45009 in one answer and 60000')]);
  });
});

const samples = new URL('../../../../../shared/data/venue_fixtures/', import.meta.url);
const present = existsSync(samples);
describe.skipIf(!present)(
  'samples of the venues (skipped where the folder beside the repository is absent)',
  () => {
    const sample = (name: string) =>
      sure(readVenueAnswer(readFileSync(new URL(name, samples), 'utf8'), name));

    it('M-124 every sample of an account is read', () => {
      const summaries = sample('deribit/account_summaries_sm_BTC_ETH_example.json');
      // The venue's own identity of equity.
      const [cash, unsettled] = summaries.balances;
      expect(cash!.quantity + unsettled!.quantity - 0.0086).toBeCloseTo(302.61869214, 7);
      const crossed = sample('deribit/nautilus_account_summaries_cross_pm.json');
      expect(crossed).toMatchObject({ segregated: false, model: 'deribit-pm' });
      expect(crossed.amounts.filter(({ means }) => means.kind === 'line').map(({ unit }) => unit)).toEqual([
        'USD',
        'USD',
      ]);
    });

    it('M-125 the simulation and the position builder are markets of their own', () => {
      const simulated = sample('deribit/pme_simulate_doc_BTC_2024-06-17.json');
      expect(sure(marketOf(simulated)).underlyings[0]).toMatchObject({
        index: 65666.19,
        perpetual: 65910.57,
      });
      const built = sample('okx/position_builder_doc_2025-01-15.json');
      expect(built.positions.map(({ quantity }) => quantity)).toEqual([-0.1, 10]);
      const market = sure(marketOf(built, Date.UTC(2025, 0, 15) as never));
      expect(market.pegs.get('USDT')).toBeCloseTo(0.99954, 12);
    });
  },
);
