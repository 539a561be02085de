// One rule per row of a book: what a position needs by its own size, whatever else is held. Convex in the quantity, and nothing at none.

import { owedUp, type Refusal, refuse } from '../../base/index.ts';
import type { Product, Structured } from '../../product/index.ts';
import type { Levels, RiskBook } from '../../risk/index.ts';
import type { AssetHaircut } from '../haircut.ts';
import type { Charge } from '../requirement.ts';
import { type CollateralRule, type LinearRule, type StaticParameters, staticCoin } from './parameters.ts';
import { outOfTheMoney, shortOption } from './short-option.ts';
import {
  type DeductedTier,
  discountedWeight,
  openInterestShare,
  rampedRate,
  sizeScaled,
  tierAt,
  tieredMargin,
  withDeductions,
} from './tiers.ts';

/** The lines that have rates of their own; release is maintenance with a buffer. */
export type RatedLine = 'maintenance' | 'initial';

/** A perpetual or future: a share of its notional, `dollars` per unit. */
interface Outright {
  readonly kind: 'outright';
  readonly dollars: number;
  readonly tiers: Readonly<Record<RatedLine, readonly DeductedTier[]>>;
  readonly sizeFactor: number;
  /** Share of what is left of the notional that open interest adds to initial margin. */
  readonly openInterestShare: number;
}

/** What is paid for up front: bought it can lose its worth; sold it needs margin beyond it. Dollars per unit. */
interface Premium {
  readonly kind: 'premium';
  readonly worth: number;
  readonly sold: Readonly<Record<RatedLine, number>>;
  readonly distance: number;
  readonly index: number;
}

/** A perpetual or future whose rate grows in a straight line with the coins of the whole position; `coins` and `dollars` per unit. */
interface Ramped {
  readonly kind: 'ramped';
  readonly coins: number;
  readonly dollars: number;
  readonly ramps: Readonly<Record<RatedLine, { readonly base: number; readonly slope: number }>>;
}

/** How a row is margined; a balance is not a position. */
export type PositionRule = Outright | Ramped | Premium | { readonly kind: 'balance' };

function outrightOf(rule: LinearRule, dollars: number): Outright {
  const tiers = (line: RatedLine) =>
    withDeductions(rule.tiers.map((tier) => ({ from: tier.from, rate: tier[line] })));
  const { held, lower, upper } = rule.openInterest;
  return {
    kind: 'outright',
    dollars,
    tiers: { maintenance: tiers('maintenance'), initial: tiers('initial') },
    sizeFactor: rule.sizeFactor,
    openInterestShare: openInterestShare(held, lower, upper),
  };
}

/** Dollars of a strike: a linear one is an amount of the settle asset. */
export function strikeUsd(product: Extract<Product, { kind: 'option' }>, levels: Levels): number {
  return product.settlement === 'inverse'
    ? product.strike
    : product.strike * (levels.pegs.get(product.settleAsset) ?? 1);
}

/**
 * A payoff has no strike to be far from (M-83): it is an outright of the larger of its delta's dollars and its mark's; a premium needs, sold,
 * the first tier's rate of that, and bought its worth.
 */
function payoffRule(product: Structured, book: RiskBook, row: number, rule: LinearRule): PositionRule {
  const { coins, pegs } = book.levels;
  const { index } = coins.get(product.underlying)!;
  const settle = product.settlement === 'inverse' ? index : pegs.get(product.settleAsset)!;
  const { mark, delta, value } = book.columns;
  const dollars = Math.max(Math.abs(delta[row]!) * index, Math.abs(mark[row]!) * settle);
  if (product.style === 'margined') return outrightOf(rule, dollars);
  const worth = value[row]!;
  const first = rule.tiers[0]!;
  const sold = {
    maintenance: first.maintenance * dollars,
    initial: first.initial * dollars,
  };
  return { kind: 'premium', worth, sold, distance: 0, index };
}

/** Rules of a product: its own where the parameters name it, else those of its coin and kind; a payoff's are a future's or a perpetual's. */
function ruleOf(book: RiskBook, row: number, parameters: StaticParameters): PositionRule {
  const product = book.products[row]!;
  if (product.kind === 'asset') return { kind: 'balance' };
  const coin = staticCoin(parameters, product.underlying);
  const { index } = book.levels.coins.get(product.underlying)!;
  if (product.kind !== 'option') {
    const own = Object.hasOwn(parameters.products, product.id) ? parameters.products[product.id] : undefined;
    if (product.kind === 'structured') {
      const like = product.expiry === undefined ? coin.perpetual : coin.future;
      return payoffRule(product, book, row, own ?? like);
    }
    return outrightOf(own ?? coin[product.kind], Math.abs(book.columns.delta[row]!) * index);
  }
  const own = Object.hasOwn(parameters.options, product.id) ? parameters.options[product.id] : undefined;
  const worth = book.columns.value[row]!;
  const distance = outOfTheMoney(product.right, strikeUsd(product, book.levels), index);
  const { maintenance, initial } = shortOption(own ?? coin.option, distance, worth / index);
  const sold = { maintenance: maintenance * index, initial: initial * index };
  return { kind: 'premium', worth, sold, distance, index };
}

