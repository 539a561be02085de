export {
  type AccountStanding,
  assessAccount,
  assessOwner,
  assessPool,
  type GroupCharge,
  isolate,
  isolateAll,
  membersOf,
  type OwnerStanding,
  type Part,
  type PartStanding,
  type Pool,
  type PoolStanding,
  partsOf,
  poolStandings,
  poolsOf,
  splitByWeight,
  TREATMENTS,
  type Treatment,
} from './accounts/index.ts';
export { assess, METHODOLOGY_VERSION, requirementDigest } from './assess.ts';
export { chargesOf, tradingFee } from './charges.ts';
export { type CrowdAccounts, CrowdColumns } from './columns.ts';
export { doubtParameters } from './doubt.ts';
export {
  type Columned,
  type CrowdFigures,
  columnsOf,
  crowdFigures,
  doubtAccounts,
  doubtFigures,
  type FiguresBody,
  type FiguresSweep,
  typescriptFigures,
} from './figures.ts';
export {
  type ChargeSheet,
  COIN_NUMBERS,
  type CoinNumber,
  chargeSheet,
  ROW_KINDS,
} from './figures-sheet.ts';
export type { FieldForm, ParameterForm, ParameterSet } from './form.ts';
export {
  type FundNeed,
  type FundSize,
  fundNeed,
  fundSize,
  type OwnerShortfall,
  type Remainder,
  type ReverseStress,
  reverseStress,
} from './fund.ts';
export { type AssetHaircut, collateralHaircuts } from './haircut.ts';
export { assetProduct, type Held, hold, productsOf, rowIn } from './holdings.ts';
export { type Amounts, LINE_NAMES, perLine, totalOf } from './lines.ts';
export { type GreeksBook, type GreeksParameters, greeksDefaults, greeksModel } from './models/greeks.ts';
export { grid } from './models/grid.ts';
export type { GridBook } from './models/grid-lines.ts';
export { type ModelId, models, modelsWith } from './models/index.ts';
export { strikeNodes } from './models/own-lanes.ts';
export { span } from './models/span.ts';
export { type StaticBook, staticModel } from './models/static.ts';
export { type Credit, creditOf, type OptionValue } from './option-value.ts';
export { type FeeOf, fillsOf, isReached, type OrderFill } from './orders.ts';
export {
  type ChargeParameters,
  type CoinParameters,
  coinParameters,
  type GridParameters,
  gridDefaults,
  type PegParameters,
} from './parameters.ts';
export type { Account, Balance, Order, Owner, Portfolio, Position } from './portfolio.ts';
export {
  CHARGE_RULES,
  type Charge,
  type ChargeName,
  type Contribution,
  type DatedParameters,
  type Exactness,
  type ExactnessLevel,
  type Headroom,
  type Line,
  type LineName,
  type MarginBook,
  type MarginModel,
  type ModelParameters,
  type Requirement,
  type Standing,
  type Term,
  type VenueFacts,
} from './requirement.ts';
export { nakedShorts } from './short-minimum.ts';
export type { SpanBook } from './span/lines.ts';
export {
  type CalendarSpread,
  type CoinSpread,
  type SpanCoin,
  type SpanParameters,
  type SpanTier,
  spanCoin,
  spanDefaults,
} from './span/parameters.ts';
export {
  type CollateralRule,
  type LinearRule,
  type StaticCoin,
  type StaticFees,
  type StaticParameters,
  type StaticTier,
  staticDefaults,
} from './static/parameters.ts';
export {
  type AccountLadder,
  type AccountRung,
  type Axis,
  type AxisReach,
  type Crossing,
  type Debtor,
  type Debtors,
  debtorsOf,
  depthOf,
  ladderOf,
  leftOf,
  type MapCell,
  type MapGrid,
  mapDefaults,
  type Reading,
  reachOf,
  type Subject,
  type Survival,
  type SurvivalMap,
  survivalMap,
  survive,
  THRESHOLDS,
  type Threshold,
  type ThresholdCrossings,
  type Waypoint,
} from './survival/index.ts';
export { applyTrade, carryBids, settleExpired, type Trade, withEntries } from './trade.ts';
export {
  type Compared,
  type Comparison,
  compareAccount,
  holds,
  type Pair,
  type Tally,
  type TermRow,
  type Tolerance,
  tallyOf,
  toleranceDefault,
  type VectorRow,
  type VenueSide,
} from './venues/compare.ts';
export { DERIBIT_CELLS, type DeribitCell } from './venues/deribit/cells.ts';
export { type DeribitPortfolioBook, deribitPortfolio } from './venues/deribit/portfolio.ts';
export { type CoinMatrix, riskVectorsOf, type Simulated } from './venues/deribit/simulate.ts';
export { type DeribitStandardBook, deribitStandard } from './venues/deribit/standard.ts';
export { datedSet, EXACTNESS_LEVELS, exactnessCounts, exactnessOf } from './venues/exactness.ts';
export {
  asOf,
  type Change,
  changesOf,
  type Difference,
  differencesOf,
  type History,
  historyOf,
  isDay,
  type ParameterValue,
  withHistory,
  withSet,
} from './venues/registry.ts';
export {
  accountsOf,
  type Meaning,
  mergeReports,
  type VenueAccount,
  type VenueAmount,
  type VenueCell,
  type VenueName,
  type VenuePrice,
  type VenueReport,
  type VenueVector,
} from './venues/report.ts';
export { marketOf, type PriceCheck, pricesBeside } from './venues/report-market.ts';
export { venueSide } from './venues/sides.ts';
