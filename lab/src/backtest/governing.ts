// The governor in the loop: volatilities and scan ranges as a venue would have moved them, hour by hour, from the past alone (M-183).

import {
  digestValue,
  type FactorHistory,
  factorId,
  type GridParameters,
  type Instant,
  isRefusal,
  type ModelParameters,
  type Refusal,
} from '@plimsoll/core';
import {
  type EwmaPolicy,
  type EwmaState,
  ewma,
  ewmaVol,
  type FactorPolicy,
  GAP_HOURS_DEFAULT,
  type GovernorPolicy,
  type GovernorState,
  govern,
  governorDefaults,
  type Policy,
  ungoverned,
} from '@plimsoll/core/governor';
import { type Leanings, leanOn } from './leaning.ts';

/** What the loop is told. */
export interface Governing<Policy extends FactorPolicy = GovernorPolicy> {
  readonly policy: Policy;
  readonly ewma: EwmaPolicy;
}

/** Half-life five days, the filter of the windows; anchor the plain average of all hours seen. */
export const governingDefaults: Governing = {
  policy: governorDefaults,
  ewma: { halfLife: { rise: 120, fall: 120 }, floor: 0 },
};

/** Plain data: what a state file keeps. */
export interface GoverningState {
  /** First date of the history that has not been seen. */
  readonly next: number;
  readonly vols: Readonly<Record<string, EwmaState>>;
  readonly governor: GovernorState;
  /** Of tools other than the governor. */
  readonly leanings?: Leanings;
}

export const notGoverned: GoverningState = { next: 1, vols: {}, governor: ungoverned };

/** Every date up to one, taken in order: a journal replayed from a state gives the same bits. */
export function governUntil(
  state: GoverningState,
  history: FactorHistory,
  at: number,
  { policy, ewma: average }: Governing<FactorPolicy>,
): GoverningState | Refusal {
  const names = history.factors.map(factorId);
  const roof: Policy = {
    factors: Object.fromEntries(names.map((name) => [name, policy])),
    gapMax: GAP_HOURS_DEFAULT,
  };
  const hours = history.step / 3_600_000;
  let { next, governor, leanings } = state;
  const vols: Record<string, EwmaState> = { ...state.vols };
  for (; next < history.times.length && history.times[next]! <= at; next++) {
    const [from, to] = [history.times[next - 1]! as Instant, history.times[next]! as Instant];
    const readings: Record<string, { raw: number; anchor: number }> = {};
    for (const [f, { levels }] of history.factors.entries()) {
      const name = names[f]!;
      const known = ewma(vols[name], { from, to, move: levels[next]! / levels[next - 1]! - 1 }, average);
      if (isRefusal(known)) return known;
      vols[name] = known;
      const [raw, level] = [ewmaVol(known, hours, average), Math.sqrt(known.longRate * hours)];
      if (!(raw > 0 && level > 0)) continue;
      const leant = leanOn(policy.tool, name, raw, level, leanings);
      leanings = leant.leanings;
      readings[name] = { raw, anchor: leant.anchor };
    }
    const moved = govern(governor, { at: to, readings }, roof);
    if (isRefusal(moved)) return moved;
    governor = moved;
  }
  return { next, vols, governor, ...(leanings === undefined ? {} : { leanings }) };
}

/** No range reaches so far that a price would fall to nothing. */
const RANGE_MAX = 0.9;

/** A coin's scan ranges, maintenance in proportion to the governed vol, initial to the larger of that and the vol of now. */
function rangesOf(
  coins: GridParameters['coins'],
  { governor: { factors }, leanings }: GoverningState,
): GridParameters['coins'] {
  return Object.fromEntries(
    Object.entries(coins).map(([coin, own]) => {
      const known = factors[`spot:${coin}`];
      // Other models call other things coins.
      const isRanged = typeof own.maintenance === 'number' && typeof own.initial === 'number';
      const base = leanings?.averages[`spot:${coin}`] ?? known?.anchor;
      if (known === undefined || base === undefined || !isRanged) return [coin, own];
      const governed = known.value / base;
      const raw = known.raw / base;
      const maintenance = Math.min(RANGE_MAX, own.maintenance * governed);
      const initial = Math.min(RANGE_MAX, Math.max(maintenance, own.initial * Math.max(governed, raw)));
      return [coin, { ...own, maintenance, initial }];
    }),
  );
}

/** The parameters of a model as the governor has them now; a model without coins or vols takes no notice. */
export function governedParameters(parameters: ModelParameters, state: GoverningState): ModelParameters {
  const { governor } = state;
  const given = parameters as ModelParameters &
    Partial<Pick<GridParameters, 'coins'>> & { readonly vols?: object };
  const governed = Object.entries(governor.factors).map(([name, { value }]) => [name, Math.min(1, value)]);
  return {
    ...parameters,
    ...(given.coins === undefined ? {} : { coins: rangesOf(given.coins, state) }),
    ...(given.vols === undefined ? {} : { vols: { ...given.vols, ...Object.fromEntries(governed) } }),
  };
}

/** By which a run knows its governor. */
export function governingTerms(governing: Governing<FactorPolicy> | undefined): string {
  return governing === undefined ? 'none' : digestValue(governing);
}
