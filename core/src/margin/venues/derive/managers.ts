// Which market's manager looks after what an account holds, and what no manager takes.

import { type Refusal, refuse } from '../../../base/index.ts';
import type { Product } from '../../../product/index.ts';
import { type DeriveCollateral, EACH_MANAGER } from './portfolio-parameters.ts';

/** Where a balance is collateral: the market, and what it says of the asset. */
export interface Home {
  readonly market: string;
  readonly collateral: DeriveCollateral;
}

/** What is asked of a market here. */
type CollateralsOf = (market: string) => Readonly<Record<string, DeriveCollateral>>;

/** The managers an account may have: all of them, or the one that is named. */
export function managersOf(manager: string, markets: readonly string[]): readonly string[] {
  return manager === EACH_MANAGER ? markets : [manager];
}

/**
 * The market whose manager a balance is held under: one in which it counts against the risk, else the one that cuts it most.
 * An account of several markets is several of Derive's; this is where its owner would put a balance, or what it costs at most.
 */
export function homeOf(
  asset: string,
  managers: readonly string[],
  collateralsOf: CollateralsOf,
): Home | undefined {
  const homes = managers.flatMap((market): Home[] => {
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
    const message = `this account has no manager of ${underlying}, only of ${markets.join(', ')}; leave it out, or see markets and manager in the parameters.`;
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
