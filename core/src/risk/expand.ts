// Rows by expansion: the options of a book to second order in forward and vol, over the same lanes, moves and damping as their full
// revaluation. Assets, perpetuals and futures are no expansions: their rows are short formulas and are taken as they are. Where the
// expansion is not good enough, a cell is revalued or its product is refused. Structured products are revalued in every lane.

import { type Refusal, refuse } from '../base/index.ts';
import {
  blackJet,
  expansionLanes,
  fillExpanded,
  fillRemainders,
  fillStrike,
  log,
  type StrikeLanes,
} from '../kernel/index.ts';
import type { Market } from '../market/index.ts';
import type { Product, ProductId } from '../product/index.ts';
import type { Shock } from '../scenario/index.ts';
import type { RiskBook } from './book.ts';
import type { ExpiryLanes } from './expiry-lanes.ts';
import { fillRows } from './rows.ts';
import { fillStdevs, type StrikeBody, strikeByStrike, writeRow } from './strike.ts';

/** When an expansion is good enough, and what happens where it is not. */
export interface ExpansionGuard {
  /** Most that a cell may be wrong, as a share of the option's forward per unit. */
  readonly tolerance: number;
  /** `ahead`: by a bound on the error that asks for no revaluation. `measured`: by the error itself, at the cost of one. */
  readonly judged: 'ahead' | 'measured';
  /** `fall-back`: the cell is revalued. `refuse`: its product is refused. */
  readonly beyond: 'fall-back' | 'refuse';
}

/** How a book's rows came about; `p * stride + s` as in its rows, dollars per unit, damped. */
export interface Expansion {
  /** 1 where the book's row is not the expansion but a full revaluation. */
  readonly fellBack: Uint8Array;
  /** Products that the guard refuses, each with its worst lane. */
  readonly refused: ReadonlyMap<ProductId, Refusal>;
  /** Products that cannot be valued in some lane by any method. */
  readonly lost: ReadonlyMap<ProductId, Refusal>;
}

/** The lane of a product that is most wrong, or may be. */
interface Worst {
  readonly lane: number;
  readonly error: number;
}

/** Everything the rows of one book are written to. */
interface Target {
  readonly guard: ExpansionGuard;
  readonly stride: number;
  readonly out: Float64Array;
  readonly fellBack: Uint8Array;
  readonly worst: Map<number, Worst>;
}

/**
 * Fills `out` like `fillRows`, options by expansion. `worth' / F' (V + delta dF + gamma dF^2 / 2 + vega dv + vanna dF dv + volga dv^2 / 2)`
 * less the value where nothing moves: V, F and K in the unit the strike is stated in, dv the change of vol at the option's own strike,
 * worth' dollars of the option's unit in the lane, so that index, peg and settlement in coin are exact.
 * Source: docs/methodology.md, M-60 to M-63.
 * @example expandRows(book.products, market, book.shocks, book.stride, rows, { tolerance: 0.001, judged: 'ahead', beyond: 'fall-back' })
 */
export function expandRows(
  products: readonly Product[],
  market: Market,
  shocks: ReadonlyMap<string, readonly Shock[]>,
  stride: number,
  out: Float64Array,
  guard: ExpansionGuard,
): Expansion {
  const fellBack = new Uint8Array(out.length);
  const worst = new Map<number, Worst>();
  const target: Target = { guard, stride, out, fellBack, worst };
  const body = strikeByStrike((expiry, damps) => expanding(expiry, damps, target));
  const lost = fillRows(products, market, shocks, stride, out, body);
  return { fellBack, refused: refusedOf(products, shocks, target), lost };
}

/** Lanes of one expiry that are revalued for one strike, gathered so that the array kernel can run over them. */
interface Gathered extends StrikeLanes {
  readonly lanes: Int32Array;
  readonly stdevs: Float64Array;
  /** Calls, then puts. */
  readonly values: Float64Array;
}

function gatherRoom(count: number): Gathered {
  const column = () => new Float64Array(count);
  const axes = { logShift: column(), invShift: column(), scale: column(), stdevs: column() };
  return { ...axes, lanes: new Int32Array(count), values: new Float64Array(2 * count) };
}

