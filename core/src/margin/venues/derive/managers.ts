// Which market's manager looks after what an account holds, and what no manager takes.

import { type Refusal, refuse } from '../../../base/index.ts';
import type { Product } from '../../../product/index.ts';
import type { DeriveCollateral } from './portfolio-parameters.ts';

/** Where a balance is collateral: the market, and what it says of the asset. */
export interface Home {
  readonly market: string;
  readonly collateral: DeriveCollateral;
}

/** What is asked of a market here. */
type CollateralsOf = (market: string) => Readonly<Record<string, DeriveCollateral>>;

/** Markets of the contracts held; where there are none, every market may be the account's. */
export function marketsHeld(products: readonly Product[], markets: readonly string[]): readonly string[] {
  const held = new Set(products.flatMap(({ kind, underlying }) => (kind === 'asset' ? [] : [underlying])));
  const known = markets.filter((market) => held.has(market));
  return known.length > 0 ? known : markets;
}

/**
 * The market whose manager a balance is held under: one in which it counts against the risk, else the one that cuts it most.
 * An account of several markets is several of Derive's accounts; this is where its owner would put it, or what it costs at most.
 */
export function homeOf(
  asset: string,
  held: readonly string[],
  collateralsOf: CollateralsOf,
): Home | undefined {
  const homes = held.flatMap((market): Home[] => {
    const collateral = collateralsOf(market)[asset];
    return collateral === undefined ? [] : [{ market, collateral }];
  });
  const own = homes.find(({ collateral }) => collateral.riskCancelling === 1);
  const cut = ({ collateral }: Home) => collateral.mmHaircut + collateral.imHaircut;
  return (
    own ??
    homes.reduce<Home | undefined>(
      (most, home) => (most === undefined || cut(home) > cut(most) ? home : most),
      undefined,
    )
  );
}

/** Why no manager takes a product; undefined where one does. Derive lists perpetuals and options that settle in USDC, and nothing dated beside. */
export function refuseForeign(
  product: Product,
  markets: readonly string[],
  cash: string,
): Refusal | undefined {
  const { id, underlying } = product;
  if (product.kind === 'asset') return undefined;
  if (!markets.includes(underlying)) {
    const message = `Derive has no market of ${underlying} in these parameters, only of ${markets.join(', ')}; leave it out or add the market.`;
    return refuse('not-supported', message, id);
  }
  if (product.kind === 'future' || product.kind === 'structured') {
    return refuse('not-supported', 'Derive lists perpetuals and options only; leave it out.', id);
  }
  if (product.settlement === 'inverse' || product.settleAsset !== cash) {
    const name = id.replace(/^[A-Z0-9]+(_[A-Z0-9]+)?-/, `${underlying}_${cash}-`);
    const message = `Derive's contracts are for one coin and settle in ${cash}; write ${name}, and the quantity in coins.`;
    return refuse('not-supported', message, id);
  }
  return undefined;
}
