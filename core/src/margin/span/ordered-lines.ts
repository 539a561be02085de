// The three lines with open orders (M-59): never less than the worst subset of fills would ask for.

import { creditDown, owedUp, usd } from '../../base/index.ts';
import { isPremium } from '../../product/index.ts';
import type { Combined, Holdings, Swept } from '../../risk/index.ts';
import { collateralHaircuts } from '../haircut.ts';
import { boughtCharge, liftedTo, totalOf, withShare } from '../lines.ts';
import type { OrderFill } from '../orders.ts';
import type { Charge, Line } from '../requirement.ts';
import {
  boughtOf,
  coinsBought,
  eachLeast,
  haircutIn,
  keepOf,
  type LinesOf,
  type SpanBook,
  setsGivenUp,
} from './lines.ts';
import { type OrderedBook, type OrderedRisk, orderedBook, orderedRisk } from './ordered.ts';

/** A line, and what it was judged by. */
export interface OrderedLine extends Line {
  readonly judged: OrderedRisk;
}

/** A balance that fills move: dollars now, and the most they may add and take. */
interface MovedBalance {
  readonly row: number;
  readonly value: number;
  readonly up: number;
  readonly down: number;
}

/** Balances that may be owned after some fills and owed after others are judged both ways; beyond this many, each by itself. */
const BOTH_WAYS_MAX = 6;

function movedBalances({ risk }: SpanBook, holdings: Holdings, fills: readonly OrderFill[]): MovedBalance[] {
  const moves = new Map<number, { up: number; down: number }>();
  for (const { legs } of fills) {
    for (const { row, quantity } of legs.slice(1)) {
      const move = moves.get(row) ?? { up: 0, down: 0 };
      const worth = quantity * risk.columns.value[row]!;
      moves.set(row, { up: move.up + Math.max(0, worth), down: move.down + Math.max(0, -worth) });
    }
  }
  const held = new Map(Array.from(holdings.rows, (row, i) => [row, holdings.quantities[i]!]));
  return [...moves]
    .sort(([a], [b]) => a - b)
    .map(([row, move]) => ({ row, value: (held.get(row) ?? 0) * risk.columns.value[row]!, ...move }));
}

/** One way in which balances are cut: a share of each moved balance as though it stayed owned, or owed; and what is cut at its worst apart. */
interface Cut {
  /** Dollars charged per dollar of a balance; negative of one taken as owed. */
  readonly slopes: ReadonlyMap<number, number>;
  readonly charges: readonly Charge[];
}

function cutCharge(book: SpanBook, row: number, amount: number, inputs: Charge['inputs']): Charge[] {
  // What a balance taken the other way round gives back, its fills have paid for.
  const units = amount >= 0 ? owedUp(amount) : usd(-creditDown(-amount));
  const { underlying } = book.risk.products[row]!;
  return units === 0n ? [] : [{ name: 'collateral-haircut', underlying, amount: units, inputs }];
}

/** Every way to take the moved balances, owned or owed: a haircut is the larger of both, and so is the most it may come to. */
function cutsOf(book: SpanBook, balances: readonly MovedBalance[]): Cut[] {
  const haircut = haircutIn(book);
  const straddling = balances
    .filter(({ value, up, down }) => value + up > 0 && value - down < 0)
    .sort((a, b) => b.up + b.down - (a.up + a.down));
  const apart = new Set(straddling.slice(BOTH_WAYS_MAX));
  let cuts: Cut[] = [{ slopes: new Map(), charges: [] }];
  for (const balance of balances) {
    const { row, value, up, down } = balance;
    const own = haircut(book.risk.products[row]!.id);
    if (apart.has(balance)) {
      const most = Math.max(own.haircut * (value + up), own.owed * (down - value));
      const charge = cutCharge(book, row, most, { value, up, down });
      cuts = cuts.map(({ slopes, charges }) => ({ slopes, charges: [...charges, ...charge] }));
      continue;
    }
    const slopes = [...(value + up > 0 ? [own.haircut] : []), ...(value - down < 0 ? [-own.owed] : [])];
    cuts = cuts.flatMap((cut) =>
      slopes.map((slope): Cut => {
        const charge = cutCharge(book, row, slope * value, { value, share: Math.abs(slope) });
        return { slopes: new Map([...cut.slopes, [row, slope]]), charges: [...cut.charges, ...charge] };
      }),
    );
  }
  return cuts;
}

/** What leaves an account at once by a fill: what it loses in equity, and what it adds to the haircuts. */
function costsOf({ risk }: SpanBook, fills: readonly OrderFill[], { slopes }: Cut): Float64Array {
  return Float64Array.from(fills, ({ legs, jump }) =>
    legs
      .slice(1)
      .reduce(
        (cost, { row, quantity }) => cost + (slopes.get(row) ?? 0) * quantity * risk.columns.value[row]!,
        -jump,
      ),
  );
}