/** One lane, in which nothing moves and value over forward is the money. */
const STILL: StrikeLanes = {
  logShift: Float64Array.of(0),
  invShift: Float64Array.of(1),
  scale: Float64Array.of(1),
};

function expanding(expiry: ExpiryLanes, damps: Float64Array, target: Target): StrikeBody {
  const { count } = expiry;
  const { guard, stride, out, fellBack } = target;
  const last = count - 1;
  const limit = guard.tolerance * expiry.base.forward;
  const forward = expiry.base.forward / expiry.basePeg;
  const moves = expansionLanes(expiry, count);
  const stdevs = new Float64Array(count);
  const errors = new Float64Array(count);
  const base = new Float64Array(2);
  // Calls in every lane, the unmoved one last, then puts.
  const values = new Float64Array(2 * count);
  const revalued = gatherRoom(last);
  let fallen = 0;
  return {
    strike(strike) {
      fillStdevs(strike, expiry, stdevs);
      const stdev = stdevs[last]!;
      const x0 = log(forward / strike);
      const kOverF = strike / forward;
      fillStrike(x0, kOverF, STILL, 1, stdevs, last, base, 0, 1);
      fillExpanded(blackJet(kOverF, stdev), base[0]!, base[1]!, moves, stdevs, stdev, values, count);
      if (guard.judged === 'ahead') {
        fillRemainders(kOverF, moves, stdevs, stdev, errors);
        fallen = gather(expiry, damps, stdevs, errors, limit, revalued);
        fillStrike(x0, kOverF, revalued, fallen, revalued.stdevs, 0, revalued.values, 0, last);
      } else {
        errors.fill(Number.POSITIVE_INFINITY);
        gather(expiry, damps, stdevs, errors, limit, revalued);
        fillStrike(x0, kOverF, revalued, last, revalued.stdevs, 0, revalued.values, 0, last);
        fallen = keepWrong(values, damps, errors, limit, revalued);
      }
      scatter(revalued, fallen, values, count);
    },
    row(right, p) {
      const at = p * stride;
      writeRow(values, right === 'call' ? 0 : count, damps, out, at);
      for (let i = 0; i < fallen; i++) fellBack[at + revalued.lanes[i]!] = 1;
      if (guard.beyond === 'refuse' && fallen > 0)
        target.worst.set(p, worstOf(revalued, fallen, damps, errors));
    },
  };
}

/** Gathers the lanes whose damped error is beyond the limit, and says how many there are. */
function gather(
  { logShift, invShift, scale }: ExpiryLanes,
  damps: Float64Array,
  stdevs: Float64Array,
  errors: Float64Array,
  limit: number,
  into: Gathered,
): number {
  let i = 0;
  for (let s = 0; s < damps.length; s++) {
    if (errors[s]! * damps[s]! <= limit) continue;
    into.lanes[i] = s;
    into.logShift[i] = logShift[s]!;
    into.invShift[i] = invShift[s]!;
    into.scale[i] = scale[s]!;
    into.stdevs[i] = stdevs[s]!;
    i++;
  }
  return i;
}

/**
 * Of all lanes, revalued, keeps those that are wrong beyond the limit, and says how many there are. By the call: the put of the strike is
 * wrong by the same (M-60).
 */
function keepWrong(
  values: Float64Array,
  damps: Float64Array,
  errors: Float64Array,
  limit: number,
  { lanes, values: full }: Gathered,
): number {
  const last = damps.length;
  let kept = 0;
  for (let s = 0; s < last; s++) {
    errors[s] = Math.abs(values[s]! - full[s]!);
    if (errors[s]! * damps[s]! <= limit) continue;
    lanes[kept] = s;
    full[kept] = full[s]!;
    full[last + kept] = full[last + s]!;
    kept++;
  }
  return kept;
}

