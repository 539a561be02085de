export { chainScene, loadSnapshots, type SnapshotSeries } from './chains.ts';
export { circumstanceOf, promisedOf } from './circumstance.ts';
export { Backtest, type BacktestPlan, type BacktestState, type BookTrace } from './engine.ts';
export { missingFactors } from './exposure.ts';
export { type Governing, governingDefaults } from './governing.ts';
export { fixedStrategy, type Strategy, standardStrategies } from './holding.ts';
export { joinParts, type Part, wholeWalk } from './parts.ts';
export { backtestHtml, type ReportHead } from './report.ts';
export { drivenScene, type Scene } from './scene.ts';
export { readState, writeState } from './state.ts';
export { type Depth, type TailVerdict, tailVerdict } from './tail.ts';
export {
  type BookVerdict,
  type Circumstance,
  type LineVerdict,
  type Promised,
  promisedDefaults,
  verdictOf,
} from './verdict.ts';
