export { assembleBook, type BookParts } from './assemble.ts';
export { attribute, attributeFills, settleParts } from './attribute.ts';
export {
  buildRiskBook,
  type Groups,
  PRODUCTS_MAX,
  type RangesOf,
  type RiskBook,
} from './book.ts';
export { type Columns, measureColumns, withExpiries } from './columns.ts';
export {
  band,
  type Combined,
  type CombinePlan,
  type Correlations,
  combine,
  planCombine,
  type TailLanes,
  UNNAMED_DRIVER,
} from './combine.ts';
export { conformPayoff } from './conform.ts';
export {
  CROWD_NUMBERS,
  type Crowd,
  type CrowdBody,
  type CrowdBook,
  type CrowdSweep,
  type CrowdWindows,
  doubtCrowd,
  doubtFormula,
  doubtRange,
  HELD_MAX,
  sweptLoss,
  typescriptBody,
} from './crowd.ts';
export {
  type Expansion,
  type ExpansionError,
  type ExpansionGuard,
  type ExpansionMeasure,
  expandRows,
  measureExpansion,
} from './expand.ts';
export { type ExpiryLanes, type LaneRoom, laneRoom } from './expiry-lanes.ts';
export {
  afterFills,
  closingShares,
  type Fill,
  type FillLeg,
  fillGain,
  fillPart,
  type Reach,
  reachOf,
  sweepFills,
} from './fills.ts';
export { type OrderColumns, sweepPlain, worstAfterFills } from './flat.ts';
export { combineGreeks } from './greek-tail.ts';
export { type CoinLevel, type ExpiryLevel, type Levels, levelsOf } from './levels.ts';
export * from './measures/index.ts';
export { fullRevaluation, type RowMethod } from './method.ts';
export {
  fillRows,
  LANE_PAD,
  strideOf,
} from './rows.ts';
export { fillNodes, fillStdevs, revaluing, writeRow } from './strike.ts';
export type { ExpiryBody, StrikeRows } from './strike-rows.ts';
export {
  betterOf,
  type Holdings,
  holdingsOf,
  madeBy,
  type Swept,
  sweep,
  type WorstLane,
  worstLane,
} from './sweep.ts';
export { combineWindows, type WindowPlan, windowPlans } from './windows.ts';
