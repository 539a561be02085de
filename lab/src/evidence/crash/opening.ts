// The venue's first hour: assets, listings, models, the market, and accounts that come to hold what they planned, all by real inputs.

import {
  gridDefaults,
  type Instant,
  isRefusal,
  type Market,
  spanDefaults,
  staticDefaults,
} from '@plimsoll/core';
import type { MarketHealth, Tradable } from '@plimsoll/core/engine';
import type { Plan } from './plans.ts';
import type { Stage } from './stage.ts';
import { assetTerms, listedBy, lotsOf, termsOf, UNIT, unitsOf } from './terms.ts';

/** Hands that sign for the venue. */
export const HANDS = ['ann', 'ben'] as const;
/** What the insurance fund begins with. */
export const FUND: readonly (readonly [string, number])[] = [
  ['USD', 2_000_000],
  ['BTC', 20],
  ['ETH', 500],
];
/** What each dealer begins with: more than it could come to need. */
const DEALER: readonly (readonly [string, number])[] = [
  ['USD', 2_000_000_000],
  ['BTC', 20_000],
  ['ETH', 500_000],
];
export const CREDIT = 'credit';
/** What an own second account holds and a credit line lends, shares of the account's initial. */
const OWN_SHARE = 0.5;
const CREDIT_SHARE = 0.3;
/** Dollars that are brought to trade with and taken out again, times the book's gross. */
const WORKING = 3;
/** A dollar that stays, so that rounding never refuses what is taken out. */
const DUST = 1;

/** Who takes the other side: one dealer for each coin and expiry. */
export function dealerOf(product: Tradable): string {
  return `dealer-${product.underlying}-${'expiry' in product ? product.expiry : 'perpetual'}`;
}

function propose(
  stage: Stage,
  at: Instant,
  set: string,
  parameters: { readonly id: string },
  groups: readonly string[],
  shadowOf: readonly string[],
): void {
  const [operator, other] = HANDS;
  const input = { set, model: parameters.id, parameters: parameters as never, groups, shadowOf };
  stage.must(at, { kind: 'propose', ...input, from: 0 as Instant, operator, reason: 'first day' });
  for (const hand of [operator, other]) {
    const known = stage.state.sets.get(set)!;
    if (!known.isAdopted && !known.approvals.includes(hand)) {
      stage.must(at, { kind: 'approve', set, operator: hand });
    }
  }
}

/** What is and what counts, and the first market. */
function found(
  stage: Stage,
  at: Instant,
  market: Market,
  plans: readonly Plan[],
  funding: ReadonlyMap<string, number>,
): Tradable[] {
  for (const terms of assetTerms()) stage.must(at, { kind: 'asset', terms });
  const listed = listedBy(plans);
  for (const product of listed) stage.must(at, { kind: 'list', terms: termsOf(product) });
  propose(stage, at, 'grid-1', gridDefaults, ['main', 'dealers'], []);
  propose(stage, at, 'static-1', staticDefaults, ['retail'], []);
  propose(stage, at, 'span-1', spanDefaults, [], ['main', 'retail']);
  const health = new Map<string, MarketHealth>();
  stage.must(at, { kind: 'market', market, health, funding });
  return listed;
}

function bring(stage: Stage, at: Instant, account: string, asset: string, amount: number, id: string): void {
  const units = unitsOf(amount);
  if (units > 0n) stage.must(at, { kind: 'deposit', account, asset, units, id });
}

/** The venue's side: the fund, the dealers, who lends. */
function fund(stage: Stage, at: Instant, listed: readonly Tradable[]): void {
  for (const [asset, amount] of FUND) bring(stage, at, 'insurance', asset, amount, `fund ${asset}`);
  for (const dealer of new Set([...listed.map(dealerOf), CREDIT])) {
    stage.must(at, { kind: 'open', account: dealer, owner: dealer, group: 'dealers', category: 'eligible' });
    for (const [asset, amount] of DEALER) bring(stage, at, dealer, asset, amount, `fund ${dealer} ${asset}`);
  }
}

