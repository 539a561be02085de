// A shocked market is a market. Every move is written once, here; pricing and risk only ever see the result.

import { DAYS_PER_YEAR, type Instant, MS_PER_DAY, years, yearsBetween } from '../base/index.ts';
import { pow } from '../kernel/index.ts';
import {
  type ForwardMark,
  type Market,
  type Slice,
  type UnderlyingMarket,
  unfixedPart,
  type VolDeform,
} from '../market/index.ts';
import type { Move, Shock, SmileRule, TenorScaling, VolScaling } from './shock.ts';

/**
 * What a vol move's size is multiplied by: `(30 / max(DTE, floor))^power`, the power chosen by the side of 30 days; or the factor of its tenor.
 * @example termFactor(7 / 365, s) // 1.547 for power .3
 */
export function termFactor(yearsToExpiry: number, scaling: VolScaling): number {
  const days = yearsToExpiry * DAYS_PER_YEAR;
  if ('nodes' in scaling) return tenorFactor(days, scaling.nodes);
  return pow(30 / Math.max(days, scaling.dteFloor), days <= 30 ? scaling.short : scaling.long);
}

function tenorFactor(days: number, nodes: TenorScaling['nodes']): number {
  let low = nodes[0];
  for (const high of nodes) {
    if (days <= high.days) {
      if (low === undefined || low.days >= high.days) return high.factor;
      return low.factor + ((days - low.days) / (high.days - low.days)) * (high.factor - low.factor);
    }
    low = high;
  }
  // Without nodes nothing is scaled.
  return low?.factor ?? 1;
}

/** The bends a shock puts on an expiry's smile, in the order of its moves. */
export function volDeforms(shock: Shock, underlying: string, yearsToExpiry: number): VolDeform[] {
  const deforms: VolDeform[] = [];
  for (const move of shock.moves) {
    if ('underlying' in move && move.underlying !== undefined && move.underlying !== underlying) continue;
    pushDeforms(deforms, move, yearsToExpiry);
  }
  return deforms;
}

function pushDeforms(deforms: VolDeform[], move: Move, yearsToExpiry: number): void {
  switch (move.kind) {
    case 'vol': {
      const size = move.size * termFactor(yearsToExpiry, move.scaling);
      if (move.form === 'relative') deforms.push({ kind: 'scale', factor: Math.max(0, 1 + size) });
      else deforms.push({ kind: 'shift', points: size });
      if (move.floor !== undefined) deforms.push({ kind: 'floor', vol: move.floor });
      return;
    }
    case 'skew': {
      const root = Math.sqrt(yearsToExpiry);
      const cap = Math.max(move.capMin ?? 0, move.capBase + move.capSlope * root);
      const vol = move.volReference + (move.volSlope ?? 0) * root;
      const kStar = Math.max(move.kStarMin, move.width * vol * root);
      const slope = (move.size * cap) / kStar;
      deforms.push({ kind: 'skew', form: move.form, slope, cap: Math.abs(move.size) * cap });
      return;
    }
    case 'wing': {
      const unit = move.volReference * Math.sqrt(yearsToExpiry);
      deforms.push({ kind: 'wing', size: move.size, start: move.start * unit, width: unit });
      return;
    }
    case 'term': {
      const days = yearsToExpiry * DAYS_PER_YEAR;
      const weight = days <= move.pivotDays ? 1 : move.pivotDays / days;
      const relative = move.front * weight + move.back * (1 - weight);
      deforms.push({ kind: 'scale', factor: Math.max(0, 1 + relative) });
      return;
    }
    default:
      return;
  }
}

/** What a shock does to index, perpetual and forwards of one underlying: the index times `spot`, the others times `scale` plus `dollars`. */
interface PriceFactors {
  readonly spot: number;
  readonly scale: number;
  readonly dollars: number;
  readonly premium: number;
  readonly basis: { readonly add: number; readonly multiple: number };
}

function priceFactors(shock: Shock, { underlying, index }: UnderlyingMarket): PriceFactors {
  let spot = 1;
  let scale = 1;
  let dollars = 0;
  let premium = 1;
  let add = 0;
  let multiple = 0;
  for (const move of shock.moves) {
    if (move.kind === 'spot' && (move.underlying === undefined || move.underlying === underlying)) {
      if (move.keeps === 'basis') dollars += index * spot * move.relative;
      else {
        scale *= 1 + move.relative;
        dollars *= 1 + move.relative;
      }
      spot *= 1 + move.relative;
    } else if (move.kind === 'premium') {
      if (move.underlying === undefined || move.underlying === underlying) premium *= 1 + move.relative;
    } else if (move.kind === 'basis' && (move.underlying === undefined || move.underlying === underlying)) {
      add += move.size * move.add;
      multiple += move.size * move.multiple;
    }
  }
  return { spot, scale, dollars, premium, basis: { add, multiple } };
}

