export { type AccountColumns, type AccountPositions, Accounts, type Capacity } from './accounts.ts';
export { type BlockSize, blockLanes, type GridPlace, gridPlace, type LaneBlocks } from './blocks.ts';
export { type LaidCrowd, layCrowd, wasmBody } from './crowd.ts';
export {
  FIGURES_BYTES,
  type FigureColumns,
  figureColumns,
  figuresAt,
  type LaidFigures,
  layFigures,
  wasmFigures,
} from './figures.ts';
export { type GreekBodies, kernelGreeks } from './greeks.ts';
export {
  type Kernel,
  type KernelExports,
  kernelExports,
  kernelMemory,
  kernelModule,
  openKernel,
} from './kernel.ts';
export { type LaidOut, layOut } from './layout.ts';
export {
  type KeptSweep,
  type LaidRows,
  layRows,
  ORDERS_MAX,
  type OrderCheck,
  orderCheck,
  type PlainSweep,
  plainSweep,
} from './loops.ts';
export { type KernelMargin, openMargin } from './margin.ts';
export { Arena, BYTES_MAX } from './memory.ts';
export { KERNEL_SHA256 } from './module.ts';
export { Pool, THREADS_MAX } from './pool.ts';
export type { PoolOptions, SweepReport } from './pool-types.ts';
export { type PrunedSweep, prunedSweep } from './pruned.ts';
export { kernelRows } from './rows.ts';
export { type LaidSheet, laySheet } from './sheet.ts';
