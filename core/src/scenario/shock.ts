// What might happen, as data. A shock is a list of moves; what a move does to a market is in `shift.ts`.

/** Vols of short expiries move more: sizes are stated for 30 days and scale by `(30 / DTE)^power`, DTE floored. */
export interface TermScaling {
  /** Power below 30 days to expiry. */
  readonly short: number;
  /** Power from 30 days on. */
  readonly long: number;
  /** Days to expiry are never taken smaller than this. */
  readonly dteFloor: number;
}

/** The same stated tenor by tenor: a size is times the factor of its days to expiry, linear between nodes (ascending by days) and flat beyond. */
export interface TenorScaling {
  readonly nodes: readonly { readonly days: number; readonly factor: number }[];
}
/** How a vol move's size depends on time to expiry. */
export type VolScaling = TermScaling | TenorScaling;

/**
 * One thing that moves. All sizes are decimals (0.16 = 16 %, or 16 vol points).
 * - `spot`: index, perpetual and forwards times `1 + relative`, or where the basis is kept, all of them by the dollars that the index moves; of an
 *   expiring product only the unfixed part.
 * - `vol`: relative `vol * (1 + size * scaling)`, or points `vol + size * scaling`; upward moves may carry a floor.
 * - `skew`: linear or absolute skew of Derive's PMRM_2: `vol * (1 + size * clip(k * cap / kStar, +-cap))`,
 *   `cap = max(capMin, capBase + capSlope sqrt(T))` (0 unless stated), `kStar = max(kStarMin, width * sqrt(T) (volReference + volSlope sqrt(T)))`, `|k|` when absolute.
 * - `wing`: `vol * (1 + size * min(1, max(0, |k| - start * vr) / vr))`, `vr = volReference * sqrt(T)`: the wings alone.
 * - `term`: the vol term structure twists: `vol * (1 + front * x + back * (1 - x))`, `x = min(1, pivotDays / DTE)`.
 * - `basis`: forwards (not index, not perpetual) times `1 + size * (add + multiple * T)`.
 * - `premium`: the perpetual against the index, relative.
 * - `peg`: every stable asset, or the one named, times `1 + relative`; `par`: every stable asset returns to one dollar.
 * - `time`: options are so many days nearer to their expiry, at most at it; prices and vols stay where the other moves put them.
 */
export type Move =
  | {
      readonly kind: 'spot';
      readonly relative: number;
      readonly keeps?: 'basis';
      readonly underlying?: string;
    }
  | {
      readonly kind: 'vol';
      readonly form: 'relative' | 'points';
      readonly size: number;
      readonly scaling: VolScaling;
      readonly floor?: number;
      readonly underlying?: string;
    }
  | {
      readonly kind: 'skew';
      readonly form: 'linear' | 'absolute';
      readonly size: number;
      readonly capBase: number;
      readonly capSlope: number;
      readonly kStarMin: number;
      readonly width: number;
      readonly volReference: number;
      readonly volSlope?: number;
      readonly capMin?: number;
      readonly underlying?: string;
    }
  | { readonly kind: 'wing'; readonly size: number; readonly start: number; readonly volReference: number }
  | { readonly kind: 'term'; readonly front: number; readonly back: number; readonly pivotDays: number }
  | {
      readonly kind: 'basis';
      readonly size: number;
      readonly add: number;
      readonly multiple: number;
      readonly underlying?: string;
    }
  | { readonly kind: 'premium'; readonly relative: number; readonly underlying?: string }
  | { readonly kind: 'peg'; readonly relative: number; readonly asset?: string }
  | { readonly kind: 'par' }
  | { readonly kind: 'time'; readonly days: number };

/** How the smile follows spot: vols stay at their strikes, or at their moneyness. */
export type SmileRule = 'sticky-strike' | 'sticky-moneyness';
/**
 * `sum`: an expiry's profits and losses add to the others'. `loss-per-expiry`: each expiry may go either way, so it counts as the worse of
 * this lane and its twin, at best zero; without a twin as minus its size (Derive's PMRM_2).
 */
export type Netting = 'sum' | 'loss-per-expiry';
/** Initial margin sees every lane; maintenance margin only its own. */
export type LaneLine = 'maintenance' | 'initial';

/** One scenario for one underlying, with every number final. */
export interface Shock {
  readonly id: string;
  readonly moves: readonly Move[];
  readonly smile: SmileRule;
  /** Share of the profit or loss that counts; far tails count in part. */
  readonly damp: number;
  /** What a year to expiry adds to that share. */
  readonly dampPerYear?: number;
  /** Factors on an expiry's value by its sign do not apply. */
  readonly plain?: true;
  readonly netting: Netting;
  readonly line: LaneLine;
}

/**
 * A lane of a scenario set: a shock whose spot move may be stated in ranges, so that one file serves every underlying.
 * `damp` is a number, or a ladder over a spot move: `min(1, ladder * range / |spot move|)`, which makes a linear position lose the same
 * at every rung; or it grows with time to expiry: `add + multiple * T`, undated products counting `add`.
 */
export interface Lane {
  readonly id: string;
  readonly moves: readonly LaneMove[];
  readonly smile: SmileRule;
  readonly damp: number | { readonly ladder: number } | { readonly add: number; readonly multiple: number };
  /** Factors on an expiry's value by its sign do not apply (M-17). */
  readonly plain?: true;
  readonly netting: Netting;
  readonly line: LaneLine;
  /** The window it is a date of, that window's probability (M-160), and of which set of windows, where a line has several (M-164). */
  readonly window?: { readonly of: string; readonly weight: number; readonly set?: string };
  /** Id of the lane that moves the other way, for `loss-per-expiry` lanes that come in pairs. */
  readonly twin?: string;
}

/** `ranges` counts the underlying's own scan range of the lane's line. */
export type LaneMove = Move | { readonly kind: 'spot'; readonly ranges: number; readonly keeps?: 'basis' };

/** A named, versioned list of lanes: the file that says what might happen. */
export interface ScenarioSet {
  readonly id: string;
  readonly lanes: readonly Lane[];
}

/** Most lanes one set may have, nodes at near-expiry strikes included. */
export const LANES_MAX = 4096;