/** The rule of every row. @example rulesOf(book, staticDefaults)[book.indexOf.get('BTC-PERPETUAL')].kind // 'outright' */
export function rulesOf(book: RiskBook, parameters: StaticParameters): readonly PositionRule[] {
  return book.products.map((_, row) => ruleOf(book, row, parameters));
}

/** A rule for a product of another kind would be a silent nothing. */
export function doubtKinds(products: readonly Product[], parameters: StaticParameters): Refusal | undefined {
  const wrong = products.find(({ id, kind }) => {
    const [linear, option] = [parameters.products, parameters.options].map((own) => Object.hasOwn(own, id));
    return (linear && (kind === 'option' || kind === 'asset')) || (option && kind !== 'option');
  });
  if (wrong === undefined) return undefined;
  const message = `products is for perpetuals, futures and payoffs, options for options; ${wrong.id} is in the wrong one.`;
  return refuse('bad-parameter', message, parameters.id);
}

/**
 * What a quantity of one row needs on a line, dollars (M-45, M-46): tiers of notional, at least what size asks for, and on initial what open
 * interest adds, or a rate that grows with the coins of the position; a sold option its margin, a bought one its worth.
 * @example positionMargin(rule, -1_000, 'initial') // 160: an inverse perpetual of 1000 dollars at 16 %
 */
export function positionMargin(rule: PositionRule, quantity: number, line: RatedLine): number {
  switch (rule.kind) {
    case 'balance':
      return 0;
    case 'premium':
      return quantity >= 0 ? quantity * rule.worth : -quantity * rule.sold[line];
    case 'ramped': {
      const { base, slope } = rule.ramps[line];
      const size = Math.abs(quantity);
      return size * rule.dollars * rampedRate(base, slope, size * rule.coins);
    }
    case 'outright': {
      const notional = Math.abs(quantity) * rule.dollars;
      const margin = sizeScaled(notional, tieredMargin(notional, rule.tiers[line]), rule.sizeFactor);
      if (line === 'maintenance' || margin >= notional) return margin;
      return margin + rule.openInterestShare * (notional - margin);
    }
  }
}

function inputsOf(rule: PositionRule, quantity: number, line: RatedLine): Record<string, number> {
  if (rule.kind === 'outright') {
    const notional = Math.abs(quantity) * rule.dollars;
    const { rate, deduction } = tierAt(rule.tiers[line], notional);
    const extra = line === 'initial' && rule.openInterestShare > 0;
    return {
      notional,
      rate,
      deduction,
      ...(rule.sizeFactor > 0 ? { sizeFactor: rule.sizeFactor } : {}),
      ...(extra ? { openInterestShare: rule.openInterestShare } : {}),
    };
  }
  if (rule.kind === 'balance') return {};
  if (rule.kind === 'ramped') {
    const size = Math.abs(quantity);
    const { base, slope } = rule.ramps[line];
    const coins = size * rule.coins;
    return { notional: size * rule.dollars, coins, rate: rampedRate(base, slope, coins) };
  }
  if (quantity >= 0) return { worth: quantity * rule.worth };
  return { sold: -quantity, each: rule.sold[line], distance: rule.distance, index: rule.index };
}

const NAMES = {
  outright: 'position-margin',
  ramped: 'position-margin',
  premium: 'short-option-margin',
} as const;

/**
 * The charge of one position, or undefined where it needs nothing: what it would need if it were held alone.
 * @example positionCharge(book.risk, rules[row], row, -1_000, 'initial').amount
 */
export function positionCharge(
  book: RiskBook,
  rule: PositionRule,
  row: number,
  quantity: number,
  line: RatedLine,
): Charge | undefined {
  const amount = owedUp(positionMargin(rule, quantity, line));
  if (amount <= 0n || rule.kind === 'balance') return undefined;
  const { id, underlying } = book.products[row]!;
  const name = rule.kind === 'premium' && quantity > 0 ? 'bought-options' : NAMES[rule.kind];
  return { name, underlying, product: id, amount, inputs: inputsOf(rule, quantity, line) };
}

/**
 * What a balance of this value counts on a line (M-47): the haircut grows with size and, on initial, with what everybody has deposited; what is
 * owed grows with size too.
 * @example haircutOf(staticDefaults.coins.BTC.collateral, 65_000, 'initial') // { haircut: 0.16, owed: 0.16 }
 */
export function haircutOf(rule: CollateralRule, value: number, line: RatedLine): AssetHaircut {
  const { haircut, owed } = rule[line];
  const { held, start } = rule.deposits;
  const cap = line === 'initial' && start > 0 && held > start ? start / held : 1;
  const size = Math.abs(value);
  const weight = discountedWeight(size, (1 - haircut) * cap, rule.sizeFactor);
  const debt = size === 0 ? 1 + owed : sizeScaled(size, (1 + owed) * size, rule.sizeFactor) / size;
  return {
    // Without size and cap the haircut is the parameter itself, to the bit.
    haircut: weight === 1 - haircut ? haircut : 1 - weight,
    owed: rule.sizeFactor === 0 ? owed : debt - 1,
  };
}
