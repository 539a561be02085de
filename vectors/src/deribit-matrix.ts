// Deribit's portfolio margin through the model itself: a market of the case's marks, its positions in dollars, its own parameters.

import {
  type DeribitPortfolioBook,
  deribitPortfolio,
  digestValue,
  dollars,
  type Future,
  type Instant,
  instant,
  isRefusal,
  type Market,
  type Perpetual,
  type Portfolio,
  productsOf,
  type Refusal,
  type Requirement,
  riskVectorsOf,
  type Simulated,
  sentence,
} from '@plimsoll/core';
import {
  type DeribitPortfolioParameters,
  deribitPortfolioHistory,
  type MatrixMargin,
  portfolioMargins,
  printedMargins,
  printedWorstCase,
  type RiskVectors,
  riskMatrixMargin,
} from '@plimsoll/core/venues';
import { has, isRaw, list, num, numOf, numOr, part, word } from './fields.ts';
import { type Checked, type Raw, type Suite, same, Unreadable, within as withinSize } from './suite.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Unreadable(sentence(value));
  return value;
}

/** A position of a case: coins long, and the mark its dollars are counted at. */
interface Held {
  readonly product: Perpetual | Future;
  readonly size: number;
  readonly mark: number;
}

function heldOf(item: unknown): Held {
  if (!isRaw(item)) throw new Unreadable('field "positions" holds something that is not an object');
  const id = word(item, 'instrument');
  const [coin = '', dollar] = id.split('-')[0]!.split('_');
  const contract = {
    ...{ id, underlying: coin },
    settlement: dollar === undefined ? ('inverse' as const) : ('linear' as const),
    settleAsset: dollar ?? coin,
  };
  const expiry = has(item, 'expiry') ? instant(Date.parse(word(item, 'expiry'))) : undefined;
  const product =
    expiry === undefined
      ? { kind: 'perpetual' as const, ...contract }
      : { kind: 'future' as const, expiry, ...contract };
  return { product, size: num(item, 'size_base'), mark: num(item, 'mark_price') };
}

/** A market of marks alone: no options, so no smiles. */
function marketOf(at: Instant, index: number, held: readonly Held[]): Market {
  const coins = [...new Set(held.map(({ product }) => product.underlying))].sort();
  const underlyings = coins.map((underlying) => {
    const own = held.filter(({ product }) => product.underlying === underlying);
    const futures = own.flatMap(({ product, mark }) =>
      product.kind === 'future' ? [{ expiry: product.expiry, forward: mark }] : [],
    );
    const perpetual = own.find(({ product }) => product.kind === 'perpetual')?.mark ?? index;
    return {
      underlying,
      index,
      indexUncertainty: 0,
      perpetual,
      futures: futures.sort((a, b) => a.expiry - b.expiry),
      slices: [],
      refused: [],
    };
  });
  return {
    at,
    source: 'case',
    underlyings,
    pegs: new Map([['USD', 1]]),
    touches: new Map(),
    digest: digestValue([at, index, held.map(({ product, mark }) => [product.id, mark])]),
  };
}

/** The parameters of a case; where it states none, those of BTC in the first set. */
function parametersOf(stated: Raw, coin: string): DeribitPortfolioParameters {
  const [{ parameters }] = deribitPortfolioHistory;
  const of = (name: string, otherwise: number) => numOr(stated, name, otherwise);
  const knownPair = parameters.pairs['BTC']!;
  const knownCurrency = parameters.currencies['BTC']!;
  const pair = {
    priceRange: of('price_range', knownPair.priceRange),
    volatilityRangeUp: of('volatility_range_up', knownPair.volatilityRangeUp),
    volatilityRangeDown: of('volatility_range_down', knownPair.volatilityRangeDown),
    shortTermVegaPower: of('short_term_vega_power', knownPair.shortTermVegaPower),
    longTermVegaPower: of('long_term_vega_power', knownPair.longTermVegaPower),
    minVolatilityForShockUp: of('min_volatility_for_shock_up', knownPair.minVolatilityForShockUp),
    extendedTableFactor: of('extended_table_factor', knownPair.extendedTableFactor),
    deltaShockThreshold: of('delta_total_liq_shock_threshold_usd', knownPair.deltaShockThreshold),
    mInc: of('m_inc', knownPair.mInc),
    maxDeltaShock: of('max_delta_shock', knownPair.maxDeltaShock),
  };
  const currency = {
    pnlOffset: of('pnl_offset', knownCurrency.pnlOffset),
    maxOffsetablePnl: of('max_offsetable_pnl_usd', knownCurrency.maxOffsetablePnl),
    annualisedMoveRisk: of('annualised_move_risk', knownCurrency.annualisedMoveRisk),
    minAnnualisedMove: of('min_annualised_move', knownCurrency.minAnnualisedMove),
    extendedDampener: of('extended_dampener_usd', knownCurrency.extendedDampener),
    haircut: of('haircut', knownCurrency.haircut),
  };
  return {
    ...parameters,
    pairs: { [coin]: pair },
    currencies: { ...parameters.currencies, [coin]: currency },
    mmFactor: of('mm_factor', parameters.mmFactor),
  };
}

