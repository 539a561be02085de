export { type Axis, type AxisReach, coordinateOf, moveAt, reachOf } from './axis.ts';
export { type AccountLadder, type AccountRung, ladderOf } from './ladder.ts';
export { type MapCell, type MapGrid, mapDefaults, type SurvivalMap, survivalMap } from './map.ts';
export { refine, type Sample, TOLERANCE } from './refine.ts';
export { type Debtor, type Debtors, debtorsOf } from './remainders.ts';
export { type Crossing, type Survival, survive, type ThresholdCrossings, type Waypoint } from './survive.ts';
export {
  depthOf,
  leftOf,
  type Reading,
  type Subject,
  setOut,
  THRESHOLDS,
  type Threshold,
  type Walk,
} from './walk.ts';
