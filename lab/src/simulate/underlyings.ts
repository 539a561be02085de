// Which coins the simulated venue lists, and how each of them lives.

/** A coin's temper. Rates and volatilities per year, decimals. */
export interface SimulatedUnderlying {
  readonly asset: string;
  /** Absent: coin-settled options. Present: linear ones, quoted and settled in this asset. */
  readonly settleAsset?: string;
  /** USD per coin at the start. */
  readonly spot: number;
  /** Long-run volatility of the coin. */
  readonly vol: number;
  /** Correlation of hourly returns with the market's common factor. */
  readonly correlation: number;
  /** How much of a common jump the coin takes. */
  readonly beta: number;
  /** SSVI's rho at rest: negative leans towards puts. */
  readonly rho: number;
  /** SSVI's eta: how bent the smile is. With |rho| <= 0.5, eta <= 1.6 keeps every slice free of butterflies. */
  readonly eta: number;
  /** Forwards' drift over spot. */
  readonly carry: number;
  /** Price step of futures and perpetuals, USD. */
  readonly tick: number;
}

/** Tempers resembling 2025-26: BTC calm, ETH livelier. What `simulateChain` lists unless told otherwise. */
export const SIMULATED_UNDERLYINGS: readonly SimulatedUnderlying[] = [
  {
    asset: 'BTC',
    spot: 90_000,
    vol: 0.45,
    correlation: 0.92,
    beta: 1,
    rho: -0.22,
    eta: 1.15,
    carry: 0.05,
    tick: 0.5,
  },
  {
    asset: 'ETH',
    spot: 3_000,
    vol: 0.68,
    correlation: 0.85,
    beta: 1.35,
    rho: -0.16,
    eta: 1.1,
    carry: 0.04,
    tick: 0.05,
  },
];

/** A linear coin beside them, for books that mix settlements. */
export const SIMULATED_SOL: SimulatedUnderlying = {
  asset: 'SOL',
  settleAsset: 'USDC',
  spot: 150,
  vol: 0.85,
  correlation: 0.75,
  beta: 1.5,
  rho: -0.1,
  eta: 1.05,
  carry: 0.03,
  tick: 0.01,
};
