// What must hold at the end, whatever happened: nothing was made or lost, and every long has its short.

import type { State } from '@plimsoll/core/engine';

/** Of an asset, in its smallest units: what accounts hold, the house's among them, less what their positions cost; and what came from outside less what went out. */
export interface Kept {
  readonly asset: string;
  readonly held: bigint;
  readonly outside: bigint;
}

/** Sums over all accounts; `outside` is what deposits less withdrawals came to. */
export function keptOf(state: State, outside: ReadonlyMap<string, bigint>): Kept[] {
  const held = new Map<string, bigint>();
  const add = (asset: string, units: bigint) => held.set(asset, (held.get(asset) ?? 0n) + units);
  for (const { balances, positions } of state.accounts.values()) {
    for (const [asset, { units }] of balances) add(asset, units);
    for (const [product, { cost }] of positions) {
      add(state.products.get(product)!.terms.product.settleAsset, -cost);
    }
  }
  return [...state.assets.keys()].map((asset) => {
    return { asset, held: held.get(asset) ?? 0n, outside: outside.get(asset) ?? 0n };
  });
}

/** Products whose lots do not sum to zero over all accounts. */
export function oneSided(state: State): string[] {
  const lots = new Map<string, number>();
  for (const { positions } of state.accounts.values()) {
    for (const [product, position] of positions) lots.set(product, (lots.get(product) ?? 0) + position.lots);
  }
  return [...lots].filter(([, sum]) => sum !== 0).map(([product]) => product);
}
