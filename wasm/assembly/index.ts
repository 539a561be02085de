export { checkOrders } from './check';
export { fillGreeks } from './greeks';
export { fillRow, fillStdevs, fillStrike } from './rows';
export { sweepPlain } from './sweep';
export { sweepTree } from './tree';
