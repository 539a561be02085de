// The model `derive-pmrm2`: Derive's second portfolio risk manager. Scenarios with dampened tails and skews, static discounts, contingencies.

import type { Refusal } from '../../../base/index.ts';
import { exp } from '../../../kernel/index.ts';
import type { Charge, MarginModel } from '../../requirement.ts';
import { type CoinPart, chargeOf, type RatedLine, requireSwept, type SweepRules } from '../sweeping.ts';
import {
  balanceOf,
  confidenceContingency,
  confidenceOf,
  doubtShare,
  optionContingency,
  peggedFactor,
  perpetualContingency,
} from './contingencies.ts';
import { doubtPmrm2, pmrm2Form } from './doubt.ts';
import { managerExactness } from './exactness.ts';
import { deriveLanes } from './lanes.ts';
import { pmrm2History } from './live.ts';
import {
  buildManagerBook,
  deriveFee,
  type ManagerBook,
  type ManagerVersion,
  rebookManager,
  stablePrice,
} from './manager-book.ts';
import type { Pmrm2Market, Pmrm2Parameters } from './portfolio-parameters.ts';

export type Pmrm2Book = ManagerBook<Pmrm2Market>;

/**
 * Static discounts of PMRM_2 (M-88) on the net value of an expiry, `T` years off at rate `r >= 0`: what is owned counts
 * `longBase exp(-T (r longMult + longAdd))`, what is owed `min(exp(r T), shortBase exp(T (r shortMult + shortAdd)))`.
 * @example pmrm2Discount(defaults.markets.ETH.margin, 7 / 365, 0).loss // 0.98188
 */
export function pmrm2Discount(margin: Pmrm2Market['margin'], years: number, rate: number) {
  const gain =
    margin.longBaseStaticDiscount * exp(-years * (rate * margin.longRateMultScale + margin.longRateAddScale));
  const loss =
    margin.shortBaseStaticDiscount *
    exp(years * (rate * margin.shortRateMultScale + margin.shortRateAddScale));
  return { gain, loss: Math.min(exp(rate * years), loss) };
}

const version: ManagerVersion<Pmrm2Market> = {
  model: 'derive-pmrm2',
  discounts: true,
  doubt: doubtPmrm2,
  lanesOf: deriveLanes,
  collateralsOf: ({ collaterals }) => collaterals,
  discountOf: ({ margin }, years, rate) => pmrm2Discount(margin, years, rate),
};

/** Haircuts of balances, and on initial what an oracle that doubts their price adds. */
function collateralCharges({ risk, homes, given }: Pmrm2Book, line: RatedLine, { view }: CoinPart): Charge[] {
  return view.legs.flatMap(({ product: { kind, id } }) => {
    const home = kind === 'asset' ? homes.get(id) : undefined;
    if (home === undefined) return [];
    const { mmHaircut, imHaircut } = home.collateral;
    const haircut = line === 'initial' ? mmHaircut + imHaircut : mmHaircut;
    const value = balanceOf(view, id);
    const charges = chargeOf('collateral-haircut', id, value * haircut, { value, haircut });
    if (line === 'maintenance') return charges;
    const known = confidenceOf(risk, home.market);
    const confidence = Math.min(known.index, known.asset(id));
    const share = doubtShare(given.markets[home.market]!.otherContingency, confidence);
    return [
      ...charges,
      ...chargeOf('confidence-contingency', id, value * share, { value, confidence, share }),
    ];
  });
}

function chargesOf(book: Pmrm2Book, line: RatedLine, part: CoinPart): Charge[] {
  const { view } = part;
  const collateral = collateralCharges(book, line, part);
  const market = book.given.markets[view.underlying];
  if (market === undefined) return collateral;
  const other = market.otherContingency;
  const isInitial = line === 'initial';
  return [
    ...perpetualContingency(view, other.MMPerpPercent + (isInitial ? other.IMPerpPercent : 0)),
    ...optionContingency(view, other.MMOptionPercent + (isInitial ? other.IMOptionPercent : 0)),
    ...(isInitial ? confidenceContingency(view, other, 0) : []),
    ...collateral,
  ];
}

const rules: SweepRules<Pmrm2Book> = {
  feeOf: (book, row, size) => deriveFee(book, row, size, book.given.fees),
  factorOf(book, line, underlying) {
    const market = book.given.markets[underlying];
    if (market === undefined) return 1;
    const { imFactor, mmFactor } = market.margin;
    return line === 'maintenance'
      ? mmFactor
      : peggedFactor(imFactor, market.otherContingency, stablePrice(book));
  },
  chargesOf,
  releaseBuffer: ({ given }) => given.bufferMargin,
  withdraws: 'unsettled-profit',
};

/** Derive's PMRM_2. See docs/venues/derive.md, rules M-86 to M-92. */
export const derivePmrm2: MarginModel<Pmrm2Parameters, Pmrm2Book> = {
  id: 'derive-pmrm2',
  defaults: pmrm2History.at(-1)!.parameters,
  form: pmrm2Form,
  facts: {
    venue: 'Derive',
    unit: 'dollars; Derive counts USDC, each worth what the market says of it',
    exactness: managerExactness(
      'every scenario of 83 published test portfolios is met to nine digits, skews and basis among them',
      'collateral-haircut',
    ),
    history: pmrm2History,
  },
  book: (products, market, parameters) => buildManagerBook(products, market, parameters, version),
  rebook: (risk, parameters): Pmrm2Book | Refusal => rebookManager(risk, parameters, version),
  require: (portfolio, book) => requireSwept(portfolio, book, rules),
};
