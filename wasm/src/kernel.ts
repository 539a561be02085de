// The module, made with a memory: its functions by name, and the table that rows are made with.

import { isRefusal, type Refusal, refuse } from '@plimsoll/core';
import { cdfTable } from '@plimsoll/core/kernel';
import { Arena } from './memory.ts';
import { KERNEL_BASE64 } from './module.ts';

/** What `assembly/` exports; addresses and lengths in bytes. */
export interface KernelExports {
  fillExpiry(expiry: number, from: number, to: number): void;
  sweepPlain(
    from: number,
    to: number,
    span: number,
    rows: number,
    quantities: number,
    book: number,
    stride: number,
    unseen: number,
    out: number,
  ): void;
  sweepPruned(
    from: number,
    to: number,
    span: number,
    rows: number,
    quantities: number,
    plan: number,
    out: number,
  ): number;
  fillBlocks(plan: number): void;
  sweepTree(
    book: number,
    list: number,
    from: number,
    to: number,
    span: number,
    rows: number,
    quantities: number,
    scratch: number,
    out: number,
  ): void;
  judgeCrowd(
    book: number,
    charges: number,
    list: number,
    from: number,
    to: number,
    span: number,
    rows: number,
    quantities: number,
    unsettled: number,
    scratch: number,
    out: number,
    each: number,
  ): void;
  fillGreeks(tails: number, options: number, span: number, count: number, coin: number, out: number): number;
  listMoved(
    count: number,
    span: number,
    rows: number,
    moved: number,
    touched: number,
    list: number,
    most: number,
  ): number;
  checkOrders(pnl: number, bytes: number, orders: number, count: number): number;
}

/** The kernel in one memory. */
export interface Kernel {
  readonly run: KernelExports;
  readonly arena: Arena;
  /** Address of the table of cubics. */
  readonly table: number;
}

const PAGES_FIRST = 64;
const PAGES_MAX = 65_536;

/** A shared memory that a kernel and its workers see. */
export function kernelMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: PAGES_FIRST, maximum: PAGES_MAX, shared: true });
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module, compiled once. */
export function kernelModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(Buffer.from(KERNEL_BASE64, 'base64'));
  return compiled;
}

/** The functions over a memory. */
export async function kernelExports(memory: WebAssembly.Memory): Promise<KernelExports> {
  const { exports } = await WebAssembly.instantiate(await kernelModule(), { env: { memory } });
  return exports as unknown as KernelExports;
}

/**
 * The kernel, or why it cannot be had here: no WebAssembly, no shared memory, no SIMD. Whoever is refused uses the bodies in TypeScript, which give the same
 * bits.
 * @example const kernel = await openKernel()
 */
export async function openKernel(): Promise<Kernel | Refusal> {
  try {
    const memory = kernelMemory();
    const run = await kernelExports(memory);
    // Nothing lies at address 0, which stands for what is absent.
    const arena = new Arena(memory, 128);
    const cubics = cdfTable();
    const table = arena.take(cubics.byteLength);
    if (isRefusal(table)) return table;
    new Float64Array(memory.buffer, table, cubics.length).set(cubics);
    return { run, arena, table };
  } catch (error) {
    const message = `this runtime has no WebAssembly with SIMD and shared memory (${(error as Error).message}); the bodies in TypeScript give the same bits.`;
    return refuse('not-supported', message, 'the kernel');
  }
}
