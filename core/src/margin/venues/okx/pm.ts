// The model `okx-pm`: OKX's portfolio margin. Units of one underlying, each the worst of its scenarios plus what no scenario sees, at least the
// cost of unwinding it.

import { digestValue, isRefusal, type Refusal, refuse } from '../../../base/index.ts';
import { type Market, underlyingOf } from '../../../market/index.ts';
import { compareProducts, compareText, type Product } from '../../../product/index.ts';
import {
  buildRiskBook,
  fullRevaluation,
  type RiskBook,
  type RowMethod,
  withExpiries,
} from '../../../risk/index.ts';
import { strangersOf, withPar } from '../../assets.ts';
import type { Charge, ChargeName, MarginModel, VenueFacts } from '../../requirement.ts';
import { soloPlan } from '../../span/risk.ts';
import { grossReach } from '../../views.ts';
import {
  type CoinPart,
  chargeOf,
  legsOf,
  type RatedLine,
  requireSwept,
  type SweepingBook,
  type SweepRules,
} from '../sweeping.ts';
import { doubtOkx, okxForm } from './doubt.ts';
import { okxLanes } from './lanes.ts';
import { type OkxParameters, okxCoin, okxHistory } from './parameters.ts';
import { unitTerms } from './unit.ts';

/** A book of OKX. */
export interface OkxBook extends SweepingBook {
  readonly given: OkxParameters;
}

const NO_RANGE = { maintenance: 0, initial: 0 };
const QUOTES: readonly string[] = ['USDT', 'USDC'];

/** Balances are cut, not swept: contracts alone make a unit's scenarios. */
const contractsOnly: RowMethod = {
  terms: ['contracts-only'],
  fill: (products, market, shocks, stride, out) => {
    const refused = fullRevaluation.fill(products, market, shocks, stride, out);
    products.forEach(({ kind }, p) => {
      if (kind === 'asset') out.fill(0, p * stride, (p + 1) * stride);
    });
    return refused;
  },
};

/** OKX lists no payoff of anybody's own, and no linear contract in anything but USDT and USDC. */
function refuses(product: Product): Refusal | undefined {
  if (product.kind === 'structured') {
    const message = 'OKX lists no such payoff; margin it under grid, or remove it.';
    return refuse('not-supported', message, product.id);
  }
  if (product.kind === 'asset' || product.settlement === 'inverse' || QUOTES.includes(product.settleAsset)) {
    return undefined;
  }
  const message = `OKX lists no contract that settles in ${product.settleAsset}; it knows coins, USDT and USDC.`;
  return refuse('not-supported', message, product.id);
}

