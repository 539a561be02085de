// Isolating: margin is moved out of the account's balances and allotted to one position.

import { assert, dollars, isRefusal, type Refusal, refuse } from '../../base/index.ts';
import type { AssetCode } from '../../product/index.ts';
import { assess } from '../assess.ts';
import type { Balance, Portfolio, Position } from '../portfolio.ts';
import type { MarginBook, MarginModel } from '../requirement.ts';
import { poolsOf } from './pools.ts';

/** Doublings until an allotment is enough: more of an asset raises excess by a fiftieth of its worth at least (M-16). */
const DOUBLINGS_MAX = 64;
/** Halvings of the last doubling: to less than a billionth of the allotment. */
const HALVINGS = 32;

/** Takes a quantity out of an asset's cash, then out of its collateral; undefined where there is not so much. */
function withdraw(balances: readonly Balance[], asset: AssetCode, quantity: number): Balance[] | undefined {
  let left = quantity;
  const rest = [...balances];
  for (const kind of ['cash', 'collateral'] as const) {
    const at = rest.findIndex((balance) => balance.asset === asset && balance.kind === kind);
    if (at < 0) continue;
    const taken = Math.min(left, Math.max(0, rest[at]!.quantity));
    rest[at] = { ...rest[at]!, quantity: rest[at]!.quantity - taken };
    left -= taken;
  }
  return left > 0 ? undefined : rest;
}

/**
 * The portfolio with `quantity` of the settle asset moved from its balances to a position's own margin. Equity is the same before and after.
 * Refuses a product that is not held and a margin that the balances do not hold.
 * @example isolate(portfolio, 'BTC-PERPETUAL', 0.5) // 0.5 BTC less cash, and the perpetual judged by 0.5 BTC alone
 */
export function isolate(portfolio: Portfolio, id: string, quantity: number): Portfolio | Refusal {
  assert(quantity >= 0, 'an allotted margin is not below zero');
  const held = portfolio.positions.find(({ product }) => product.id === id);
  if (held === undefined) {
    return refuse('unknown-product', `account ${portfolio.account} does not hold it; name one it holds.`, id);
  }
  const { settleAsset } = held.product;
  const balances = withdraw(portfolio.balances, settleAsset, quantity);
  if (balances === undefined) {
    const message = `isolating it takes ${Number(quantity.toPrecision(6))} ${settleAsset}, more than account ${portfolio.account} has as cash and collateral; move some in, or take another treatment.`;
    return refuse('out-of-range', message, id);
  }
  const positions = portfolio.positions.map((position) =>
    position === held ? { ...position, isolated: (position.isolated ?? 0) + quantity } : position,
  );
  return { ...portfolio, balances, positions };
}

/** The least margin that brings a position alone to its initial line, found by doubling and halving. */
function allotment(
  portfolio: Portfolio,
  position: Position,
  book: MarginBook,
  model: MarginModel,
): number | Refusal {
  const missing = (isolated: number): number | Refusal => {
    const only = { ...portfolio, balances: [], positions: [{ ...position, isolated }] };
    const standing = assess(poolsOf(only)[1]!.portfolio, book, model);
    return isRefusal(standing) ? standing : -dollars(standing.excess.initial);
  };
  const first = missing(0);
  if (isRefusal(first)) return first;
  if (first <= 0) return 0;
  const unit = book.risk.columns.value[book.risk.indexOf.get(position.product.settleAsset)!]!;
  let [low, high] = [0, first / unit];
  for (let n = 0; n < DOUBLINGS_MAX; n++) {
    const still = missing(high);
    if (isRefusal(still)) return still;
    if (still <= 0) break;
    [low, high] = [high, 2 * high];
  }
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (low + high) / 2;
    const still = missing(middle);
    if (isRefusal(still)) return still;
    if (still <= 0) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The portfolio with every position isolated: each that has no margin of its own is allotted what brings it alone to its initial line, nothing
 * where it is paid for. A product that is only ordered isolates an empty position. Refuses where the balances run out.
 * @example isolateAll(portfolio, book, grid) // every position with `isolated`
 */
export function isolateAll(portfolio: Portfolio, book: MarginBook, model: MarginModel): Portfolio | Refusal {
  const held = new Set(portfolio.positions.map(({ product }) => product.id));
  const wanted = new Map(portfolio.orders.map(({ product }) => [product.id, product]));
  const empty = [...wanted.values()]
    .filter(({ id }) => !held.has(id))
    .map((product): Position => ({ product, quantity: 0 }));
  let left: Portfolio = { ...portfolio, positions: [...portfolio.positions, ...empty] };
  for (const position of left.positions) {
    if (position.isolated !== undefined) continue;
    const margin = allotment(portfolio, position, book, model);
    if (isRefusal(margin)) return margin;
    const isolated = isolate(left, position.product.id, margin);
    if (isRefusal(isolated)) return isolated;
    left = isolated;
  }
  return left;
}