/** A leg traded against its dealer at the mark, to the nearest tick. */
function trade(stage: Stage, at: Instant, plan: Plan, leg: Plan['legs'][number], place: number): void {
  const { product } = leg;
  const { tick } = termsOf(product);
  const lots = lotsOf(leg);
  const mark = stage.mark(product.id);
  if (mark === undefined) throw new Error(`${product.id} has no mark; choose another day.`);
  const price = Math.max(1, Math.round((mark * 1e8) / tick)) * tick;
  const [own, dealer] = [plan.id, dealerOf(product)].map((account) => ({ account, fee: 0n })) as [Side, Side];
  const [buyer, seller] = lots > 0 ? [own, dealer] : [dealer, own];
  const deal = { product: product.id, lots: Math.abs(lots), price, buyer, seller, taker: 'buyer' } as const;
  stage.must(at, { kind: 'fill', ...deal, id: `open ${plan.id} ${place}` });
}

interface Side {
  readonly account: string;
  readonly fee: bigint;
}

/** Dollars of underlying over all legs. */
export function grossOf(stage: Stage, { legs }: Plan): number {
  return legs.reduce((sum, { product, quantity }) => {
    const worth = product.kind === 'option' ? stage.worth(product.underlying) : 1;
    return sum + Math.abs(quantity) * worth;
  }, 0);
}

/** Coins that pay for what is bought. */
function premiumOf(stage: Stage, { legs }: Plan): number {
  return legs.reduce(
    (sum, { product, quantity }) =>
      product.kind === 'option' && quantity > 0 ? sum + quantity * (stage.mark(product.id)! + 0.0001) : sum,
    0,
  );
}

/** Takes out what is not needed: down to initial and the plan's room, and never what is locked. */
function takeOut(stage: Stage, at: Instant, plan: Plan): void {
  const account = stage.account(plan.id);
  const figures = stage.figures(account);
  if (isRefusal(figures)) throw new Error(`${plan.id}: ${figures.message}`);
  const { equity, initial, locked } = figures;
  const room = BigInt(Math.round(plan.room * Number(initial)));
  const kept = (room > locked ? room : locked) + BigInt(DUST) * UNIT;
  const spare = equity - initial - kept;
  const there = account.balances.get('USD')?.units ?? 0n;
  const units = spare < there ? spare : there;
  if (units > 0n)
    stage.must(at, { kind: 'withdraw', account: plan.id, asset: 'USD', units, id: `out ${plan.id}` });
}

/** A second account of the same owner, or a line of credit, from which cures are drawn. */
function link(stage: Stage, at: Instant, plan: Plan): void {
  if (plan.habit !== 'own account' && plan.habit !== 'credit line') return;
  const figures = stage.figures(stage.account(plan.id));
  if (isRefusal(figures)) return;
  const share = plan.habit === 'own account' ? OWN_SHARE : CREDIT_SHARE;
  const most = unitsOf((share * Number(figures.initial)) / Number(UNIT)) + UNIT;
  const from = plan.habit === 'own account' ? `${plan.id}-reserve` : CREDIT;
  if (plan.habit === 'own account') {
    const category = plan.group === 'main' ? 'professional' : 'retail';
    stage.must(at, { kind: 'open', account: from, owner: plan.id, group: plan.group, category });
    stage.must(at, { kind: 'deposit', account: from, asset: 'USD', units: most, id: `reserve ${plan.id}` });
  }
  stage.must(at, { kind: 'link', account: plan.id, topUp: { from, asset: 'USD', most }, operator: 'desk' });
}

function enter(stage: Stage, at: Instant, plan: Plan): void {
  const category = plan.group === 'main' ? 'professional' : 'retail';
  stage.must(at, { kind: 'open', account: plan.id, owner: plan.id, group: plan.group, category });
  bring(stage, at, plan.id, 'USD', WORKING * grossOf(stage, plan), `working ${plan.id}`);
  bring(stage, at, plan.id, plan.coin, plan.coins + premiumOf(stage, plan), `coins ${plan.id}`);
  for (const [place, leg] of plan.legs.entries()) trade(stage, at, plan, leg, place);
  takeOut(stage, at, plan);
  link(stage, at, plan);
}

/** Everything up to the first minute that counts; answers what is listed. */
export function openVenue(
  stage: Stage,
  market: Market,
  plans: readonly Plan[],
  funding: ReadonlyMap<string, number>,
): Tradable[] {
  const { at } = market;
  const listed = found(stage, at, market, plans, funding);
  fund(stage, at, listed);
  for (const plan of plans) enter(stage, at, plan);
  stage.judgeAll(at);
  return listed;
}
