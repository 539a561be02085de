export { type Combination, type CombinedValue, combineSources } from './combine.ts';
export {
  type CoinLevels,
  type CollateralLevel,
  collateralLevel,
  type FactorHealth,
  healthOf,
  levelsOf,
  type MarketLevels,
  withLevels,
} from './levels.ts';
export {
  type BookTop,
  type Mark,
  type MarkInput,
  type MarkPolicy,
  type MarkState,
  markOf,
  markPolicy,
  unmarked,
} from './mark.ts';
export {
  type ModeChange,
  type ModePolicy,
  type ModeReason,
  type ModeState,
  modePolicy,
  SOURCE_MODES,
  type SourceMode,
  worstMode,
} from './modes.ts';
export {
  doubtSourcePolicy,
  SOURCES_MAX,
  type SourceKind,
  type SourcePolicy,
  type SourceRoute,
  type StepLimit,
  sourcePolicy,
} from './policy.ts';
export type { DropCause, Dropped, SourceMemory, SourceReport } from './reports.ts';
export {
  type AverageGap,
  type AveragePolicy,
  averagePolicy,
  type IndexSample,
  type SettlementAverage,
  settlementAverage,
} from './settlement.ts';
export { type Served, type SourceState, type Stood, unheard } from './state.ts';
export { driftOf, stepMax, widened, widening } from './steps.ts';
export { cappedWeights, middleByWeight, type VenueMemory, type Voice } from './voices.ts';
