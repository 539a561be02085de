export { Backtest, type BacktestPlan, type BacktestState, type BookTrace } from './engine.ts';
export { type Governing, governingDefaults } from './governing.ts';
export { fixedStrategy, type Strategy, standardStrategies } from './holding.ts';
export { joinParts, type Part, wholeWalk } from './parts.ts';
export { backtestHtml, type ReportHead } from './report.ts';
export { chainScene, drivenScene, type Scene } from './scene.ts';
export { readState, writeState } from './state.ts';
export { type BookVerdict, type LineVerdict, type Promised, promisedDefaults, verdictOf } from './verdict.ts';
