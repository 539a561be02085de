// What a pool is opened with, what it keeps, and what it reports.

import type { Capacity } from './accounts.ts';

export interface PoolOptions extends Capacity {
  readonly threads: number;
  /** Whether whole requirements will be asked for too: forty-nine bytes an account more. */
  readonly figures?: boolean;
  /** For tests of what happens when a thread dies: the first thread does, at its first chunk. */
  readonly firstDies?: boolean;
}

/** What a sweep took. */
export interface SweepReport {
  readonly accounts: number;
  /** Threads that died and were replaced on the way; the sweep was repeated for each. */
  readonly replaced: number;
}

/** A book in the memory, and where threads write beside it. */
export interface KeptBook {
  readonly at: number;
  /** Its charges; 0 where it is swept only. */
  readonly charges: number;
  readonly products: number;
  readonly scratch: number;
  readonly scratchAt: number;
  /** u8 by product: room for whose rows moved. */
  readonly movedAt: number;
}
