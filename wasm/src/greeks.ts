// Prices and greeks in WebAssembly: core's `fillGreeks` and `fillCoinGreeks`, the same bits, two options at a time.

import { isRefusal, type Refusal } from '@plimsoll/core';
import {
  type CoinGreekColumns,
  fillCoinGreeks,
  fillGreeks,
  type GreekColumns,
  millsTable,
  type OptionColumns,
} from '@plimsoll/core/kernel';
import type { Kernel } from './kernel.ts';

/** Options that are in the kernel's memory at once; even. */
const ROOM = 2_048;
/** Bytes of a column there. */
const SPAN = 8 * ROOM;

const OPTION = ['forward', 'strike', 'vol', 'years'] as const;
const MONEY = ['value', 'delta', 'gamma', 'vega', 'theta', 'vanna', 'volga'] as const;
const COIN = [...MONEY, 'netDelta'] as const;

/** The bodies of core's `fillGreeks` and `fillCoinGreeks`, with their contract. */
export interface GreekBodies {
  readonly fillGreeks: (options: OptionColumns, count: number, out: GreekColumns) => void;
  readonly fillCoinGreeks: (options: OptionColumns, count: number, out: CoinGreekColumns) => void;
}

/**
 * Core's greeks in columns with the kernel for body: the same bits, the same RangeError.
 * @example const { fillGreeks } = kernelGreeks(kernel); fillGreeks(options, 2000, greeks)
 */
export function kernelGreeks({ arena, run }: Kernel): GreekBodies | Refusal {
  const tails = millsTable();
  const place = arena.take(tails.byteLength + SPAN * (OPTION.length + 1 + COIN.length));
  if (isRefusal(place)) return place;
  const at: number = place;
  const { buffer } = arena.memory;
  new Float64Array(buffer, at, tails.length).set(tails);
  const options = at + tails.byteLength;
  const out = options + SPAN * (OPTION.length + 1);
  const column = (first: number, c: number) => new Float64Array(buffer, first + SPAN * c, ROOM);
  const given = OPTION.map((_, c) => column(options, c));
  const rights = column(options, OPTION.length);
  const made = COIN.map((_, c) => column(out, c));

  /** Some options from `from` on; how many the kernel could do. */
  function fillSome<Name extends string>(
    from: OptionColumns,
    start: number,
    count: number,
    names: readonly Name[],
    into: { readonly [N in Name]: Float64Array },
  ): number {
    const even = 2 * Math.ceil(count / 2);
    OPTION.forEach((name, c) => {
      given[c]!.set(from[name].subarray(start, start + count));
      // One that is added to make them even is as good as any.
      if (even > count) given[c]![count] = 1;
    });
    for (let i = 0; i < count; i++) rights[i] = from.right[start + i] === 0 ? 1 : -1;
    const done = run.fillGreeks(at, options, SPAN, even, names.length === COIN.length ? 1 : 0, out);
    const good = Math.min(done, count);
    names.forEach((name, c) => {
      into[name].set(made[c]!.subarray(0, good), start);
    });
    return good;
  }

  return {
    fillGreeks: inTurns<GreekColumns>(
      (from, start, count, into) => fillSome(from, start, count, MONEY, into),
      fillGreeks,
    ),
    fillCoinGreeks: inTurns<CoinGreekColumns>(
      (from, start, count, into) => fillSome(from, start, count, COIN, into),
      fillCoinGreeks,
    ),
  };
}

/** Options in turns; what the kernel cannot do, core says why. */
function inTurns<Into>(
  fill: (options: OptionColumns, start: number, count: number, into: Into) => number,
  refuse: (options: OptionColumns, count: number, into: Into) => void,
) {
  return (from: OptionColumns, count: number, into: Into) => {
    if (OPTION.some((name) => from[name].length < count)) return refuse(from, count, into);
    for (let start = 0; start < count; start += ROOM) {
      const here = Math.min(ROOM, count - start);
      if (fill(from, start, here, into) < here) return refuse(from, count, into);
    }
  };
}
