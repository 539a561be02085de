// Margin by leverage, and loans against collateral: the account rules of a venue that states both (Hyperliquid).

/** Share of notional that must stay when margin is taken out, whatever the leverage. */
const TRANSFER_MIN = 0.1;

/**
 * Initial margin of a position at a chosen leverage, and what must stay behind when margin is withdrawn: at least a tenth of notional.
 * @example leveragedMargin(200, 5) // { initial: 40, transfer: 40 }
 */
export function leveragedMargin(
  notional: number,
  leverage: number,
): { readonly initial: number; readonly transfer: number } {
  const initial = notional / leverage;
  return { initial, transfer: Math.max(initial, TRANSFER_MIN * notional) };
}

/** What one collateral token must carry: maintenance margin of its cross positions, and the margin that isolated ones keep for themselves. */
export interface TokenUse {
  readonly total: number;
  readonly crossMaintenance: number;
  readonly isolated: number;
}

/** Share of what is available that cross maintenance margin uses; above 1 the account is closed. @example useOf({ total: 11.5, crossMaintenance: 5, isolated: 1.5 }).ratio // 0.5 */
export function useOf({ total, crossMaintenance, isolated }: TokenUse): {
  readonly available: number;
  readonly ratio: number;
} {
  const available = total - isolated;
  if (crossMaintenance === 0) return { available, ratio: 0 };
  return { available, ratio: available > 0 ? crossMaintenance / available : Number.POSITIVE_INFINITY };
}

/** A coin pledged for a loan; `loanToValue` is the share of its worth that may be borrowed. */
export interface Pledged {
  readonly quantity: number;
  readonly price: number;
  readonly loanToValue: number;
}

/** What may be borrowed against pledged coins. @example borrowable([{ quantity: 1, price: 80_000, loanToValue: 0.5 }]) // 40_000 */
export function borrowable(pledged: readonly Pledged[]): number {
  return pledged.reduce((sum, { quantity, price, loanToValue }) => sum + quantity * price * loanToValue, 0);
}

/** How many coins a loan ties down: `loan / (price loanToValue)`. @example lockedBy(100, 40, 0.5) // 5 */
export function lockedBy(loan: number, price: number, loanToValue: number): number {
  return loan / (price * loanToValue);
}

/**
 * The loan above which pledged coins are sold: between what may be borrowed and their whole worth, `value (ltv + fraction (1 - ltv))`.
 * @example saleThreshold({ quantity: 10, price: 33, loanToValue: 0.5 }, 0.5) // 247.5
 */
export function saleThreshold({ quantity, price, loanToValue }: Pledged, fraction: number): number {
  return quantity * price * (loanToValue + fraction * (1 - loanToValue));
}
