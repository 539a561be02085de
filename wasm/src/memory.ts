// One linear memory, given out from its start and let go from its end.

import { type Refusal, refuse } from '@plimsoll/core';

/** A page of WebAssembly. */
const PAGE = 65_536;
/** Addresses are 32 bits: a memory has at most 65,536 pages. */
export const BYTES_MAX = 65_536 * PAGE;
/** Two cache lines, so that tiles and what threads write do not share one. */
const ALIGN = 128;

/** A growing shared memory and where it is free. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  private next: number;

  constructor(memory: WebAssembly.Memory, next: number) {
    this.memory = memory;
    this.next = next;
  }

  /** Address of so many bytes, with whatever was there before. Refuses what does not fit. */
  take(bytes: number): number | Refusal {
    const at = this.next;
    const end = Math.ceil((at + bytes) / ALIGN) * ALIGN;
    if (!(end <= BYTES_MAX)) return tooLarge(end);
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        return tooLarge(end);
      }
    }
    this.next = end;
    return at;
  }

  get used(): number {
    return this.next;
  }

  /** Lets go of everything after an address. */
  release(to: number): void {
    this.next = to;
  }
}

function tooLarge(bytes: number): Refusal {
  const message = `it needs ${Math.ceil(bytes / 2 ** 20)} MiB in one memory, which has ${BYTES_MAX / 2 ** 20} at most or could not grow; sweep it in parts.`;
  return refuse('too-large', message, 'the kernel');
}
