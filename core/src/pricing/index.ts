export { futureMark, futureProfit, type Greeks, greeks, type Price, price } from './value.ts';
