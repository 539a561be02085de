// What a new book changes of the one before: rows of some products and nothing else, or more than that. Bytes are compared, so that nothing has to be known of
// what they mean.

import type { Accounts } from './accounts.ts';
import type { Kernel } from './kernel.ts';

/** Of so many accounts and more all are swept again: naming them would spare little. */
const LISTED_SHARE_MAX = 0.8;

/** The bytes of products in a memory: product `p` at `at + each p`. */
export interface ProductBytes {
  readonly at: number;
  readonly each: number;
}

/** What moved: some products, by flag, or anything. */
export type Moved = Uint8Array | 'all';

/** Remembers the bytes of a book. */
export class BookBytes {
  private was: Uint8Array | undefined;

  /** The book in `from .. to - 1` of a memory becomes the one to compare with; what moved of it since the one before. */
  next(
    memory: WebAssembly.Memory,
    [from, to]: readonly [number, number],
    rows: ProductBytes,
    products: number,
  ): Moved {
    const { was } = this;
    const now = new Uint8Array(memory.buffer).slice(from, to);
    this.was = now;
    if (was === undefined || was.length !== now.length) return 'all';
    const [first, end] = [rows.at - from, rows.at - from + rows.each * products];
    const differs = (a: number, b: number) => Buffer.compare(was.subarray(a, b), now.subarray(a, b)) !== 0;
    if (differs(0, first) || differs(end, now.length)) return 'all';
    return Uint8Array.from({ length: products }, (_, p) =>
      differs(first + p * rows.each, first + (p + 1) * rows.each) ? 1 : 0,
    );
  }

  /** Nothing is known any more. */
  forget(): void {
    this.was = undefined;
  }
}

/** What moved in either of two steps. */
export function movedInAny(before: Moved, after: Moved): Moved {
  if (before === 'all' || after === 'all' || before.length !== after.length) return 'all';
  return after.map((flag, p) => flag | before[p]!);
}

/**
 * Accounts whose numbers may have moved: those that changed, and those that hold a product that moved. Undefined where it is simpler to sweep all.
 * @example whoMoved(kernel, accounts, { movedAt, products }, moved) // Int32Array [3, 17]
 */
export function whoMoved(
  { arena, run }: Kernel,
  accounts: Accounts,
  { movedAt, products }: { readonly movedAt: number; readonly products: number },
  moved: Moved,
): Int32Array | undefined {
  if (moved === 'all' || moved.length !== products || accounts.beyond(products) !== undefined)
    return undefined;
  const { buffer } = arena.memory;
  new Uint8Array(buffer, movedAt, products).set(moved);
  const { span, rows, touched, list } = accounts.columns;
  const most = Math.floor(LISTED_SHARE_MAX * accounts.count);
  const found = run.listMoved(accounts.count, span, rows, movedAt, touched, list, most);
  return found > most ? undefined : new Int32Array(buffer, list, found).slice();
}