/** Puts what was revalued in the place of what was expanded. */
function scatter(
  { lanes, values: full }: Gathered,
  fallen: number,
  values: Float64Array,
  count: number,
): void {
  for (let i = 0; i < fallen; i++) {
    const s = lanes[i]!;
    values[s] = full[i]!;
    values[count + s] = full[lanes.length + i]!;
  }
}

function worstOf({ lanes }: Gathered, fallen: number, damps: Float64Array, errors: Float64Array): Worst {
  let worst = { lane: -1, error: -1 };
  for (let i = 0; i < fallen; i++) {
    const lane = lanes[i]!;
    const error = errors[lane]! * damps[lane]!;
    if (error > worst.error) worst = { lane, error };
  }
  return worst;
}

function refusedOf(
  products: readonly Product[],
  shocks: ReadonlyMap<string, readonly Shock[]>,
  { guard, worst }: Target,
): Map<ProductId, Refusal> {
  const refused = new Map<ProductId, Refusal>();
  if (guard.beyond === 'fall-back') return refused;
  for (const [p, { lane, error }] of worst) {
    const { id, underlying } = products[p]!;
    const scenario = shocks.get(underlying)![lane]!.id;
    const verb = guard.judged === 'measured' ? 'is' : 'may be';
    const most = `the tolerance of ${guard.tolerance} of the forward`;
    const message = `its expansion ${verb} wrong by ${error.toPrecision(3)} USD per unit in scenario ${scenario}, more than ${most}; let it fall back, or use the model grid.`;
    refused.set(id, refuse('imprecise', message, id));
  }
  return refused;
}

/** What the expansion made of one product in one lane, dollars per unit, damped. */
export interface ExpansionError {
  readonly product: ProductId;
  readonly scenario: string;
  readonly expanded: number;
  readonly full: number;
  /** Expanded minus full. */
  readonly error: number;
  /** Which of the two the book's row is. */
  readonly used: 'expanded' | 'full';
}

/** A guard that lets everything pass. */
const TRUSTED: ExpansionGuard = {
  tolerance: Number.POSITIVE_INFINITY,
  judged: 'ahead',
  beyond: 'fall-back',
};

/** The rows of an expanded book held against full revaluation. */
export interface ExpansionMeasure {
  /** The cell of a row and a lane. */
  readonly at: (row: number, lane: number) => ExpansionError;
  /** The most wrong cell of a row among those of the expansion, or among those that fell back; undefined where there is none. */
  readonly worst: (row: number, used: ExpansionError['used']) => ExpansionError | undefined;
}

/**
 * Revalues an expanded book in full and says how wrong the expansion is, cell by cell. `market` is the one the book was built from,
 * with every expiry and peg of the book.
 * @example measureExpansion(book.risk, book.expansion, market).worst(0, 'expanded')?.error // dollars per unit
 */
export function measureExpansion(book: RiskBook, expansion: Expansion, market: Market): ExpansionMeasure {
  const { products, lanes, stride } = book;
  const [full, expanded] = [new Float64Array(book.rows.length), new Float64Array(book.rows.length)];
  fillRows(products, market, book.shocks, stride, full);
  expandRows(products, market, book.shocks, stride, expanded, TRUSTED);
  const errorOf = (cell: number) => expanded[cell]! - full[cell]!;
  const at = (row: number, lane: number): ExpansionError => {
    const cell = row * stride + lane;
    return {
      product: products[row]!.id,
      scenario: lanes[lane]!.id,
      expanded: expanded[cell]!,
      full: full[cell]!,
      error: errorOf(cell),
      used: expansion.fellBack[cell] === 1 ? 'full' : 'expanded',
    };
  };
  return {
    at,
    worst: (row, used) => {
      let worst = -1;
      for (let s = 0; s < lanes.length; s++) {
        const cell = row * stride + s;
        if ((expansion.fellBack[cell] === 1) !== (used === 'full')) continue;
        if (worst < 0 || Math.abs(errorOf(cell)) > Math.abs(errorOf(row * stride + worst))) worst = s;
      }
      return worst < 0 ? undefined : at(row, worst);
    },
  };
}
