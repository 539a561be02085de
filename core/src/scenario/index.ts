export { type Extreme, extremesOf } from './extremes.ts';
export { columnOf, dateCount, type MoveColumn, type PastWindows, pastLanes } from './past.ts';
export { dampAt, type LanePlace, lanePlace, laneSpot, resolveLane, type ScanRanges } from './resolve.ts';
export { daysPassed, later, pegAfter, shift, shiftUnderlying, termFactor, volDeforms } from './shift.ts';
export {
  LANES_MAX,
  type Lane,
  type LaneLine,
  type LaneMove,
  type Move,
  type Netting,
  type ScenarioSet,
  type Shock,
  type SmileRule,
  type TenorScaling,
  type TermScaling,
  type VolScaling,
} from './shock.ts';
export { lanes48, priceVolGrid, standardScenarios, TERM_SCALING } from './standard.ts';
export {
  BEYOND_LEAST,
  datesOf,
  filterVols,
  largestOf,
  logsOf,
  relativeOf,
  type VolFilter,
  type WindowRequest,
  windowsOf,
} from './windows.ts';
