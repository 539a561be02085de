// What chance decides in a simulated world: everything from one seeded stream, so that a seed is the whole world.

import { seededPrng } from '@plimsoll/core';

/** Draws from a seeded stream. */
export interface Dice {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number of `from .. to`, both among them. */
  whole(from: number, to: number): number;
  /** True so often of a hundred. */
  percent(share: number): boolean;
  /** One of a list that is not empty. */
  one<T>(items: readonly T[]): T;
  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  /** About normal: the sum of twelve draws less six. */
  normal(): number;
}

/** @example rollOf(7).whole(1, 6) // the same for ever */
export function rollOf(seed: number): Dice {
  const prng = seededPrng(seed);
  const next = () => prng.next();
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    percent: (share) => next() * 100 < share,
    one: (items) => items[whole(0, items.length - 1)]!,
    weighted(weights) {
      const keys = Object.keys(weights) as (keyof typeof weights)[];
      let left = next() * keys.reduce((sum, key) => sum + weights[key], 0);
      for (const key of keys) {
        left -= weights[key];
        if (left < 0) return key;
      }
      return keys.at(-1)!;
    },
    normal() {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += next();
      return sum;
    },
  };
}
