// Rules of venues as pure functions, for whoever wants one without a book: feeds, funding, lending, fees, loss sharing.

export {
  futuresOffsetContingency,
  legacyVolShock,
  shortOptionContingency,
} from './deribit/legacy.ts';
export {
  type DeribitPortfolioParameters,
  deribitPortfolioHistory,
  type PmCurrency,
  type PmPair,
} from './deribit/portfolio-parameters.ts';
export {
  type Aggregation,
  aggregatedCell,
  aggregatedVectors,
  type BesideMatrix,
  bucketOf,
  dampenerOf,
  deltaShock,
  EXTENDED_MOVES,
  extendedCell,
  futureVectors,
  type MatrixMargin,
  offsetGain,
  type PmSettlement,
  portfolioMargins,
  priceBuckets,
  printedMargins,
  printedWorstCase,
  type RiskVectors,
  riskMatrixMargin,
  rollRate,
  rollShock,
  shockDelta,
  sumVectors,
  towardsZero,
  type WorstBucket,
  type WorstCase,
  worstCase,
} from './deribit/risk-matrix.ts';
export {
  DERIVE_SETTLEMENT_SECONDS,
  type ForwardParts,
  type ForwardPrint,
  forwardParts,
  type SpotDifference,
  spotWithDifference,
} from './derive/feeds.ts';
export {
  type CashPool,
  type DeriveBorrowing,
  type DeriveFunding,
  deriveBorrowRate,
  deriveFundingPaid,
  deriveFundingRate,
  deriveInterest,
  deriveInterestFee,
  deriveInterestFees,
  type FundingHeld,
  type InterestTrade,
} from './derive/rates.ts';
export {
  type SrmCollateral,
  type SrmCollateralRates,
  type SrmLeg,
  type SrmMaxLoss,
  srmCollateral,
  srmDepeg,
  srmDoubtful,
  srmIsolated,
  srmMaxLoss,
  srmPayoff,
  srmShort,
} from './derive/srm-rules.ts';
export { type OkxParameters, okxHistory } from './okx/parameters.ts';
export type { OkxBook } from './okx/pm.ts';
export { type OkxScenarios, type OkxUnit, okxUnits } from './okx/report.ts';
export {
  type OkxAccount,
  type OkxBasis,
  type OkxBorrow,
  type OkxExpiry,
  type OkxHedge,
  type OkxLinear,
  type OkxQuote,
  type OkxShock,
  type OkxTerms,
  type OkxTier,
  okxAccount,
  okxBasisRisk,
  okxDelta,
  okxHedges,
  okxMinimumCharge,
  okxSpotShocks,
  okxTiered,
  okxUnit,
  okxWorst,
} from './okx/terms.ts';
export {
  BINANCE_LOAN_RATES,
  type BinanceAsset,
  type BinanceBand,
  type BinanceFuture,
  binanceEquity,
  binanceLoanMaintenance,
  binanceMaintenance,
  binanceProfit,
  binanceRatio,
} from './others/binance.ts';
export {
  type BybitDrawdown,
  type BybitMargin,
  type BybitScale,
  bybitDrawdown,
  bybitMargin,
} from './others/bybit.ts';
export { type DederiFuture, dederiFuture } from './others/dederi.ts';
export {
  type VegaFunding,
  type VegaModel,
  type VegaPosition,
  vegaAuctionOrder,
  vegaFundingMargin,
  vegaFundingPayment,
  vegaMaintenance,
  vegaRiskFactors,
} from './others/vega.ts';
export {
  type FundingStretch,
  type ParadexFunding,
  paradexFundingAdvance,
  paradexFundingRate,
  type Shortfall,
  socialisedShare,
} from './paradex/funding.ts';
