export { checkOrders } from './check';
export { judgeCrowd } from './figures';
export { fillGreeks } from './greeks';
export { fillBlocks, sweepPruned } from './pruned';
export { fillExpiry } from './rows';
export { sweepPlain } from './sweep';
export { sweepTree } from './tree';
export { listMoved } from './moved';