interface Answer {
  readonly requirement: Requirement;
  readonly vectors: Simulated;
  readonly index: number;
  readonly coin: string;
  readonly mmFactor: number;
  /** Coins held, longs and shorts added: what cancels to nothing is nothing to within spacings of this. */
  readonly gross: number;
}

function answerOf(inputs: Raw): Answer {
  const held = list(inputs, 'positions').map(heldOf);
  const coin = held[0]?.product.underlying ?? 'BTC';
  const index = num(inputs, 'index_price');
  const positions = held.map(({ product, size, mark }) => ({
    product,
    quantity: product.settlement === 'inverse' ? size * mark : size,
  }));
  const portfolio: Portfolio = { account: 'case', balances: [], positions, orders: [] };
  const market = marketOf(instant(num(inputs, 'timestamp_ms')), index, held);
  const parameters = parametersOf(part(inputs, 'params'), coin);
  const book: DeribitPortfolioBook = sure(deribitPortfolio.book(productsOf(portfolio), market, parameters));
  const requirement = sure(deribitPortfolio.require(portfolio, book));
  return {
    requirement,
    vectors: riskVectorsOf(book, requirement),
    index,
    coin,
    mmFactor: parameters.mmFactor,
    gross: held.reduce((sum, { size }) => sum + Math.abs(size), 0),
  };
}

/** Relative to what was added, a sum of doubles that should be zero. */
const NOTHING = 1e-15;

/** The venue's numbers of a case, by the names the case states them under. */
function comparison(row: Raw, gross: number) {
  const expected = part(row, 'expected');
  const { type, value } = part(row, 'tolerance');
  if (type !== 'rel' || typeof value !== 'number')
    throw new Unreadable('field "tolerance" states no relative number');
  const close = (name: string, wanted: number, got: number, blur = 0) =>
    withinSize(name, wanted, got, value * Math.abs(wanted) + NOTHING * gross + blur);
  return {
    expected,
    close,
    cells: (name: string, wanted: readonly unknown[], got: readonly number[]): Checked[] => [
      same(`${name} cells`, String(wanted.length), String(got.length)),
      ...wanted.map((cell, i) => close(`${name}[${i}]`, numOf(cell, `${name}[${i}]`), got[i] ?? Number.NaN)),
    ],
  };
}

/** One vol of every bucket: a future has the same in all three. */
const perBucket = ({ standard }: RiskVectors) => standard.filter((_, i) => i % 3 === 0);

/** The sums and the worst case, where the case states them. */
function caseChecks(row: Raw, { vectors, coin, gross }: Answer): Checked[] {
  const { expected, close, cells } = comparison(row, gross);
  const aggregated = vectors.aggregated.get(`${coin}_${coin}`.toLowerCase()) ?? {
    standard: [],
    extended: [],
  };
  const sums = {
    aggregated_standard_per_bucket: perBucket(aggregated),
    aggregated_extended: aggregated.extended,
  };
  const checks = Object.entries(sums).flatMap(([name, got]) =>
    has(expected, name) ? cells(name, list(expected, name), got) : [],
  );
  if (!has(expected, 'worst_case_bucket')) return checks;
  const where = part(expected, 'worst_case_bucket');
  const bucket = vectors.matrices.get(coin)?.worstBucket;
  return [
    ...checks,
    close('worst_case_bucket.index', num(where, 'index_1based'), bucket?.index ?? Number.NaN),
    close('worst_case_bucket.bucket', num(where, 'bucket'), bucket?.bucket ?? Number.NaN),
    same('worst_case_bucket.side', word(where, 'side'), bucket?.side ?? 'none'),
    same('worst_case_bucket.source', word(where, 'source'), bucket?.source ?? 'none'),
  ];
}

