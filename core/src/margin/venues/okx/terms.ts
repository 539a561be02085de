// The terms of OKX's portfolio margin as pure functions, in the venue's own vocabulary: what a risk unit of linear contracts makes of a spot
// move, MR4, MR7, MR9, and how terms become MMR, IMR and account totals. All amounts are dollars; a loss is positive.

import { isRefusal, type Refusal, refuse } from '../../../base/index.ts';
import { answerOf, doubtNumbers } from '../numbers.ts';

/** A linear position of a risk unit. */
export interface OkxLinear {
  /** Coins, signed. */
  readonly coins: number;
  /** Index of the underlying, in the quote currency. */
  readonly index: number;
  /** Mark of the contract, in the quote currency. */
  readonly mark: number;
  /** Dollars per unit of the quote currency. */
  readonly quoteUsd: number;
}

/** One cell of a scenario table. */
export interface OkxShock {
  readonly spot: number;
  readonly pnl: number;
}

/**
 * P&L of linear contracts under spot moves, MR1 and MR6 before damping: `sum coins x index x move x quoteUsd`. The move is the index's;
 * contracts keep their basis. Refuses inputs that are no numbers, and prices that are not above zero.
 * Source: position-builder example of 2025-01-15. @example okxSpotShocks([{ coins: -0.1, index: 97_000, mark: 97_100, quoteUsd: 1 }], [0.12])[0].pnl // -1164
 */
export function okxSpotShocks(
  positions: readonly OkxLinear[],
  moves: readonly number[],
): readonly OkxShock[] | Refusal {
  const doubt = doubtLinear(positions) ?? doubtAll('OKX spot shock', 'move', moves);
  if (doubt !== undefined) return doubt;
  const shocks = moves.map((spot) => {
    const pnl = positions.reduce(
      (sum, { coins, index, quoteUsd }) => sum + coins * (index * spot) * quoteUsd,
      0,
    );
    return { spot, pnl };
  });
  return firstRefusal(shocks.map(({ pnl }) => answerOf('OKX spot shock', pnl))) ?? shocks;
}

/** The loss of the worst cell, at least zero, and that cell. @example okxWorst([{ spot: 0.12, pnl: -1164 }]).loss // 1164 */
export function okxWorst(shocks: readonly OkxShock[]): { readonly loss: number; readonly spot: number } {
  return shocks.reduce((worst, { spot, pnl }) => (-pnl > worst.loss ? { loss: -pnl, spot } : worst), {
    loss: 0,
    spot: 0,
  });
}

/** Dollars of delta of linear contracts, at the mark. @example okxDelta([{ coins: 10, index: 101, mark: 102, quoteUsd: 1 }]) // 1020 */
export function okxDelta(positions: readonly OkxLinear[]): number | Refusal {
  const delta = positions.reduce((sum, { coins, mark, quoteUsd }) => sum + coins * mark * quoteUsd, 0);
  return doubtLinear(positions) ?? answerOf('OKX delta', delta);
}

/** The net delta of one expiry, dollars, and its years to expiry; undated is 0. */
export interface OkxExpiry {
  readonly delta: number;
  readonly years: number;
}

/** How far a basis may move: at least `min`, and `yearly` times the years to expiry. */
export interface OkxBasis {
  readonly min: number;
  readonly yearly: number;
}

/** The share of an expiry's delta that MR4 takes: `max(min, yearly x T)`. @example okxBasisRate(0.5, { min: 0.002, yearly: 0.05 }) // 0.025 */
export function okxBasisRate(years: number, { min, yearly }: OkxBasis): number {
  return Math.max(min, yearly * years);
}

/**
 * MR4, basis risk: `sum over expiries |delta| max(min, yearly T)`; no expiry nets with another.
 * Source: OKX, "further adjust portfolio margin parameters" of 2025-01-02; the minimum from the position-builder example.
 * @example okxBasisRisk([{ delta: -9_700, years: 0 }], { min: 0.002, yearly: 0.05 }) // 19.4
 */
