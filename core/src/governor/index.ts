export { type Announcement, announce, type Foretold, HORIZON_HOURS, RAW_MULTIPLES } from './announce.ts';
export {
  type BreakerPolicy,
  breaker,
  breakerDefaults,
  type Cascade,
  cascade,
  crowdingCharge,
  type Depth,
  type Ladder,
  type Light,
  type Rung,
  type Side,
  type Widening,
} from './breaker.ts';
export { type DepthPolicy, type DepthState, depthDefaults, lowDepth, watchDepth } from './depth.ts';
export {
  type Bar,
  type BarMoves,
  barMoves,
  type EwmaPolicy,
  type EwmaState,
  ewma,
  ewmaDefaults,
  ewmaVol,
} from './ewma.ts';
export {
  anchorOf,
  type FilteredState,
  filter,
  type LossMeasure,
  type LossSample,
  rawEstimate,
  unfiltered,
} from './filtered.ts';
export {
  type FactorState,
  type GovernorState,
  govern,
  type Held,
  type Observation,
  type Reading,
  replayGovernor,
  ungoverned,
} from './govern.ts';
export {
  doubtCorrelations,
  governMix,
  type Matrix,
  type MixObservation,
  type MixPolicy,
  type MixState,
  mixDefaults,
  mixed,
} from './mix.ts';
export {
  type BothWays,
  type BufferPolicy,
  doubtPolicy,
  type FactorPolicy,
  type FloorPolicy,
  GAP_HOURS_DEFAULT,
  type GovernorPolicy,
  governorDefaults,
  type Policy,
  type RatchetPolicy,
  type SpeedLimitPolicy,
  type StressWeightPolicy,
} from './policy.ts';
export { emptySketch, type QuantileSketch, quantileOf, shortfallOf, sketched } from './quantile.ts';
