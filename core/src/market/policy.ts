// What a fit believes and how far it goes: every threshold has a name, a unit and a reason.

/** Knobs of `fitMarket`. Volatilities are decimals; nothing here is fitted. */
export interface FitPolicy {
  /** Below this many milliseconds to expiry quotes anchor the level of a borrowed shape, and do not shape a smile. */
  readonly lifeMin: number;
  /** A two-sided quote wider than this in vol, or than this share of a vol above 100 %, says too little to be used. */
  readonly widthMax: number;
  /** Half-widths are taken at least this: nobody knows a vol to a hundredth of a point. */
  readonly halfWidthMin: number;
  /** Undiscounted |delta| a fitted quote must have; beyond, one tick is more than the option. */
  readonly deltaMin: number;
  readonly deltaMax: number;
  /** Half-width given to a venue mark vol where no two-sided quote exists: `max(floor, share x vol)`. */
  readonly markWidthFloor: number;
  readonly markWidthShare: number;
  /** Two-sided quotes needed before a smile is shaped by them alone. */
  readonly quotesMin: number;
  /** Relative gap between venue and parity forward that is believed over the venue's when pairs agree on it. */
  readonly parityTolerance: number;
  /** A row whose own forward is further from its expiry's median is stale and left out. */
  readonly forwardSpread: number;
  /** Residual, in half-widths, beyond which a quote pulls with constant force (Huber). */
  readonly huber: number;
  /** One standard deviation of a day's relative change of vol: how fast old quotes stop telling the truth. */
  readonly dailyVolMove: number;
  /** Uncertainty in vol at which confidence is one half. */
  readonly reference: number;
}

/** Defaults, measured on Deribit chains of 2025-12 to 2026-08 (`lab/src/surface/evidence.ts`). */
export const fitPolicy: FitPolicy = {
  lifeMin: 2 * 3_600_000,
  widthMax: 0.25,
  halfWidthMin: 0.0005,
  deltaMin: 0.01,
  deltaMax: 0.99,
  markWidthFloor: 0.05,
  markWidthShare: 0.1,
  quotesMin: 5,
  parityTolerance: 0.002,
  forwardSpread: 0.05,
  huber: 1.2,
  dailyVolMove: 0.06,
  reference: 0.05,
};