/** The relative move of a forward. */
function forwardMove(
  { scale, dollars, basis }: PriceFactors,
  forward: number,
  yearsToExpiry: number,
): number {
  const factor = 1 + basis.add + basis.multiple * yearsToExpiry;
  const relative = scale * factor - 1;
  return dollars === 0 ? relative : relative + (dollars / forward) * factor;
}

function shiftSlice(slice: Slice, shock: Shock, factors: PriceFactors, underlying: string): Slice {
  // Only the part of the settlement average that is still open can move.
  const relative = forwardMove(factors, slice.forward, slice.years);
  const moved = 1 + slice.unfixed * relative;
  const deforms = volDeforms(shock, underlying, slice.years);
  return {
    ...slice,
    years: years(Math.max(0, slice.years - daysPassed(shock) / DAYS_PER_YEAR)),
    forward: slice.forward * moved,
    smileForward: smileForwardAfter(slice.smileForward, moved, shock.smile),
    deforms: deforms.length === 0 ? slice.deforms : [...slice.deforms, ...deforms],
  };
}

/** Days that pass in a shock. What an expiry is moved by is settled before: its forward and its vol by the time it has today. @example daysPassed(shock) // 0 */
export function daysPassed(shock: Shock): number {
  let days = 0;
  for (const move of shock.moves) if (move.kind === 'time') days += move.days;
  return days;
}

function smileForwardAfter(smileForward: number, moved: number, rule: SmileRule): number {
  return rule === 'sticky-moneyness' ? smileForward * moved : smileForward;
}

/** One underlying after a shock. */
export function shiftUnderlying(market: UnderlyingMarket, shock: Shock, at: Instant): UnderlyingMarket {
  const factors = priceFactors(shock, market);
  const futures = market.futures.map(({ expiry, forward }): ForwardMark => {
    const relative = forwardMove(factors, forward, yearsBetween(at, expiry));
    return { expiry, forward: forward * (1 + unfixedPart(at, expiry) * relative) };
  });
  return {
    ...market,
    index: market.index * factors.spot,
    perpetual: (market.perpetual * factors.scale + factors.dollars) * factors.premium,
    futures,
    slices: market.slices.map((slice) => shiftSlice(slice, shock, factors, market.underlying)),
  };
}

/**
 * A market after a shock: a market. Damping and netting are not the market's business and are ignored here.
 * @example shift(market, { id: 'crash', moves: [{ kind: 'spot', relative: -0.3 }], smile: 'sticky-strike', damp: 1, netting: 'sum', line: 'initial' })
 */
export function shift(market: Market, shock: Shock): Market {
  const pegs = new Map<string, number>();
  for (const [asset, level] of market.pegs) pegs.set(asset, pegAfter(shock, asset, level));
  return {
    ...market,
    underlyings: market.underlyings.map((underlying) => shiftUnderlying(underlying, shock, market.at)),
    pegs,
  };
}

/** Where a shock leaves a stable asset that stands at `level`; the dollar is the yardstick and never moves. */
export function pegAfter(shock: Shock, asset: string, level: number): number {
  if (asset === 'USD') return level;
  let moved = level;
  for (const move of shock.moves) {
    if (move.kind === 'par') moved = 1;
    else if (move.kind === 'peg' && (move.asset === undefined || move.asset === asset))
      moved *= 1 + move.relative;
  }
  return moved;
}

/**
 * The market `days` later with prices and vols where they are: options decay, nothing else happens. Slices that would have
 * expired are dropped.
 * @example later(market, 1).at - market.at // 86_400_000
 */
export function later(market: Market, days: number): Market {
  const at = (market.at + days * MS_PER_DAY) as Market['at'];
  const underlyings = market.underlyings.map((underlying) => ({
    ...underlying,
    futures: underlying.futures.filter((mark) => mark.expiry > at),
    slices: underlying.slices
      .filter((slice) => slice.expiry > at)
      .map((slice) => ({
        ...slice,
        years: years(slice.years - days / DAYS_PER_YEAR),
        unfixed: unfixedPart(at, slice.expiry),
      })),
  }));
  return { ...market, at, underlyings };
}
