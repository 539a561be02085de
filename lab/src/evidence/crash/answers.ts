// What clients do when they are called: the stated deposit, the cheapest stated trade, or nothing; after their own delay, on what was stated then.

import type { Instant } from '@plimsoll/core';
import type { Cure, Fact } from '@plimsoll/core/engine';
import { dealerOf } from './opening.ts';
import type { Plan } from './plans.ts';
import type { Stage } from './stage.ts';

/** An answer on its way. */
export interface Answer {
  readonly at: Instant;
  readonly plan: Plan;
  readonly cure: Cure;
  /** Tells it from the same account's others. */
  readonly id: string;
}

/** What became of answers when their time came. */
export interface AnswerCounts {
  deposits: number;
  trades: number;
  /** Not called any more. */
  late: number;
  /** No single trade was stated: the deposit was brought instead. */
  noTrade: number;
  refused: number;
}

export const noAnswers = (): AnswerCounts => ({ deposits: 0, trades: 0, late: 0, noTrade: 0, refused: 0 });

/** Answers to the calls among some facts, in their order. */
export function answersTo(facts: readonly Fact[], plans: ReadonlyMap<string, Plan>, now: Instant): Answer[] {
  return facts.flatMap((fact) => {
    const plan = fact.kind === 'called' ? plans.get(fact.account) : undefined;
    if (fact.kind !== 'called' || plan === undefined) return [];
    if (plan.habit !== 'deposit' && plan.habit !== 'trade') return [];
    const at = (now + plan.delay) as Instant;
    return [{ at, plan, cure: fact.cure, id: `${plan.id} ${now}` }];
  });
}

function bring(stage: Stage, { at, plan, cure, id }: Answer, counts: AnswerCounts): Fact[] {
  counts.deposits++;
  const { asset, units } = cure;
  return units !== null && units > 0n
    ? stage.must(at, { kind: 'deposit', account: plan.id, asset, units, id: `cure ${id}` })
    : [];
}

/** The cheapest stated trade as a reduce-only order at the price a forced trade would get, filled by the dealer. */
function close(stage: Stage, answer: Answer, counts: AnswerCounts): Fact[] {
  const { at, plan, cure, id } = answer;
  const trade = cure.trades.find(({ product }) => stage.state.products.get(product)!.mode === 'live');
  if (trade === undefined) {
    counts.noTrade++;
    return bring(stage, answer, counts);
  }
  counts.trades++;
  const { product } = trade;
  const account = stage.account(plan.id);
  const side = trade.lots > 0 ? 'buy' : 'sell';
  const held = Math.abs(account.positions.get(product)?.lots ?? 0);
  const lots = Math.min(Math.abs(trade.lots), held);
  const price = stage.forcedPrice(account, product, trade.lots > 0 ? 1 : -1);
  if (lots === 0 || price === undefined) return [];
  const order = { product, side, lots, price, reduceOnly: true } as const;
  const placed = stage.send(at, { kind: 'place', account: plan.id, order, id: `cure ${id}` });
  const ordered = placed.find((fact) => fact.kind === 'ordered');
  if (ordered?.kind !== 'ordered') {
    counts.refused++;
    return placed;
  }
  const own = { account: plan.id, order: ordered.order, fee: 0n };
  const dealer = { account: dealerOf(stage.state.products.get(product)!.terms.product), fee: 0n };
  const [buyer, seller] = side === 'buy' ? [own, dealer] : [dealer, own];
  const deal = { product, lots, price, buyer, seller, taker: side === 'buy' ? 'buyer' : 'seller' } as const;
  return [...placed, ...stage.must(at, { kind: 'fill', ...deal, id: `cure ${id}` })];
}

/** Sends an answer whose time has come; who is not called any more does nothing. */
export function answer(stage: Stage, due: Answer, counts: AnswerCounts): Fact[] {
  if (stage.account(due.plan.id).status !== 'called') {
    counts.late++;
    return [];
  }
  const facts = due.plan.habit === 'trade' ? close(stage, due, counts) : bring(stage, due, counts);
  if (!facts.some(({ kind }) => kind === 'refused')) stage.notes.answer(due.plan.id);
  return facts;
}
