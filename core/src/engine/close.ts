// Closing by force, as long as there is no book or auction to do it: a plain reduce at the mark with cost, against the backstop account. The contract is
// `Closing`: whoever closes answers with facts, and the account is judged again after each trade.

import { isRefusal, usd } from '../base/index.ts';
import { CLOSES_MAX, SHARE_STEPS } from './bounds.ts';
import { least } from './cure.ts';
import type { Facts } from './decide/context.ts';
import { cancelAll, houseOf, pay, payOut, trade } from './decide/moves.ts';
import type { Desk } from './desk.ts';
import { closingPrice, forcedCost, largestFirst } from './forced.ts';
import { withTrade } from './imagine.ts';
import type { AccountState, ProductState, State } from './state.ts';
import { tenTo } from './terms.ts';
import type { Lots, PriceUnits } from './words.ts';

/** A way to close an account: facts, decided one by one on what the last made of the state; it ends when the account is at its call line or nothing more can be done now. */
export type Closing = (state: State, desk: Desk, account: AccountState) => Facts;

/** How far equity is from where closing ends: the call line, which is at least release; negative while short. */
function excessOf(state: State, desk: Desk, imagined: AccountState): bigint | undefined {
  const figures = desk.figuresAs(state, imagined);
  if (isRefusal(figures)) return undefined;
  return figures.equity - figures[state.policy.ladder.callLine];
}

interface Step {
  readonly listed: ProductState;
  readonly lots: Lots;
  readonly price: PriceUnits;
}

/** Whether a forced trade may be made in a product now: it is not halted, and its coin's sources may close. */
function mayTrade({ halts, health }: State, { mode, terms }: ProductState): boolean {
  const { id, underlying } = terms.product;
  return mode !== 'halted' && !halts.has(`product:${id}`) && health.get(underlying)?.mayLiquidate !== false;
}

/**
 * A share of everything, where no single trade helps: each leg of a hedged book is what covers the other. The least share in sixty-fourths that reaches the
 * line, or all.
 */
function shareOfAll(state: State, desk: Desk, account: AccountState): Step[] {
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return [];
  const legs: (Step & { readonly held: Lots })[] = [];
  for (const [product, { lots: held }] of account.positions) {
    const listed = state.products.get(product)!;
    const price = mayTrade(state, listed) ? closingPrice(state, judge, listed, held > 0 ? -1 : 1) : undefined;
    if (price !== undefined) legs.push({ listed, lots: -held, price, held });
  }
  const parts = (n: bigint): Step[] =>
    legs.map(({ listed, held, price }) => {
      const part = (BigInt(Math.abs(held)) * n + BigInt(SHARE_STEPS) - 1n) / BigInt(SHARE_STEPS);
      return { listed, lots: -Math.sign(held) * Number(part), price };
    });
  const reaches = (n: bigint) => {
    const after = parts(n).reduce(
      (imagined, { listed, lots, price }) => withTrade(state, imagined, listed.terms.product.id, lots, price),
      account,
    );
    return (excessOf(state, desk, after) ?? -1n) >= 0n;
  };
  const all = BigInt(SHARE_STEPS);
  return parts(least(all, all / 4n, reaches) ?? all);
}

/**
 * The next trade: of the held products that add most, the one that gains most excess for what it costs when closed whole; then as few lots of it as reach
 * the line, or all (M-213).
 */
function nextStep(state: State, desk: Desk, account: AccountState): Step | undefined {
  const judge = desk.judgeOfGroup(state, account.group);
  const standing = desk.standingAs(state, account);
  const before = excessOf(state, desk, account);
  if (isRefusal(judge) || isRefusal(standing) || before === undefined) return undefined;
  let best: (Step & { readonly gain: bigint; readonly cost: bigint }) | undefined;
  let tried = 0;
  for (const product of largestFirst(state, desk, account, standing)) {
    // When none of the first helps, the others are tried as well: something must be closed.
    if (tried >= state.policy.closing.candidates && best !== undefined) break;
    tried++;
    const listed = state.products.get(product)!;
    if (!mayTrade(state, listed)) continue;
    const held = account.positions.get(product)!.lots;
    const price = closingPrice(state, judge, listed, held > 0 ? -1 : 1);
    if (price === undefined) continue;
    const after = excessOf(state, desk, withTrade(state, account, product, -held, price));
    if (after === undefined || after <= before) continue;
    const gain = after - before;
    const cost = forcedCost(state, judge, listed, held) + 1n;
    if (best === undefined || gain * best.cost > best.gain * cost)
      best = { listed, lots: -held, price, gain, cost };
  }
  if (best === undefined) return undefined;
  const { listed, lots: whole, price } = best;
  const side = Math.sign(whole);
  const size = BigInt(Math.abs(whole));
  const guess = before + best.gain <= 0n ? size : (-before * size) / best.gain + 1n;
  const enough = least(size, guess, (lots) => {
    const after = excessOf(
      state,
      desk,
      withTrade(state, account, listed.terms.product.id, side * Number(lots), price),
    );
    return after !== undefined && after >= 0n;
  });
  return { listed, lots: enough === undefined ? whole : side * Number(enough), price };
}

