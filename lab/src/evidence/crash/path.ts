// Where the coins' indices were between the times at which they are known: log Brownian bridges, minute by minute, pinned at both ends.

import { assert, type Instant, MS_PER_YEAR, type Prng } from '@plimsoll/core';
import { exp, log } from '@plimsoll/core/kernel';
import { normalDraw } from '../../simulate/path.ts';

export const MINUTE = 60_000;

/** Where the indices are known, and the vol of the bridge that leaves from there; one number a coin, in the order of the coins. */
export interface Pin {
  readonly at: Instant;
  /** USD per coin. */
  readonly levels: readonly number[];
  /** A year, decimal. */
  readonly vols: readonly number[];
}

/** The indices of some coins at every whole minute and at every pin. */
export class Path {
  readonly coins: readonly string[];
  private readonly times: readonly number[];
  private readonly levels: readonly (readonly number[])[];

  constructor(coins: readonly string[], times: readonly number[], levels: readonly (readonly number[])[]) {
    this.coins = coins;
    this.times = times;
    this.levels = levels;
  }

  /** Index of the last point at or before a time. */
  private before(at: number): number {
    let [low, high] = [0, this.times.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private of(coin: string): readonly number[] {
    const place = this.coins.indexOf(coin);
    assert(place >= 0, 'only coins that the path was made for are asked for');
    return this.levels[place]!;
  }

  /** USD per coin at the last point at or before a time. */
  levelAt(coin: string, at: number): number {
    return this.of(coin)[this.before(at)]!;
  }

  /** Mean over the points of `(from, to]`; the level at `to` where there is none. */
  average(coin: string, from: number, to: number): number {
    const own = this.of(coin);
    let [sum, count] = [0, 0];
    for (let i = this.before(to); i >= 0 && this.times[i]! > from; i--) {
      sum += own[i]!;
      count++;
    }
    return count === 0 ? this.levelAt(coin, to) : sum / count;
  }

  /** The lowest level of `[from, to]` and when it was. */
  lowest(coin: string, from: number, to: number): { readonly at: number; readonly level: number } {
    const own = this.of(coin);
    let best = this.before(from);
    for (let i = best; i < this.times.length && this.times[i]! <= to; i++) if (own[i]! < own[best]!) best = i;
    return { at: this.times[best]!, level: own[best]! };
  }
}

/**
 * Bridges through pins (ascending): from one to the next, at whole minutes, `x + (X - x) dt / T` plus `vol sqrt(dt (T - dt) / T)` times a normal draw, where `X`
 * is the next pin's log level, `T` the time to it; draws of two coins share a common factor so that their correlation is as stated.
 * @example bridges(['BTC'], pins, 0.85, seededPrng(1)).levelAt('BTC', at)
 */
export function bridges(
  coins: readonly string[],
  pins: readonly Pin[],
  correlation: number,
  prng: Prng,
): Path {
  assert(pins.length > 0, 'a path has a pin to begin at');
  const times: number[] = [];
  const levels = coins.map((): number[] => []);
  const [common, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  const put = (at: number, xs: readonly number[]) => {
    times.push(at);
    for (const [i, level] of xs.entries()) levels[i]!.push(level);
  };
  pins.forEach((pin, p) => {
    put(pin.at, pin.levels);
    const next = pins[p + 1];
    if (next === undefined) return;
    assert(next.at > pin.at, 'pins ascend in time');
    const ends = next.levels.map(log);
    const xs = pin.levels.map(log);
    let now: number = pin.at;
    for (let at = (Math.floor(pin.at / MINUTE) + 1) * MINUTE; at < next.at; at += MINUTE) {
      const [step, left] = [at - now, next.at - now];
      const years = (step * (left - step)) / left / MS_PER_YEAR;
      const shared = normalDraw(prng);
      coins.forEach((_, i) => {
        const z = common * shared + own * normalDraw(prng);
        xs[i] = xs[i]! + ((ends[i]! - xs[i]!) * step) / left + pin.vols[i]! * Math.sqrt(years) * z;
      });
      put(at, xs.map(exp));
      now = at;
    }
  });
  return new Path(coins, times, levels);
}