export function okxBasisRisk(expiries: readonly OkxExpiry[], basis: OkxBasis): number | Refusal {
  const rule = 'OKX basis risk';
  const doubts = expiries.map((expiry) =>
    doubtNumbers(rule, expiry, { delta: 'finite', years: 'at-least-zero' }),
  );
  const doubt =
    firstRefusal(doubts) ?? doubtNumbers(rule, basis, { min: 'at-least-zero', yearly: 'at-least-zero' });
  if (doubt !== undefined) return doubt;
  return answerOf(
    rule,
    expiries.reduce((sum, { delta, years }) => sum + Math.abs(delta) * okxBasisRate(years, basis), 0),
  );
}

/** A slice of a size, from `from` on, and what a dollar of it counts. Slices ascend from 0. */
export interface OkxTier {
  readonly from: number;
  readonly factor: number;
}

/** A size slice by slice: each dollar counts by the factor of its slice. @example okxTiered(30_000, [{ from: 0, factor: 1 }, { from: 10_000, factor: 2 }]) // 50_000 */
export function okxTiered(size: number, tiers: readonly OkxTier[]): number {
  let sum = 0;
  for (let i = 0; i < tiers.length; i++) {
    const { from, factor } = tiers[i]!;
    const to = Math.min(size, tiers[i + 1]?.from ?? size);
    if (to > from) sum += (to - from) * factor;
  }
  return sum;
}

/**
 * MR7, the adjusted minimum charge: the raw unwind cost of a unit (slippage and fee over its legs), multiplied slice by slice. Refuses a
 * negative size and tiers that do not ascend from zero.
 * Source: OKX, "adjusts scaling-factor logic in Portfolio Margin mode", 2021-12-21. @example okxMinimumCharge(30_000, tiers) // 50_000
 */
export function okxMinimumCharge(raw: number, tiers: readonly OkxTier[]): number | Refusal {
  const rule = 'OKX minimum charge';
  const doubt = doubtNumbers(rule, { raw }, { raw: 'at-least-zero' }) ?? doubtTiers(rule, tiers);
  return doubt ?? answerOf(rule, okxTiered(raw, tiers));
}

/** The currencies that contracts of one unit are quoted in. */
export type OkxQuote = 'USDT' | 'USDC' | 'USD';

/** The pairs across which deltas hedge each other, in the order in which they are netted. */
const PAIRS: readonly (readonly [OkxQuote, OkxQuote])[] = [
  ['USDT', 'USD'],
  ['USDT', 'USDC'],
  ['USDC', 'USD'],
];

/** How much of a unit's delta is hedged across quote currencies. */
export interface OkxHedge {
  readonly pair: readonly [OkxQuote, OkxQuote];
  /** Dollars, above zero. */
  readonly size: number;
}

/**
 * What hedges what across quote currencies (MR9): opposite deltas net pair by pair, USDT-USD first, then USDT-USDC, then USDC-USD.
 * Source: OKX, "update margin calculation rules for the portfolio margin mode", 2024-12. @example okxHedges({ USDT: 10, USDC: -4, USD: -3 }).length // 2
 */
export function okxHedges(deltas: Readonly<Record<OkxQuote, number>>): readonly OkxHedge[] {
  const left = { ...deltas };
  const hedges: OkxHedge[] = [];
  for (const pair of PAIRS) {
    const [one, other] = pair;
    if (!(left[one] * left[other] < 0)) continue;
    const size = Math.min(Math.abs(left[one]), Math.abs(left[other]));
    left[one] -= Math.sign(left[one]) * size;
    left[other] -= Math.sign(left[other]) * size;
    hedges.push({ pair, size });
  }
  return hedges;
}

/** Terms of one risk unit, dollars, each at least zero. MR7 after its multipliers. */
export interface OkxTerms {
  readonly mr1: number;
  readonly mr2: number;
  readonly mr3: number;
  readonly mr4: number;
  readonly mr5: number;
  readonly mr6: number;
  readonly mr7: number;
  readonly mr9: number;
}

/**
 * What a risk unit needs: `MMR = max(max(MR1, MR2, MR6) + MR3 + MR4 + MR5 + MR9, MR7)`, `IMR = initialFactor x MMR`.
 * Source: OKX product documentation, "Portfolio margin mode (Risk Unit Merge)"; position-builder example.
 * @example okxUnit({ mr1: 1164, mr2: 0, mr3: 0, mr4: 19, mr5: 0, mr6: 1164, mr7: 44, mr9: 0 }, 1.3) // { mmr: 1183, imr: 1537.9 }
 */
