// Figures of many accounts in columns: what `assess` says of each, without what it was made of. One contract, of which there is a body here and one in
// WebAssembly, equal to the unit; core never learns which.

import { assert, isRefusal, owedUp, type Refusal, refuse, type Usd, usd } from '../base/index.ts';
import { doubtCrowd, doubtRange, HELD_MAX, type Holdings, type RiskBook } from '../risk/index.ts';
import { equityOf } from './assess.ts';
import { type CrowdAccounts, CrowdColumns } from './columns.ts';
import { hold } from './holdings.ts';
import { type GridBook, judgeLines, type Lines } from './models/grid-lines.ts';
import type { Portfolio } from './portfolio.ts';

/** Figures by account, in units of the ledger (1e-8 dollars). */
export interface CrowdFigures {
  readonly equity: BigInt64Array;
  readonly maintenance: BigInt64Array;
  readonly release: BigInt64Array;
  readonly initial: BigInt64Array;
  /** What counts as equity but may not be withdrawn (M-31). */
  readonly locked: BigInt64Array;
  /** 1 where a body leaves the account to the model: its numbers here mean nothing, `assess` is to be asked. */
  readonly asked: Uint8Array;
}

/** Figures of the accounts `from .. to - 1` into their places of `out`. Refuses what `doubtFigures` doubts, and what there is no room for; nothing is written then. */
export type FiguresSweep = (
  crowd: CrowdAccounts,
  from: number,
  to: number,
  out: CrowdFigures,
) => Refusal | undefined;

/** Makes a book ready to judge crowds; refuses what the body cannot hold. */
export type FiguresBody = (book: GridBook) => FiguresSweep | Refusal;

/** Room for the figures of so many accounts. @example crowdFigures(crowd.count).equity.length */
export function crowdFigures(count: number): CrowdFigures {
  const column = () => new BigInt64Array(count);
  return {
    equity: column(),
    maintenance: column(),
    release: column(),
    initial: column(),
    locked: column(),
    asked: new Uint8Array(count),
  };
}

/**
 * What may not be withdrawn (M-31): unsettled profit, and what must stay beyond the initial line.
 * @example lockedOf(judgeLines(book, held), held.unsettled)
 */
export function lockedOf({ staying, initial }: Pick<Lines, 'staying' | 'initial'>, unsettled: number): Usd {
  const credit = [staying.initial - initial.amount, staying.release - initial.amount].reduce(
    (most, missing) => (missing > most ? missing : most),
    0n,
  );
  return usd(owedUp(Math.max(0, unsettled)) + credit);
}

/** Figures of one account, in the order of the columns. */
function figuresOf(book: GridBook, holdings: Holdings, unsettled: number): Usd[] {
  const lines = judgeLines(book, { holdings, fills: [] });
  const { maintenance, release, initial } = lines;
  const amounts = [maintenance, release, initial].map(({ amount }) => amount);
  return [equityOf(holdings, book.risk), ...amounts, lockedOf(lines, unsettled)];
}

/** The body in TypeScript: every account judged as a single one is. It asks only about whoever has more than 64 bits of the ledger hold. */
export const typescriptFigures: FiguresBody = (book) => {
  return (crowd, from, to, out) => {
    const wrong = doubtFigures(crowd, book.risk, from, to, out);
    if (wrong !== undefined) return wrong;
    const { start, rows, quantities, unsettled } = crowd;
    const columns = [out.equity, out.maintenance, out.release, out.initial, out.locked];
    for (let i = from; i < to; i++) {
      const [first, end] = [start[i]!, start[i + 1]!];
      const holdings = { rows: rows.subarray(first, end), quantities: quantities.subarray(first, end) };
      const figures = figuresOf(book, holdings, unsettled[i]!);
      out.asked[i] = figures.every((amount) => BigInt.asIntN(64, amount) === amount) ? 0 : 1;
      columns.forEach((column, k) => {
        column[i] = figures[k]!;
      });
    }
    return undefined;
  };
};

/** Portfolios as a crowd, and those that are in none. */
export interface Columned {
  readonly crowd: CrowdAccounts;
  /** The place among the portfolios of every account of the crowd, ascending. */
  readonly places: Int32Array;
  /** By place: why a portfolio is left out and is to be assessed by itself, which says what else is wrong with it. */
  readonly apart: ReadonlyMap<number, Refusal>;
}

