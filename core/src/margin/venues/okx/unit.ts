// One risk unit of a book: what its lanes, deltas and vegas make of MR1 to MR9. The same terms are charged and compared with the venue's.

import { type Instant, yearsBetween } from '../../../base/index.ts';
import { expiryOf } from '../../../product/index.ts';
import { termFactor } from '../../../scenario/index.ts';
import { grossReach, type Leg, netReach, type View } from '../../views.ts';
import type { CoinPart } from '../sweeping.ts';
import { laneTerm } from './lanes.ts';
import { type OkxDepeg, type OkxParameters, okxCoin } from './parameters.ts';
import { type OkxQuote, type OkxTerms, okxBasisRate, okxHedges, okxTiered } from './terms.ts';

/** The worst lane of a term, dollars lost, at least zero; with open orders the most over subsets of their fills. */
export function laneLoss({ view, swept }: CoinPart, term: 'mr1' | 'mr2' | 'mr6'): number {
  const { lanes, stride } = view.book;
  let loss = 0;
  lanes.forEach(({ id }, s) => {
    if (laneTerm(id) === term) loss = Math.max(loss, -swept.pnl[view.u * stride + s]!);
  });
  return loss;
}

/** How far a sum over legs may lie below and above zero, every leg at the end that carries it there. Both at least zero. */
function sidesOf(groups: Iterable<readonly { readonly leg: Leg; readonly unit: number }[]>) {
  let below = 0;
  let above = 0;
  for (const group of groups) {
    let low = 0;
    let high = 0;
    for (const { leg, unit } of group) {
      low += Math.min(unit * leg.low, unit * leg.high);
      high += Math.max(unit * leg.low, unit * leg.high);
    }
    below += Math.max(0, -low);
    above += Math.max(0, high);
  }
  return { below, above };
}

function grouped<K>(view: View, keyOf: (leg: Leg) => K | undefined, unitOf: (leg: Leg) => number) {
  const groups = new Map<K, { leg: Leg; unit: number }[]>();
  for (const leg of view.legs) {
    const key = keyOf(leg);
    if (key === undefined) continue;
    const group = groups.get(key) ?? [];
    group.push({ leg, unit: unitOf(leg) });
    groups.set(key, group);
  }
  return groups;
}

const isContract = ({ product }: Leg) => product.kind !== 'asset';
/** Dollars of delta of one unit of a row. */
const deltaOf = ({ book, index }: View, { row }: Leg) => book.columns.delta[row]! * index;

/** Net delta of the contracts, dollars. */
export function unitDelta(view: View): number {
  return view.legs.reduce((sum, leg) => sum + (isContract(leg) ? leg.held * deltaOf(view, leg) : 0), 0);
}

/** MR3 (M-111): a share of the vega that expiries offset, each at its tenor's vol move. */
export function vegaRisk(view: View, { vols, vegaOffset }: OkxParameters): number {
  const { levels, columns } = view.book;
  const nodes = vols.points.map(({ days, move }) => ({ days, factor: move }));
  const unitOf = ({ row, product }: Leg) => {
    const years = yearsBetween(levels.at, expiryOf(product) ?? levels.at);
    return columns.vega[row]! * 100 * termFactor(years, { nodes });
  };
  const expiryIn = ({ product }: Leg) => (product.kind === 'option' ? product.expiry : undefined);
  const { below, above } = sidesOf(grouped(view, expiryIn, unitOf).values());
  return vegaOffset * Math.min(below, above);
}

/** MR4 (M-112): every expiry's net delta by how far its basis may move. */
export function basisRisk(view: View, parameters: OkxParameters): number {
  const { basis } = okxCoin(parameters, view.underlying);
  const { at } = view.book.levels;
  const expiryIn = (leg: Leg) => (isContract(leg) ? (expiryOf(leg.product) ?? at) : undefined);
  const expiries = new Set(view.legs.map(expiryIn).filter((expiry) => expiry !== undefined));
  let risk = 0;
  for (const expiry of expiries) {
    const unitOf = (leg: Leg) => (expiryIn(leg) === expiry ? deltaOf(view, leg) : 0);
    risk += netReach(view, unitOf, 'all') * okxBasisRate(yearsBetween(at, expiry as Instant), basis);
  }
  return risk;
}

/** MR7 before its multipliers (M-113): slippage and fee leg by leg. */
export function rawUnwind(view: View, parameters: OkxParameters): number {
  const { unwind } = okxCoin(parameters, view.underlying);
  const { deltaMin, fee, feeCap } = parameters.option;
  return grossReach(view, (leg) => {
    if (!isContract(leg)) return 0;
    const delta = Math.abs(deltaOf(view, leg));
    if (leg.product.kind !== 'option') return delta * unwind;
    const taker = Math.min(fee * view.index, feeCap * view.book.columns.value[leg.row]!);
    return Math.max(delta, deltaMin * view.index) * unwind + taker;
  });
}

/** MR7 (M-113). */
export function minimumCharge(view: View, parameters: OkxParameters): number {
  return okxTiered(rawUnwind(view, parameters), okxCoin(parameters, view.underlying).tiers);
}

/** What a slice of hedged dollars counts at a price of the stable coin, slice by slice (M-114). */
export function depegTiers({ near, far }: OkxDepeg, price: number) {
  const weight = Math.min(1, Math.max(0, (near.price - price) / (near.price - far.price)));
  return near.tiers.map(({ from, factor }) => ({ from, factor: factor + weight * (far.factor - factor) }));
}

const quoteOf = ({ product }: Leg): OkxQuote | undefined => {
  if (product.kind === 'asset') return undefined;
  return product.settlement === 'inverse' ? 'USD' : (product.settleAsset as OkxQuote);
};

/**
 * MR9 (M-114): what one quote currency hedges of another. With open orders the whole smaller side as one hedge at the lowest price, which no
 * subset of fills exceeds.
 */
export function depegRisk(view: View, { depeg }: OkxParameters): number {
  const priceOf = (asset: string) => view.book.levels.pegs.get(asset) ?? 1;
  const groups = grouped(view, quoteOf, (leg) => deltaOf(view, leg));
  if (view.legs.some(({ low, high }) => low !== high)) {
    const { below, above } = sidesOf(groups.values());
    const lowest = Math.min(priceOf('USDT'), priceOf('USDC'));
    return okxTiered(Math.min(below, above), depegTiers(depeg, lowest));
  }
  const deltas: Record<OkxQuote, number> = { USDT: 0, USDC: 0, USD: 0 };
  for (const [quote, legs] of groups)
    deltas[quote] = legs.reduce((sum, { leg, unit }) => sum + leg.held * unit, 0);
  return okxHedges(deltas).reduce(
    (sum, { pair: [one], size }) => sum + okxTiered(size, depegTiers(depeg, priceOf(one))),
    0,
  );
}

/** Every term of a unit, dollars. MR5 is not modelled: its tenors are not published. */
export function unitTerms(part: CoinPart, parameters: OkxParameters): OkxTerms {
  const { view } = part;
  return {
    mr1: laneLoss(part, 'mr1'),
    mr2: laneLoss(part, 'mr2'),
    mr3: vegaRisk(view, parameters),
    mr4: basisRisk(view, parameters),
    mr5: 0,
    mr6: laneLoss(part, 'mr6'),
    mr7: minimumCharge(view, parameters),
    mr9: depegRisk(view, parameters),
  };
}