export function okxUnit(
  terms: OkxTerms,
  initialFactor: number,
): { readonly mmr: number; readonly imr: number } | Refusal {
  const kinds = Object.fromEntries(Object.keys(terms).map((name) => [name, 'at-least-zero'] as const));
  const doubt =
    doubtNumbers('OKX risk unit', { ...terms }, kinds) ??
    doubtNumbers('OKX risk unit', { initialFactor }, { initialFactor: 'at-least-zero' });
  if (doubt !== undefined) return doubt;
  const { mr1, mr2, mr3, mr4, mr5, mr6, mr7, mr9 } = terms;
  const mmr = Math.max(Math.max(mr1, mr2, mr6) + mr3 + mr4 + mr5 + mr9, mr7);
  const imr = answerOf('OKX risk unit', initialFactor * mmr);
  return isRefusal(imr) ? imr : { mmr, imr };
}

/** Rates on what is borrowed, shares of its dollar value (MR8). */
export interface OkxBorrow {
  readonly maintenance: number;
  readonly initial: number;
}

/** Totals of an account, under the names of the venue's answer. */
export interface OkxAccount {
  readonly derivMmr: number;
  readonly borrowMmr: number;
  readonly borrowImr: number;
  readonly totalMmr: number;
  readonly totalImr: number;
}

/**
 * An account: units summed, and what is borrowed at its own rates, which the initial factor does not multiply. `borrowed` is dollars, at least zero.
 * Source: position-builder example. @example okxAccount([{ mmr: 10, imr: 13 }], 100, { maintenance: 0.02, initial: 0.1 }).totalImr // 23
 */
export function okxAccount(
  units: readonly { readonly mmr: number; readonly imr: number }[],
  borrowed: number,
  rates: OkxBorrow,
): OkxAccount | Refusal {
  const rule = 'OKX account';
  const units_ = units.map((unit) =>
    doubtNumbers(rule, unit, { mmr: 'at-least-zero', imr: 'at-least-zero' }),
  );
  const doubt =
    firstRefusal(units_) ??
    doubtNumbers(rule, { borrowed }, { borrowed: 'at-least-zero' }) ??
    doubtNumbers(rule, rates, { maintenance: 'at-least-zero', initial: 'at-least-zero' });
  if (doubt !== undefined) return doubt;
  const derivMmr = units.reduce((sum, { mmr }) => sum + mmr, 0);
  const derivImr = units.reduce((sum, { imr }) => sum + imr, 0);
  const borrowMmr = borrowed * rates.maintenance;
  const borrowImr = borrowed * rates.initial;
  return { derivMmr, borrowMmr, borrowImr, totalMmr: derivMmr + borrowMmr, totalImr: derivImr + borrowImr };
}

function doubtLinear(positions: readonly OkxLinear[]): Refusal | undefined {
  const kinds = { coins: 'finite', index: 'above-zero', mark: 'above-zero', quoteUsd: 'above-zero' } as const;
  return firstRefusal(positions.map((position) => doubtNumbers('OKX position', position, kinds)));
}

function doubtAll(rule: string, name: string, values: readonly number[]): Refusal | undefined {
  return firstRefusal(values.map((value) => doubtNumbers(rule, { [name]: value }, { [name]: 'finite' })));
}

function doubtTiers(rule: string, tiers: readonly OkxTier[]): Refusal | undefined {
  const ascends = tiers.every(({ from, factor }, i) => {
    const after = tiers[i - 1]?.from;
    return (after === undefined ? from === 0 : from > after) && Number.isFinite(from) && factor >= 0;
  });
  if (ascends && tiers.length > 0) return undefined;
  return refuse('out-of-range', 'tiers do not ascend from 0 with factors of at least 0; sort them.', rule);
}

function firstRefusal(values: readonly unknown[]): Refusal | undefined {
  return values.find((value): value is Refusal => isRefusal(value));
}