/**
 * Portfolios in columns, netted as `hold` nets them. Left out, each with its reason: whoever has open orders or an isolated position, and what the book
 * refuses.
 * @example columnsOf(portfolios, book.risk) // { crowd, places, apart }
 */
export function columnsOf(portfolios: Iterable<Portfolio>, book: RiskBook): Columned {
  const columns = new CrowdColumns(book);
  const places: number[] = [];
  const apart = new Map<number, Refusal>();
  let place = 0;
  for (const portfolio of portfolios) {
    if (portfolio.orders.length === 0 && isWhole(portfolio, columns)) {
      columns.keep();
      places.push(place);
    } else {
      columns.drop();
      const held = portfolio.orders.length > 0 ? hasOrders(portfolio) : hold(portfolio, book);
      assert(isRefusal(held), 'what no column takes is what `hold` refuses');
      apart.set(place, held);
    }
    place++;
  }
  return { crowd: columns.crowd(), places: Int32Array.from(places), apart };
}

/** Whether all that a portfolio holds could be added. */
function isWhole({ balances, positions }: Portfolio, columns: CrowdColumns): boolean {
  return (
    balances.every(({ asset, quantity, kind }) => columns.balance(asset, quantity, kind)) &&
    positions.every(
      ({ product, quantity, entryPrice, isolated }) =>
        isolated === undefined && columns.position(product, quantity, entryPrice),
    )
  );
}

function hasOrders({ account }: Portfolio): Refusal {
  return refuse('not-supported', 'it has open orders and is judged by itself; assess it.', account);
}

/** Whether rows ascend within the book and quantities are numbers of sense, in one look at every position; what is wrong is not said. */
function isSound({ count, start, rows, quantities, unsettled }: CrowdAccounts, products: number): boolean {
  const positions = Math.min(rows.length, quantities.length);
  if (start.length !== count + 1 || start[0] !== 0 || unsettled.length < count) return false;
  for (let i = 0; i < count; i++) {
    const end = start[i + 1]!;
    if (!(end >= start[i]! && end <= positions && Number.isFinite(unsettled[i]!))) return false;
    let last = -1;
    for (let p = start[i]!; p < end; p++) {
      const row = rows[p]!;
      const quantity = quantities[p]!;
      if (row <= last || quantity === 0 || !(Math.abs(quantity) <= HELD_MAX)) return false;
      last = row;
    }
    if (last >= products) return false;
  }
  return true;
}

/**
 * Doubts a crowd before it is judged, as `hold` would have: what `doubtCrowd` doubts, a quantity of zero, unsettled profit that is no number. Names the account.
 * @example doubtAccounts(crowd, book.risk) // undefined, or the refusal
 */
export function doubtAccounts(crowd: CrowdAccounts, book: Pick<RiskBook, 'products'>): Refusal | undefined {
  if (isSound(crowd, book.products.length)) return undefined;
  const doubt = doubtCrowd(crowd, book);
  if (doubt !== undefined) return doubt;
  const { count, start, rows, quantities, unsettled } = crowd;
  if (unsettled.length < count)
    return refuse(
      'malformed',
      `it has ${unsettled.length} unsettled profits for ${count} accounts.`,
      'crowd',
    );
  for (let i = 0; i < count; i++) {
    const own = `account ${i} of the crowd`;
    if (!Number.isFinite(unsettled[i]!))
      return refuse('malformed', 'its unsettled profit is no number.', own);
    for (let p = start[i]!; p < start[i + 1]!; p++) {
      if (quantities[p] === 0)
        return refuse('malformed', `its quantity of row ${rows[p]} is zero; leave the row out.`, own);
    }
  }
  return undefined;
}

/**
 * Doubts what a sweep of figures is asked: the crowd as `doubtAccounts`, which of its accounts, and the room in every column of the answer.
 * @example doubtFigures(crowd, book.risk, 0, crowd.count, crowdFigures(crowd.count)) // undefined, or the refusal
 */
export function doubtFigures(
  crowd: CrowdAccounts,
  book: Pick<RiskBook, 'products'>,
  from: number,
  to: number,
  out: CrowdFigures,
): Refusal | undefined {
  const { equity, maintenance, release, initial, locked, asked } = out;
  const room = Math.min(
    ...[equity, maintenance, release, initial, locked, asked].map((column) => column.length),
  );
  return doubtAccounts(crowd, book) ?? doubtRange(crowd, from, to, room, 1);
}
