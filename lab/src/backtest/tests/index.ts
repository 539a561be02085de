export {
  baselAddOn,
  type Christoffersen,
  type CoverageTest,
  christoffersen,
  coverageTest,
  kupiec,
  kupiecAccepts,
  type Ratio,
  type TrafficZones,
  trafficLight,
  trafficZones,
} from './coverage.ts';
export { binomialAtLeast, binomialAtMost, chiSquareTail } from './distributions.ts';
export {
  largestRise,
  type Procyclicality,
  procyclicalityOf,
  type RequirementSeries,
  RISE_HORIZONS,
  type Rise,
} from './procyclicality.ts';
export {
  acerbiSzekely,
  acerbiSzekelyNull,
  type Bets,
  criticalOf,
  eProcess,
  eValue,
  type Forecasts,
  fortuneOf,
  type NullLaw,
  pValueOf,
  type Shortfalls,
  shortfallsOf,
  type TailLaw,
} from './shortfall.ts';