/** What of an asset is worth what in dollars, by the account's book. */
function levelOf(state: State, desk: Desk, account: AccountState, asset: string): number | undefined {
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return undefined;
  const row = judge.book.risk.indexOf.get(asset);
  return row === undefined ? undefined : judge.book.risk.columns.value[row]!;
}

/** Sells collateral to the backstop for what is owed, asset by asset, at the index less the conversion spread. */
function* sellCollateral(state: State, desk: Desk, account: AccountState): Facts {
  const backstop = houseOf(state, 'backstop');
  const owed = [...account.balances].filter(([, { units }]) => units < 0n).map(([asset]) => asset);
  for (const debt of owed) {
    for (const [asset, { units }] of [...account.balances]) {
      const owes = -(account.balances.get(debt)?.units ?? 0n);
      if (owes <= 0n) break;
      if (units <= 0n || asset === debt) continue;
      const [from, to] = [levelOf(state, desk, account, asset), levelOf(state, desk, account, debt)];
      if (from === undefined || to === undefined) continue;
      const scales =
        tenTo(state.assets.get(debt)!.terms.decimals) / tenTo(state.assets.get(asset)!.terms.decimals);
      const rate = (from / to) * scales * (1 - state.policy.conversionSpread);
      if (!(rate > 0)) continue;
      const needed = BigInt(Math.ceil(Number(owes) / rate)) + 1n;
      const given = needed < units ? needed : units;
      const got = BigInt(Math.floor(Number(given) * rate));
      yield* pay(state, account, backstop, asset, given, 'conversion');
      yield* pay(state, backstop, account, debt, got < owes ? got : owes, 'conversion');
    }
  }
}

/** What a bankrupt owes is paid by the insurance fund as far as it reaches; what is missing then is said (M-215). */
function* cover(state: State, account: AccountState): Facts {
  const insurance = houseOf(state, 'insurance');
  for (const [asset, { units }] of [...account.balances]) {
    if (units >= 0n) continue;
    const there = insurance.balances.get(asset)?.units ?? 0n;
    const paid = there <= 0n ? 0n : there < -units ? there : -units;
    if (paid > 0n) yield* pay(state, insurance, account, asset, paid, 'insurance');
    const left = -units - paid;
    if (left > 0n) yield { kind: 'missing', account: account.id, asset, units: left };
  }
}

/** One forced trade, the backstop on the other side. */
function* force(state: State, account: AccountState, { listed, lots, price }: Step, fill: string): Facts {
  const { id: product } = listed.terms.product;
  const backstop = houseOf(state, 'backstop');
  yield* trade(state, account, listed, lots, price, 0n);
  yield* trade(state, backstop, listed, -lots, price, 0n);
  const [buyer, seller] = lots > 0 ? [account.id, backstop.id] : [backstop.id, account.id];
  yield { kind: 'traded', fill, product, lots: Math.abs(lots), price, buyer, seller, fees: [0n, 0n] };
}

/**
 * The plain reduce. Orders go first; then positions, step by step, until equity is back at the call line; then collateral for what is owed; what a
 * bankrupt still owes then falls to the insurance fund.
 */
export const reduceAtMark: Closing = function* (state, desk, account) {
  yield* cancelAll(account, 'closing');
  yield* payOut(state, account);
  for (let closes = 0; closes < CLOSES_MAX; closes++) {
    const short = excessOf(state, desk, account);
    if (short === undefined || short >= 0n) return;
    const step = nextStep(state, desk, account);
    if (step === undefined) {
      for (const [n, leg] of shareOfAll(state, desk, account).entries()) {
        yield* force(state, account, leg, `${state.seq}.${account.place}.${closes}.${n}`);
      }
      break;
    }
    yield* force(state, account, step, `${state.seq}.${account.place}.${closes}`);
  }
  if ((excessOf(state, desk, account) ?? 0n) >= 0n) return;
  if (account.positions.size > 0) return;
  yield* sellCollateral(state, desk, account);
  const figures = desk.figuresOf(state, account);
  if (!isRefusal(figures) && figures.equity < usd(0n)) yield* cover(state, account);
};