function combinedOf(book: SpanBook, { coins }: OrderedRisk): Combined {
  const own = book.risk.groups.underlyings.map((_, u) => {
    const scan = coins.find((coin) => coin.u === u)?.scan;
    return scan === undefined ? { lane: -1, loss: 0 } : { lane: Math.max(-1, scan.lane), loss: scan.loss };
  });
  const amount = own.reduce((sum, { loss }) => sum + loss, 0);
  const jointLanes = Int32Array.from(own, ({ lane }) => lane);
  return {
    line: 'maintenance',
    amount,
    joint: amount,
    ownSum: amount,
    retained: 1,
    own,
    jointLanes,
    driver: undefined,
  };
}

/** The sweep as the line counts it: in every scenario the fills that hurt there. */
function sweptBy({ base, arrays }: OrderedBook, { coins }: OrderedRisk): Swept {
  const pnl = new Float64Array(base.swept.pnl.length);
  for (const { u, losses } of coins) {
    losses.forEach((loss, s) => {
      pnl[u * arrays.risk.stride + s] = 0 - loss;
    });
  }
  return { ...base.swept, pnl };
}

/** One line of one choice of what is given up: its multiple of the risk, and what stands beside that. */
function lineOf(
  book: SpanBook,
  ordered: OrderedBook,
  cuts: readonly Cut[],
  beside: readonly Charge[],
  share: number,
  name: 'release-buffer' | 'initial-ratio',
): OrderedLine {
  const judge = (cut: Cut) => {
    const judged = orderedRisk(ordered, costsOf(book, ordered.fills, cut), 1 + share);
    const total = (1 + share) * judged.total + Number(totalOf(cut.charges)) / 1e8;
    return { cut, judged, total };
  };
  const { cut, judged } = cuts.map(judge).reduce((worst, one) => (one.total > worst.total ? one : worst));
  const combined = combinedOf(book, judged);
  const owed = owedUp(combined.amount);
  const charges = [...judged.charges, ...cut.charges, ...beside];
  const atRisk = usd(owed + totalOf(judged.charges));
  const amount = usd(owed + totalOf(charges));
  const maintenance: Line = { amount, swept: owed, charges, combined, sweep: sweptBy(ordered, judged) };
  return { ...withShare(maintenance, name, atRisk, share), judged };
}

/** Net option value that may be there after fills, and profit that they leave unsettled: dollars that may not be withdrawn, at most. */
function stayingOf(
  { risk }: SpanBook,
  kept: Holdings,
  fills: readonly OrderFill[],
  given: ReadonlySet<string>,
): number {
  const net = new Map<string, number>();
  const add = (row: number, quantity: number) => {
    const product = risk.products[row]!;
    if (!isPremium(product)) return;
    const before = net.get(product.underlying) ?? 0;
    net.set(product.underlying, before + quantity * risk.columns.value[row]!);
  };
  kept.rows.forEach((row, i) => {
    add(row, kept.quantities[i]!);
  });
  let unsettled = 0;
  for (const { legs, unsettled: profit } of fills) {
    const { row, quantity } = legs[0]!;
    unsettled += Math.max(0, profit);
    if (quantity > 0 && !given.has(risk.products[row]!.underlying)) add(row, quantity);
  }
  return unsettled + [...net.values()].reduce((sum, value) => sum + Math.max(0, value), 0);
}

/** Lines are bounded apart, and a bound may be as little above one truth as below the next; but what maintenance asks, all ask. */
function nested({ maintenance, release, initial, staying }: LinesOf<OrderedLine>): LinesOf<OrderedLine> {
  const lifted = liftedTo(release, maintenance);
  return { maintenance, release: lifted, initial: liftedTo(initial, lifted), staying };
}

/** The lines of holdings and open orders, each the smallest over what may be given up. */
export function orderedLeast(
  book: SpanBook,
  held: Holdings,
  fills: readonly OrderFill[],
): LinesOf<OrderedLine> {
  const { given: parameters, risk } = book;
  const coins = coinsBought(book, held);
  for (const { legs } of fills) {
    const coin = boughtOf(book, legs[0]!.row, legs[0]!.quantity);
    if (coin !== undefined) coins.add(coin);
  }
  const balances = movedBalances(book, held, fills);
  const cuts = cutsOf(book, balances);
  const moved = new Set(balances.map(({ row }) => risk.products[row]!.underlying));
  const still = collateralHaircuts(risk, held, haircutIn(book)).filter(
    ({ underlying }) => !moved.has(underlying!),
  );
  const all = setsGivenUp(coins).map((given): LinesOf<OrderedLine> => {
    const { holdings, givenUp } = keepOf(book, held, given);
    const ordered = orderedBook(book, held, holdings, fills, given);
    const beside = [...still, ...boughtCharge(givenUp)];
    const line = (share: number, name: 'release-buffer' | 'initial-ratio') =>
      lineOf(book, ordered, cuts, beside, share, name);
    const initial = line(parameters.initialRatio - 1, 'initial-ratio');
    const staying = usd(initial.amount + owedUp(stayingOf(book, holdings, fills, given)));
    const release = line(parameters.releaseBuffer, 'release-buffer');
    return { maintenance: line(0, 'release-buffer'), release, initial, staying };
  });
  return nested(eachLeast(all));
}
