export { bivariateNormalCdf } from './bivariate.ts';
export { blackPrice, type Right } from './black76.ts';
export { type CirclePoint, turn } from './circle.ts';
export {
  type CoinGreekColumns,
  fillCoinGreeks,
  fillGreeks,
  type GreekColumns,
  type OptionColumns,
} from './columns.ts';
export { exp, expm1, log, log1p, pow } from './elementary.ts';
export {
  type BlackJet,
  blackJet,
  type ExpansionLanes,
  expansionLanes,
  fillExpanded,
  fillRemainders,
} from './expansion.ts';
export { type BlackGreeks, blackGreeks, type CoinGreeks, coinGreeks } from './greeks.ts';
export { impliedVol, type NoVolatility, VOL_UNCERTAINTY_MAX } from './implied.ts';
export { millsTable } from './mills.ts';
export { normalCdf, normalInverse, normalPdf } from './normal.ts';
export { cdfTable, fillCdf, fillStrike, type StrikeLanes } from './rows.ts';
export { kthLargest } from './select.ts';
export { studentCdf, studentInverse, studentPdf } from './student.ts';