function buildOkxBook(
  products: readonly Product[],
  observed: Market,
  parameters: OkxParameters,
): OkxBook | Refusal {
  const doubt = doubtOkx(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  for (const product of products) {
    const refusal = strangers.has(product.id) ? undefined : refuses(product);
    if (refusal !== undefined) strangers.set(product.id, refusal);
  }
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const coins = new Set(known.map(({ underlying }) => underlying));
  const held = [...coins].filter((coin) => underlyingOf(market, coin) !== undefined).sort(compareText);
  const risk = buildRiskBook(known, market, okxLanes(parameters, held), () => NO_RANGE, contractsOnly);
  if (isRefusal(risk)) return risk;
  return rebookOkx({ ...risk, refused: new Map([...risk.refused, ...strangers]) }, parameters);
}

function rebookOkx(risk: RiskBook, given: OkxParameters): OkxBook | Refusal {
  const doubt = doubtOkx(given) ?? risk.products.map(refuses).find((refusal) => refusal !== undefined);
  if (doubt !== undefined) return doubt;
  return { model: 'okx-pm', risk, parameters: digestValue(given), given, plan: soloPlan(risk) };
}

/** What balances are charged (M-115): what is owed at its rates, what is owned by its discount. */
function balanceCharges({ given, risk }: OkxBook, line: RatedLine, { view }: CoinPart): Charge[] {
  const { underlying } = view;
  const { haircut, borrow } = risk.levels.coins.has(underlying)
    ? okxCoin(given, underlying)
    : given.pegs[underlying]!;
  return legsOf(view, 'asset').flatMap((leg) => {
    const worth = risk.columns.value[leg.row]!;
    const owed = grossReach(view, (other) => (other === leg ? worth : 0));
    const owned = Math.max(0, leg.high) * worth;
    const rate = borrow[line];
    return [
      ...chargeOf('mr8-borrowing', underlying, owed * rate, { owed, rate }),
      ...chargeOf('collateral-haircut', underlying, owned * haircut, { value: owned, share: haircut }),
    ];
  });
}

/** Terms beside the scenarios, times what the line multiplies, and what they are together short of the minimum charge. */
function chargesOf(book: OkxBook, line: RatedLine, part: CoinPart): Charge[] {
  const { view, loss, swept } = part;
  const balances = balanceCharges(book, line, part);
  if (!book.risk.levels.coins.has(view.underlying)) return balances;
  const factor = line === 'initial' ? book.given.initialFactor : 1;
  const { mr3, mr4, mr7, mr9 } = unitTerms(part, book.given);
  const charge = (name: ChargeName, amount: number, inputs: Charge['inputs'] = {}) =>
    chargeOf(name, view.underlying, factor * amount, { amount, factor, ...inputs });
  // Fills that lose at once lose that beside the minimum: no subset may ask for more.
  const scanned = loss + mr3 + mr4 + mr9;
  const short = Math.max(0, mr7 - (swept.jumps?.[view.u] ?? 0) - scanned);
  return [
    ...charge('mr3-vega', mr3),
    ...charge('mr4-basis', mr4),
    ...charge('mr9-depeg', mr9),
    ...charge('mr7-unwind', short, { minimum: mr7, scanned }),
    ...balances,
  ];
}

const rules: SweepRules<OkxBook> = {
  feeOf: ({ risk, given }, row, size) => {
    const product = risk.products[row]!;
    const { index } = risk.levels.coins.get(product.underlying)!;
    const { fee, feeCap } = given.option;
    if (product.kind === 'option') return size * Math.min(fee * index, feeCap * risk.columns.value[row]!);
    return size * Math.abs(risk.columns.delta[row]!) * index * given.futureFee;
  },
  factorOf: ({ given }, line) => (line === 'initial' ? given.initialFactor : 1),
  chargesOf,
  releaseBuffer: () => 0,
  withdraws: 'settled-only',
};

const facts: VenueFacts<OkxParameters> = {
  venue: 'OKX',
  unit: 'dollars; profit in USDT or USDC counts at its price in dollars, a unit is one underlying whatever its contracts are quoted in',
  exactness: {
    scenarios: {
      level: 'partly',
      why: "MR1 and MR6 of linear contracts equal the venue's position builder to the digit, cell by cell. Options are Black-76 with the documented vol moves, points and percent, the worse of them; MR2 is a day's decay; coin-settled P&L is valued at the moved index; spot that hedges is left out.",
    },
    'mr3-vega': {
      level: 'indicative',
      why: "OKX says that MR3 is vega risk across expiries; how it is computed is not published. A quarter of what expiries offset is charged, as in Deribit's first generation.",
    },
    'mr5-rates': {
      level: 'indicative',
      why: 'Left out: the rate moves are two principal components whose tenors are not published.',
    },
    'mr4-basis': {
      level: 'partly',
      why: 'The formula and the yearly moves are announced and BTC and LTC equal the position builder; the least moves of other coins are judgement.',
    },
    'mr7-unwind': {
      level: 'partly',
      why: 'Multipliers by slice are announced and the rates of BTC and LTC stand in the position builder; multipliers since 2025-01-15, other coins and the slippage of options are not known.',
    },
    'mr9-depeg': {
      level: 'indicative',
      why: 'The order of netting and one worked row of rates are documented; the table by price is not.',
    },
    'mr8-borrowing': {
      level: 'partly',
      why: 'The rates of USDT equal the position builder; higher tiers and other assets are not known.',
    },
    'collateral-haircut': {
      level: 'indicative',
      why: 'Discount rates change by announcement and fall by tier; first tiers only, some of them judgement.',
    },
    'scenario-factor': {
      level: 'exact',
      why: 'IMR is 1.3 MMR of contracts, as documented and as in the position builder.',
    },
    release: {
      level: 'indicative',
      why: 'Where a partial liquidation stops is not documented to the digit; release is maintenance.',
    },
    orders: {
      level: 'indicative',
      why: "Orders cost the worst subset of their fills (M-34); the venue's own rule is not published.",
    },
  },
  history: okxHistory,
};

/** OKX's portfolio margin with merged risk units. See docs/venues/okx.md, rules M-110 to M-115. */
export const okxPortfolio: MarginModel<OkxParameters, OkxBook> = {
  id: 'okx-pm',
  defaults: okxHistory[2].parameters,
  facts,
  form: okxForm,
  book: buildOkxBook,
  rebook: rebookOkx,
  require: (portfolio, book) => requireSwept(portfolio, book, rules),
};
