export {
  butterflyMin,
  calendarMin,
  checkGrid,
  durrleman,
  GRID_REACH,
  repairedByWings,
  type Worst,
} from './arbitrage.ts';
export { deformVol, VOL_MIN, type VolDeform } from './deform.ts';
export { marketDigest } from './digest.ts';
export { doubtMarket } from './doubt.ts';
export { type EssviSlice, essviIsFree, essviPsiMax, essviPsiRange, essviRaw } from './essvi.ts';
export { type Fate, isTooWide, type VolQuote, volQuotes } from './filters.ts';
export { type ExpiryReport, type FitReport, fitMarket, fitReport } from './fit.ts';
export { type ForwardBelief, forwardOf } from './forwards.ts';
export {
  alignHistory,
  type FactorHistory,
  type FactorKind,
  type FactorLevels,
  factorId,
  type HistoryFactor,
  until,
} from './history.ts';
export {
  assetUsd,
  discountOf,
  type ForwardMark,
  type Market,
  type RawSvi,
  type RefusedSlice,
  type Slice,
  type SliceQuality,
  type Smile,
  type UnderlyingMarket,
  underlyingOf,
  type VolTable,
} from './market.ts';
export { type FitPolicy, fitPolicy } from './policy.ts';
export type { ChainSnapshot, FutureQuote, OptionQuote, Touch } from './quotes.ts';
export { STRETCH_MAX, sliceAt } from './slice-at.ts';
export {
  atmVol,
  type JumpWings,
  jumpWingsOf,
  leastVol,
  oneTerm,
  rawOf,
  SETTLEMENT_WINDOW_MS,
  scaleVariance,
  smileJet,
  smileMoneyness,
  smileVol,
  stretch,
  sviJet,
  sviRefusal,
  sviVariance,
  totalVariance,
  unfixedPart,
  type VarianceJet,
  volAt,
  volTable,
} from './smile.ts';
