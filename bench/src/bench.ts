// How a bench is run: a warm-up, interleaved rounds, and the median with its spread, because machines are noisy and means lie.
// A bench returns a checksum, which is printed: work whose result nobody reads is work the compiler may drop.

export type Unit = 'ns' | 'ms' | 'k/s' | 'M/s';

/** One loop to time: `run` does `work` units of it and returns a number that depends on all of them. */
export interface Bench {
  readonly name: string;
  /** ns or ms per unit, or thousands or millions of units per second. */
  readonly unit: Unit;
  readonly work: number;
  /** Rounds that count, where the usual number takes too long. */
  readonly rounds?: number;
  readonly run: () => number | Promise<number>;
}

/** Median, fastest and spread (middle half of the rounds over the median) of one bench. */
export interface Measured {
  readonly name: string;
  readonly unit: Unit;
  readonly median: number;
  readonly best: number;
  readonly spread: number;
  readonly sink: number;
}

/** A named ratio of two results of one run: ratios travel between machines, absolute times do not. A slope has its own unit. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly unit?: 'ns';
}

/** A group of benches and the ratios that matter among them. */
export interface Suite {
  readonly name: string;
  readonly benches: () => readonly Bench[] | Promise<readonly Bench[]>;
  /** What is measured outside this process in the same run, or why it is absent. */
  readonly peers?: () => Promise<readonly Peer[]>;
  readonly ratios: (results: readonly Measured[], peers: readonly Peer[]) => readonly Ratio[];
  /** Lets go of threads and memory, before the next suite is measured. */
  readonly close?: () => void;
}

/** Another implementation of the same work, on the same machine in the same run. */
export interface Peer {
  readonly name: string;
  readonly unit: Unit | 'MB';
  /** Its best round; undefined where it is absent. */
  readonly best?: number;
  readonly absent?: string;
}

type Timed = Pick<Measured, 'name' | 'median' | 'best'>;

/** The median over rounds of the first bench whose name starts so. */
export function medianOf(results: readonly Timed[], start: string): number | undefined {
  return results.find(({ name }) => name.startsWith(start))?.median;
}

/** The best round of a bench or of a peer, where it was there. */
export function bestOf(items: readonly (Measured | Peer)[], start: string): number | undefined {
  return items.find(({ name }) => name.startsWith(start))?.best;
}

/** The first over the second, where both were measured; of rates, how many times as fast. A peer tells its best round, so it is compared with ours. */
export function ratioOf(name: string, top: number | undefined, bottom: number | undefined): Ratio[] {
  return top === undefined || bottom === undefined ? [] : [{ name, value: top / bottom }];
}

const WARM_UP_ROUNDS = 8;
const ROUNDS = 31;

/** Times the benches of a suite in turn, round by round, so that a slow minute hits all of them alike. */
export async function measure(benches: readonly Bench[]): Promise<Measured[]> {
  const times = benches.map(() => [] as number[]);
  const sinks = benches.map(() => 0);
  const least = Math.min(...benches.map(({ rounds }) => rounds ?? ROUNDS));
  const warm = Math.min(WARM_UP_ROUNDS, least);
  for (let round = 0; round < warm + least; round++) {
    for (const [b, bench] of benches.entries()) {
      const start = process.hrtime.bigint();
      sinks[b] = await bench.run();
      const ns = Number(process.hrtime.bigint() - start);
      if (round >= warm) times[b]!.push(ns / bench.work);
    }
  }
  return benches.map((bench, b) => {
    const sorted = times[b]!.toSorted((left, right) => left - right);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
    const shown = (ns: number) => inUnit(ns, bench.unit);
    return {
      name: bench.name,
      unit: bench.unit,
      median: shown(at(0.5)),
      best: shown(at(0)),
      spread: (at(0.75) - at(0.25)) / at(0.5),
      sink: sinks[b]!,
    };
  });
}

function inUnit(ns: number, unit: Unit): number {
  if (unit === 'ns') return ns;
  if (unit === 'ms') return ns / 1e6;
  return unit === 'k/s' ? 1e6 / ns : 1000 / ns;
}