/** A ledger amount is rounded against the account, by up to this, dollars. */
const LEDGER_UNIT = 1e-8;

/** Every margin as the formulas have it, and the same as the venue prints it; a case may state either. */
function marginsOf(matrix: MatrixMargin, inputs: Raw, mmFactor: number) {
  const beside = {
    mmpMargin: numOr(inputs, 'mmp_margin', 0),
    openOrdersMargin: numOr(inputs, 'open_orders_margin', 0),
    spotMargin: numOr(inputs, 'spot_margin', 0),
  };
  const sum = riskMatrixMargin(matrix);
  const plain = portfolioMargins(sum, beside, mmFactor);
  const shown = printedMargins(matrix, beside, mmFactor);
  return {
    worst_case: [matrix.worstCase, printedWorstCase(matrix.worstCase)],
    roll_shock: [matrix.rollShock],
    delta_shock: [matrix.deltaShock],
    risk_matrix_margin: [sum, shown.riskMatrix],
    initial_margin: [plain.initial, shown.initial],
    maintenance_margin: [plain.maintenance, shown.maintenance],
  } as const;
}

/** How many of the shocks, which are read off the ledger, a margin holds. */
const SHOCKS_IN: Readonly<Record<keyof ReturnType<typeof marginsOf>, number>> = {
  worst_case: 0,
  roll_shock: 1,
  delta_shock: 1,
  risk_matrix_margin: 2,
  initial_margin: 2,
  maintenance_margin: 2,
};

/** The margins of a case, unrounded or as the venue prints them, whichever is nearer; and the requirement's own maintenance. */
function marginChecks(row: Raw, answer: Answer): Checked[] {
  const { requirement, vectors, index, coin, mmFactor, gross } = answer;
  const { expected, close } = comparison(row, gross);
  const matrix = vectors.matrices.get(coin);
  if (matrix === undefined) throw new Unreadable('field "positions" is empty; nothing has a matrix');
  const got = marginsOf(matrix, part(row, 'inputs'), mmFactor);
  const blur = LEDGER_UNIT / index;
  const checks = Object.entries(got).flatMap(([name, values]) => {
    if (!has(expected, name)) return [];
    const wanted = num(expected, name);
    const [plain, printed = plain] = values;
    const nearest = Math.abs(printed - wanted) < Math.abs(plain - wanted) ? printed : plain;
    return [close(name, wanted, nearest, SHOCKS_IN[name as keyof typeof got] * blur)];
  });
  const { amount, charges } = requirement.maintenance;
  const [maintenance] = got.maintenance_margin;
  // What is swept, every charge, and the two shocks of the matrix.
  const slack = (1 + charges.length + 2) * blur + EXACT * maintenance;
  return [
    ...checks,
    withinSize('maintenance of the requirement', maintenance, dollars(amount) / index, slack),
  ];
}

/** Two sums of the same doubles, relative. */
const EXACT = 1e-12;

const matrix: Suite = {
  id: 'Deribit: PME (portfolio margin risk matrix), inverse futures',
  answer(row) {
    const answer = answerOf(part(row, 'inputs'));
    const { expected, cells } = comparison(row, answer.gross);
    const initial = (id: string) => answer.vectors.initial.get(id) ?? { standard: [], extended: [] };
    const stated = (name: string) => (has(expected, name) ? part(expected, name) : {});
    const [standard, extended] = [stated('initial_risk_vectors'), stated('extended_vectors')];
    return [
      ...Object.keys(standard).flatMap((id) => cells(id, list(standard, id), perBucket(initial(id)))),
      ...Object.keys(extended).flatMap((id) =>
        cells(`${id} extended`, list(extended, id), initial(id).extended),
      ),
      ...caseChecks(row, answer),
      ...marginChecks(row, answer),
    ];
  },
};

/** Suites of Deribit's portfolio margin. */
export const deribitMatrixSuites: readonly Suite[] = [matrix];
