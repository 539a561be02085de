// A whole simulated venue, snapshot by snapshot, in the words the readers use: what is simulated and what is downloaded are one kind of thing.

import {
  assert,
  type ChainSnapshot,
  type FutureQuote,
  formatProduct,
  type Instant,
  instant,
  type OptionQuote,
  type Prng,
  seededPrng,
  yearsBetween,
} from '@plimsoll/core';
import { exp } from '@plimsoll/core/kernel';
import { type ListedExpiry, listedExpiries, listedStrikes, onGrid } from './listing.ts';
import { normalDraw, type PathState, startPath, stepPaths } from './path.ts';
import { listedContract, listedOption, type Moment, openInterestOf, quoteOption } from './quotes.ts';
import { surfaceOf } from './smile.ts';
import { SIMULATED_UNDERLYINGS, type SimulatedUnderlying } from './underlyings.ts';

const MS_PER_HOUR = 3_600_000;
/** A year of hourly snapshots; each holds some thousand quotes, so ask for fewer at a time. */
export const SNAPSHOTS_MAX = 8_760;

/** What to simulate. Same spec, same bytes, on every engine. */
export interface SimulationSpec {
  /** 32-bit. */
  readonly seed: number;
  /** Time of the first snapshot, whole seconds. */
  readonly at: Instant;
  readonly underlyings?: readonly SimulatedUnderlying[];
  /** How many snapshots; 1 when absent. */
  readonly snapshots?: number;
  /** Whole hours from one to the next; 24 when absent. */
  readonly hours?: number;
  /** A common jump on demand: log return at an hour counted from the start. */
  readonly crash?: { readonly hour: number; readonly move: number };
  /** Hours lived before the first snapshot, so that it does not stand at rest; 240 when absent. */
  readonly warmup?: number;
}

/** Two streams, so that another quote never changes the path. */
const QUOTE_STREAM = 0x51ed270b;

/** Strikes once listed stay until they expire, and so does their open interest. */
type Listings = Map<string, Map<number, readonly [call: number, put: number]>>;

/**
 * Simulated snapshots in time order: options of every listed expiry, perpetuals and dated futures. Rows are numbered as `writeChainCsv`
 * writes them. Errors: none; a nonsensical spec is a bug and asserts.
 * @example simulateChain({ seed: 1, at: instant(Date.UTC(2026, 0, 5, 9)) })[0].options.length // about 1,200
 */
export function simulateChain(spec: SimulationSpec): readonly ChainSnapshot[] {
  const {
    seed,
    at,
    underlyings = SIMULATED_UNDERLYINGS,
    snapshots = 1,
    hours = 24,
    crash,
    warmup = 240,
  } = spec;
  assert(
    Number.isInteger(snapshots) && snapshots >= 1 && snapshots <= SNAPSHOTS_MAX,
    'there are 1 to 8760 snapshots',
  );
  assert(Number.isInteger(hours) && hours >= 1, 'snapshots are whole hours apart');
  assert(at % 1_000 === 0, 'a simulation starts on a whole second');
  const path = seededPrng(seed);
  const quotes = seededPrng(seed ^ QUOTE_STREAM);
  let states: readonly PathState[] = underlyings.map(startPath);
  for (let hour = 0; hour < warmup; hour++) states = stepPaths(underlyings, states, path, 0);
  // The warm-up gives every coin a past but not another price: the first snapshot stands near the spot that was asked for.
  states = states.map((state, i) => ({ ...state, spot: underlyings[i]!.spot }));
  const listings: Listings = new Map();
  const taken: ChainSnapshot[] = [];
  let row = 2;
  for (let hour = 0; taken.length < snapshots; hour++) {
    if (hour % hours === 0) {
      const snapshot = takeSnapshot(
        underlyings,
        states,
        instant(at + hour * MS_PER_HOUR),
        listings,
        row,
        quotes,
      );
      row += snapshot.options.length;
      taken.push(snapshot);
    }
    states = stepPaths(underlyings, states, path, crash?.hour === hour ? crash.move : 0);
  }
  return taken;
}

function takeSnapshot(
  underlyings: readonly SimulatedUnderlying[],
  states: readonly PathState[],
  at: Instant,
  listings: Listings,
  row: number,
  prng: Prng,
): ChainSnapshot {
  const options: OptionQuote[] = [];
  const futures: FutureQuote[] = [];
  for (const [i, one] of underlyings.entries()) {
    const state = states[i]!;
    const index = onGrid(Math.round(state.spot * 100), 0.01);
    futures.push(quotePerpetual(one, state, index, prng));
    for (const listed of listedExpiries(at)) {
      const moment = momentOf(one, state, at, listed, index);
      if (listed.hasFuture) futures.push(quoteFuture(moment));
      quoteExpiry(moment, listings, row, prng, options);
    }
  }
  return { at, source: 'simulated', options, futures, pegs: new Map() };
}

function momentOf(
  one: SimulatedUnderlying,
  state: PathState,
  at: Instant,
  listed: ListedExpiry,
  index: number,
): Moment {
  const time = yearsBetween(at, listed.expiry);
  // Near drift is the path's, far drift comes home within months.
  const drift = one.carry + (state.basis - one.carry) * exp(-4 * time);
  const forward = onGrid(Math.round(state.spot * exp(drift * time) * 100), 0.01);
  return { one, at, expiry: listed.expiry, index, forward, surface: surfaceOf(one, state) };
}

function quoteExpiry(
  moment: Moment,
  listings: Listings,
  row: number,
  prng: Prng,
  options: OptionQuote[],
): void {
  const { one, at, expiry, forward, surface } = moment;
  const future = listedContract(one, expiry);
  const listed = listings.get(future.id) ?? new Map<number, readonly [number, number]>();
  listings.set(future.id, listed);
  for (const strike of listedStrikes(forward, Math.sqrt(surface.atmVariance(yearsBetween(at, expiry))))) {
    if (listed.has(strike)) continue;
    listed.set(strike, [openInterestOf(moment, strike, prng), openInterestOf(moment, strike, prng)]);
  }
  for (const strike of [...listed.keys()].sort((left, right) => left - right)) {
    const [calls, puts] = listed.get(strike)!;
    const call = listedOption(future, strike, 'call');
    const put = listedOption(future, strike, 'put');
    options.push(quoteOption(moment, call, calls, row + options.length, prng));
    options.push(quoteOption(moment, put, puts, row + options.length, prng));
  }
}

function quotePerpetual(one: SimulatedUnderlying, state: PathState, index: number, prng: Prng): FutureQuote {
  const { settlement, settleAsset, underlying } = listedContract(one, instant(0));
  const product = { kind: 'perpetual', id: '', underlying, settlement, settleAsset } as const;
  const premium = 0.002 * state.basis + 0.0001 * normalDraw(prng);
  const count = Math.round((index * (1 + premium)) / one.tick);
  return {
    product: { ...product, id: formatProduct(product) },
    mark: onGrid(count, one.tick),
    bid: onGrid(count - 1, one.tick),
    ask: onGrid(count + 1, one.tick),
  };
}

function quoteFuture(moment: Moment): FutureQuote {
  const { one, forward } = moment;
  const count = Math.round(forward / one.tick);
  return {
    product: listedContract(one, moment.expiry),
    mark: forward,
    bid: onGrid(count - 4, one.tick),
    ask: onGrid(count + 4, one.tick),
  };
}
