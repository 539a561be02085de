// From contracts to coins: the answer of OKX counts contracts and does not say how large one is, but everything it says beside depends on it.

import type { Position, VenueVector } from '../../margin/index.ts';
import type { Doubts } from '../fields.ts';
import type { Leg } from './okx.ts';

/** A stable asset of the venue trades this near to its dollar, or the sizes cannot be told. */
const PEG_SLACK = 0.1;
/** Coins of one option contract (multiplier of the venue's option families). */
const OPTION_COINS: Readonly<Record<string, number>> = { BTC: 0.01, ETH: 0.1 };

/**
 * Dollars per unit of the stable asset that all linear legs of a unit settle in: `upl / sum of floatPnl`, as the one is in dollars and the other in
 * the asset. 1 where nothing says otherwise.
 */
export function pegOf(
  legs: readonly Leg[],
  upl: number,
): { readonly peg: number; readonly asset: string | undefined; readonly stated: boolean } {
  const linear = legs.filter(({ product }) => product.settlement === 'linear');
  const assets = new Set(linear.map(({ product }) => product.settleAsset));
  const [asset] = assets;
  const profit = linear.reduce((sum, leg) => sum + (leg.profit ?? 0), 0);
  const peg = upl / profit;
  const known = assets.size === 1 && linear.length === legs.length && Math.abs(peg - 1) < PEG_SLACK;
  return known ? { peg, asset, stated: true } : { peg: 1, asset, stated: false };
}

/** The power of ten next to a number, where it is one but for `slack`; undefined otherwise. */
function powerOfTen(value: number, slack: number): number | undefined {
  for (let exponent = -8; exponent <= 9; exponent++) {
    const power = Number(`1e${exponent}`);
    if (Math.abs(value / power - 1) <= slack) return power;
  }
  return undefined;
}

/** A position in our units: dollars of an inverse future, coins of all else. Contracts of the venue are powers of ten of either. */
export function sizeOf(
  { fields, product, contracts, mark, delta, notional }: Leg,
  peg: number,
  doubts: Doubts,
): number {
  if (contracts === 0) return 0;
  if (product.kind === 'option') {
    const coins = OPTION_COINS[product.underlying];
    if (coins !== undefined) return contracts * coins;
    fields.refuse('instId', `How many coins an option on ${product.underlying} is of is not known here.`);
    return 0;
  }
  const each =
    product.settlement === 'inverse'
      ? powerOfTen(notional / Math.abs(contracts), PEG_SLACK)
      : powerOfTen(delta / (contracts * mark * peg), PEG_SLACK);
  if (each !== undefined) return contracts * each;
  if (doubts.fault === undefined) {
    fields.refuse(
      'delta',
      'Its delta, size and mark do not agree on the size of one contract; check the answer.',
    );
  }
  return 0;
}

/**
 * The index of a risk unit, dollars per coin. The scenario table moves the index, so that of a linear book it is `pnl / (move x coins)`, to the
 * digit; otherwise it follows from a notional that the venue rounds, which is said.
 */
export function unitIndex(
  coin: string,
  legs: readonly Leg[],
  positions: readonly Position[],
  vectors: readonly VenueVector[],
  peg: number,
): { readonly usd: number; readonly note?: string } | undefined {
  const linear = legs.every(({ product }) => product.settlement === 'linear' && product.kind !== 'option');
  const coins = positions.reduce((sum, { quantity }) => sum + quantity, 0);
  const cells = vectors
    .flatMap((vector) => vector.cells)
    .filter(({ spot, vol }) => spot !== 0 && vol === 'same');
  const [cell] = [...cells].sort((left, right) => Math.abs(right.spot) - Math.abs(left.spot));
  // The table moves the index in the quote currency and states dollars: peg x index is the index in dollars.
  if (linear && coins !== 0 && cell !== undefined && cell.value !== 0) {
    const usd = cell.value / (cell.spot * coins);
    if (usd > 0) return { usd };
  }
  for (const { product, contracts, notional } of legs) {
    const held = positions.find((position) => position.product.id === product.id);
    const isCoins = product.settlement === 'linear' || product.kind === 'option';
    if (held === undefined || contracts === 0 || !isCoins || !(notional > 0)) continue;
    const note = `the index of ${coin} is read from notionalUsd, which the venue rounds.`;
    return { usd: notional / Math.abs(held.quantity), note };
  }
  // An inverse contract says nothing of the index; its mark is next to it.
  const [first] = legs;
  const note = `the answer says nothing of the index of ${coin}; its mark is taken.`;
  return first === undefined
    ? undefined
    : { usd: first.mark * (first.product.settlement === 'linear' ? peg : 1), note };
}
