export { type Asked, expiriesAsked } from './structured.ts';
export { futureMark, futureProfit, type Greeks, greeks, type Price, price } from './value.ts';
export { type Bump, markOf, payoffView, STILL, settlementView } from './view.ts';
