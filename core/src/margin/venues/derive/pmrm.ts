// The model `derive-pmrm`: Derive's first portfolio risk manager. One collateral, one factor that also multiplies the contingencies (M-93).

import type { Refusal } from '../../../base/index.ts';
import { exp } from '../../../kernel/index.ts';
import type { Charge, MarginModel } from '../../requirement.ts';
import { type CoinPart, chargeOf, type RatedLine, requireSwept, type SweepRules } from '../sweeping.ts';
import {
  balanceOf,
  confidenceContingency,
  optionContingency,
  peggedFactor,
  perpetualContingency,
} from './contingencies.ts';
import { doubtPmrm, pmrmForm } from './doubt.ts';
import { managerExactness } from './exactness.ts';
import { deriveLanes } from './lanes.ts';
import { pmrmHistory } from './live.ts';
import {
  buildManagerBook,
  deriveFee,
  type ManagerBook,
  type ManagerVersion,
  rebookManager,
  stablePrice,
} from './manager-book.ts';
import type { PmrmMarket, PmrmParameters } from './portfolio-parameters.ts';

export type PmrmBook = ManagerBook<PmrmMarket>;

/**
 * The static discount of PMRM (M-88): what an expiry is worth counts `base exp(-T (r rateMult + rateAdd))` while it is positive, and in full while
 * it is owed.
 * @example pmrmDiscount({ baseStaticDiscount: 0.95, rateMultScale: 4, rateAddScale: 0.05, imFactor: 1.3 }, 0, 0).gain // 0.95
 */
export function pmrmDiscount(margin: PmrmMarket['margin'], years: number, rate: number) {
  const { baseStaticDiscount, rateMultScale, rateAddScale } = margin;
  return { gain: baseStaticDiscount * exp(-years * (rate * rateMultScale + rateAddScale)), loss: 1 };
}

const version: ManagerVersion<PmrmMarket> = {
  model: 'derive-pmrm',
  discounts: false,
  doubt: doubtPmrm,
  lanesOf: deriveLanes,
  collateralsOf: (_, coin) => ({ [coin]: { mmHaircut: 0, imHaircut: 0, riskCancelling: 1 } }),
  discountOf: ({ margin }, years, rate) => pmrmDiscount(margin, years, rate),
};

function factorOf(book: PmrmBook, line: RatedLine, underlying: string): number {
  const market = book.given.markets[underlying];
  if (market === undefined || line === 'maintenance') return 1;
  return peggedFactor(market.margin.imFactor, market.otherContingency, stablePrice(book));
}

function chargesOf(book: PmrmBook, line: RatedLine, { view }: CoinPart): Charge[] {
  const { underlying, index } = view;
  const market = book.given.markets[underlying];
  if (market === undefined) return [];
  const other = market.otherContingency;
  const factor = factorOf(book, line, underlying);
  const stable = stablePrice(book);
  const balance = balanceOf(view, underlying);
  // The manager counts base coins at the index, whatever the stable coin is worth.
  const base = (balance / (book.risk.levels.pegs.get(underlying) ?? index)) * index;
  return [
    ...perpetualContingency(view, other.perpPercent * factor),
    ...optionContingency(view, other.optionPercent * factor),
    ...chargeOf('base-contingency', underlying, base * other.basePercent * factor, {
      base,
      rate: other.basePercent * factor,
      stable,
    }),
    ...(line === 'initial' ? confidenceContingency(view, other, base) : []),
  ];
}

const rules: SweepRules<PmrmBook> = {
  feeOf: (book, row, size) => deriveFee(book, row, size, book.given.fees),
  factorOf,
  chargesOf,
  releaseBuffer: ({ given }) => given.bufferMargin,
  withdraws: 'unsettled-profit',
};

/** Derive's PMRM. See docs/venues/derive.md, rules M-86 to M-93. */
export const derivePmrm: MarginModel<PmrmParameters, PmrmBook> = {
  id: 'derive-pmrm',
  defaults: pmrmHistory.at(-1)!.parameters,
  form: pmrmForm,
  facts: {
    venue: 'Derive',
    unit: 'dollars; Derive counts USDC, each worth what the market says of it',
    exactness: managerExactness(
      'every scenario of 39 published test portfolios is met to nine digits',
      'base-contingency',
    ),
    history: pmrmHistory,
  },
  book: (products, market, parameters) => buildManagerBook(products, market, parameters, version),
  rebook: (risk, parameters): PmrmBook | Refusal => rebookManager(risk, parameters, version),
  require: (portfolio, book) => requireSwept(portfolio, book, rules),
};
