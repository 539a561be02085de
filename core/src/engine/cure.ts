// What would cure a call: the least deposit, and single trades that do it alone.

import { dollars, isRefusal, type Refusal, type Usd, usd } from '../base/index.ts';
import { SEARCH_STEPS_MAX } from './bounds.ts';
import type { Desk } from './desk.ts';
import type { Cure, CureTrade, StandingFigures } from './facts.ts';
import { closingPrice, forcedCost, largestFirst } from './forced.ts';
import { withTrade, withUnits } from './imagine.ts';
import { curedAt } from './ladder.ts';
import type { AccountState, State } from './state.ts';
import { tenTo } from './terms.ts';
import type { Lots, Units } from './words.ts';

/**
 * The least `n` in `1 .. most` for which `holds`, which is false at 0; undefined where it does not even hold at `most`. Looks first at a guess. Where
 * `holds` is not monotone the answer still holds, and the one before it does not.
 * @example least(100, 7, (n) => n >= 5) // 5
 */
export function least(most: bigint, guess: bigint, holds: (n: bigint) => boolean): bigint | undefined {
  let low = 0n;
  let high = guess < 1n ? 1n : guess > most ? most : guess;
  for (let step = 0; !holds(high); step++) {
    if (high >= most || step >= SEARCH_STEPS_MAX) return undefined;
    low = high;
    high = high * 2n > most ? most : high * 2n;
  }
  // A good guess is the answer already.
  if (high - low > 1n && !holds(high - 1n)) return high;
  for (let step = 0; high - low > 1n && step < SEARCH_STEPS_MAX; step++) {
    const middle = (low + high) / 2n;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether figures are past their call. */
function isCured({ policy }: State, figures: StandingFigures | Refusal): boolean {
  return !isRefusal(figures) && figures.equity >= curedAt(figures, policy.ladder);
}

/**
 * The least amount of an asset that cures when deposited, units (M-212); undefined where no amount within the bound does. More of an asset never
 * lowers excess, so the least is found by halving.
 * @example cureUnits(state, desk, account, 'USD') // 125000000000n: 1,250 dollars
 */
export function cureUnits(
  state: State,
  desk: Desk,
  account: AccountState,
  asset: string,
  most: Units,
): Units | undefined {
  const listed = state.assets.get(asset);
  const judge = desk.judgeOfGroup(state, account.group);
  const figures = desk.figuresOf(state, account);
  if (listed === undefined || isRefusal(judge) || isRefusal(figures)) return undefined;
  if (isCured(state, figures)) return 0n;
  const missing = dollars(usd(curedAt(figures, state.policy.ladder) - figures.equity));
  const row = judge.book.risk.indexOf.get(asset);
  const level = row === undefined ? 1 : judge.book.risk.columns.value[row]!;
  const guess = BigInt(Math.ceil((missing / level) * tenTo(listed.terms.decimals)));
  return least(most, guess, (units) =>
    isCured(state, desk.figuresAs(state, withUnits(state, account, asset, units))),
  );
}

/** The least part of a held position whose closing alone cures, with what it costs. */
function cureTrade(state: State, desk: Desk, account: AccountState, product: string): CureTrade | undefined {
  const judge = desk.judgeOfGroup(state, account.group);
  const listed = state.products.get(product)!;
  const held = account.positions.get(product)!.lots;
  if (isRefusal(judge)) return undefined;
  const side = held > 0 ? -1 : 1;
  const price = closingPrice(state, judge, listed, side);
  if (price === undefined) return undefined;
  const size = BigInt(Math.abs(held));
  const found = least(size, size / 2n, (lots) =>
    isCured(state, desk.figuresAs(state, withTrade(state, account, product, side * Number(lots), price))),
  );
  if (found === undefined) return undefined;
  const lots: Lots = side * Number(found);
  return { product, lots, cost: forcedCost(state, judge, listed, lots) };
}

const byCost = (left: { readonly cost: Usd }, right: { readonly cost: Usd }) =>
  left.cost < right.cost ? -1 : left.cost > right.cost ? 1 : 0;

/**
 * What a call asks for: the least deposit, and single trades that cure alone, cheapest first (M-212). Tried are the held products that add most to the
 * swept loss, closed at the price a forced trade would get.
 * @example cureOf(state, desk, account, 10n ** 24n).units
 */
export function cureOf(state: State, desk: Desk, account: AccountState, most: Units): Cure {
  const { cureAsset, cureTrades } = state.policy.ladder;
  const standing = desk.standingAs(state, account);
  const products = isRefusal(standing)
    ? []
    : largestFirst(state, desk, account, standing).slice(0, cureTrades);
  const trades = products
    .map((product) => cureTrade(state, desk, account, product))
    .filter((found) => found !== undefined)
    .sort(byCost);
  return { asset: cureAsset, units: cureUnits(state, desk, account, cureAsset, most) ?? null, trades };
}
