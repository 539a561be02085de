// A position with its orders, by size alone: the larger of what all buys and all sells would leave.

/** Largest sizes that a position can reach by its orders, in the direction of the buys and of the sells. */
export interface OpenSides {
  readonly buy: number;
  readonly sell: number;
}

/**
 * How much each side could leave open: `max(0, buys + position)` and `max(0, sells - position)`; margin is due on the larger (Paradex).
 * @example openSides(-1, 3, 2) // { buy: 2, sell: 3 }
 */
export function openSides(position: number, buys: number, sells: number): OpenSides {
  return { buy: Math.max(0, buys + position), sell: Math.max(0, sells - position) };
}

/**
 * Whether orders can only bring a position nearer to nothing: those against it together are no larger than it, and none are with it. Such
 * orders are taken even from an account that is short of margin.
 * @example onlyReduces(10, 0, 5) // true; onlyReduces(10, 0, 13) // false
 */
export function onlyReduces(position: number, buys: number, sells: number): boolean {
  const [withIt, against] = position >= 0 ? [buys, sells] : [sells, buys];
  return withIt === 0 && against <= Math.abs(position);
}
