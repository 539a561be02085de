export type { QuadraticLaw } from './contour.ts';
export {
  correlationOf,
  covarianceOf,
  ewmaCovariance,
  ledoitWolf,
  type Shrunk,
  sampleCovariance,
} from './covariance.ts';
export {
  type Cumulants,
  cornishFisher,
  cornishFisherIsMonotone,
  cornishFisherTail,
  cumulantsOf,
  type DeltaGamma,
  deltaGammaNormal,
} from './delta-gamma.ts';
export { type Copula, type Draws, drawPaths, drawShocks, drawUniforms, sampleQuantile } from './draws.ts';
export {
  cholesky,
  type Eigen,
  eigenOf,
  FACTORS_MAX,
  identityOf,
  rowsOf,
  type SquareMatrix,
  symmetricOf,
} from './matrix.ts';
export { type LognormalMove, lognormalFactors, normalTail, studentTail } from './parametric.ts';
export { deltaGammaTail, lossBeyond, quadraticLaw } from './quadratic.ts';
export {
  clipCorrelation,
  mixCorrelations,
  nearestCorrelation,
  type Repaired,
  stressCorrelation,
} from './repair.ts';
export {
  ageWeights,
  historyNeeded,
  type LossTail,
  lossTail,
  type TailConvention,
  tailShares,
  weightedTail,
} from './tail.ts';
export {
  decayOf,
  type EwmaFilter,
  ewmaFilter,
  type Filtered,
  type GarchParameters,
  garchFilter,
  horizonVariance,
  longRunVariance,
  persistenceOf,
  rescaledReturns,
} from './volatility.ts';
