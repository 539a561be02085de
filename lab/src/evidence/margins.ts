// docs/evidence/first-margins.md: what six books are asked for, next to what the next day really cost them.

import {
  assess,
  type ChainSnapshot,
  dollars,
  fitMarket,
  formatInstant,
  futureProfit,
  grid,
  gridDefaults,
  type Instant,
  type Portfolio,
  type Position,
  parseInstant,
  productsOf,
  type Standing,
  withFutures,
} from '@plimsoll/core';
import { sampleBooks } from './books.ts';
import { orThrow, perpetualsAt, snapshotsOf } from './data.ts';
import { dollarsText, markdownTable, preface, shareText } from './markdown.ts';

interface Day {
  readonly title: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const DAYS: readonly Day[] = [
  {
    title: 'A calm day: 8 August 2026',
    file: 'deribit_chain_daily_2026-08.csv.gz',
    from: '2026-08-08T09:00:00Z',
    to: '2026-08-09T10:30:00Z',
  },
  {
    title: 'The crash: 5 February 2026',
    file: 'deribit_chain_stress_2026-02_all_snapshots.csv.gz',
    from: '2026-02-05T09:30:00Z',
    to: '2026-02-06T10:00:00Z',
  },
];

/** Venue marks of one snapshot: options in coins, perpetuals and index in dollars. */
class Marks {
  readonly at: Instant;
  private readonly options: ReadonlyMap<string, number>;
  private readonly futures: ReadonlyMap<string, number>;
  private readonly indices = new Map<string, number>([['USD', 1]]);

  constructor(snapshot: ChainSnapshot) {
    this.at = snapshot.at;
    this.options = new Map(snapshot.options.map(({ product, mark }) => [product.id, mark ?? 0]));
    this.futures = new Map(snapshot.futures.map(({ product, mark }) => [product.id, mark]));
    const rows = new Map<string, number[]>();
    for (const { product, index } of snapshot.options) {
      if (index !== undefined) rows.set(product.underlying, [...(rows.get(product.underlying) ?? []), index]);
    }
    for (const [coin, values] of rows) {
      this.indices.set(coin, values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
    }
  }

  index(asset: string): number {
    return this.indices.get(asset)!;
  }

  /** Dollars of a position; a perpetual's profit counts from its entry, an expired option is settled at this snapshot's index. */
  value({ product, quantity }: Position, entry: Marks): number {
    const index = this.index(product.underlying);
    if (product.kind === 'option') {
      const intrinsic = Math.max(
        0,
        product.right === 'call' ? index - product.strike : product.strike - index,
      );
      const coins = product.expiry <= this.at ? intrinsic / index : this.options.get(product.id)!;
      return quantity * coins * index;
    }
    return quantity * futureProfit(product, entry.mark(product.id), this.mark(product.id)) * index;
  }

  /** The perpetual's mark, or the index where the folder has none. */
  mark(id: string): number {
    return this.futures.get(id) ?? this.index(id.split('-')[0]!);
  }

  equity(portfolio: Portfolio, entry: Marks): number {
    const balances = portfolio.balances.reduce(
      (sum, { asset, quantity }) => sum + quantity * this.index(asset),
      0,
    );
    return portfolio.positions.reduce((sum, position) => sum + this.value(position, entry), balances);
  }
}

async function readDay(data: string, day: Day): Promise<ChainSnapshot[]> {
  const [from, to] = [orThrow(parseInstant(day.from)), orThrow(parseInstant(day.to))];
  const marked: ChainSnapshot[] = [];
  for await (const snapshot of snapshotsOf(data, day.file, from, to)) {
    marked.push(withFutures(snapshot, await perpetualsAt(data, snapshot.at)));
  }
  return marked;
}

function judge(portfolio: Portfolio, snapshot: ChainSnapshot): Standing {
  const market = orThrow(fitMarket(snapshot));
  const book = orThrow(grid.book(productsOf(portfolio), market, gridDefaults));
  return orThrow(assess(portfolio, book, grid));
}

function row(name: string, portfolio: Portfolio, snapshots: readonly ChainSnapshot[]): string[] {
  const standing = judge(portfolio, snapshots[0]!);
  const marks = snapshots.map((snapshot) => new Marks(snapshot));
  const start = marks[0]!.equity(portfolio, marks[0]!);
  const changes = marks.slice(1).map((later) => later.equity(portfolio, marks[0]!) - start);
  const worst = Math.min(0, ...changes);
  const [maintenance, initial] = [standing.requirement.maintenance, standing.requirement.initial].map(
    (line) => dollars(line.amount),
  );
  const share = (requirement: number) => (requirement > 0 ? shareText(-worst / requirement, 0) : '-');
  return [
    name,
    dollarsText(dollars(standing.equity)),
    dollarsText(maintenance!),
    dollarsText(initial!),
    dollarsText(worst),
    dollarsText(changes.at(-1)!),
    share(maintenance!),
    share(initial!),
  ];
}

const HEAD = [
  'book',
  'equity',
  'maintenance',
  'initial',
  'worst next day',
  'next day, end',
  'worst / maintenance',
  'worst / initial',
];

/** Judges the six books at the start of each day and follows them to the next by the venue's own marks. */
export async function marginsDocument(data: string, say: (line: string) => void): Promise<string> {
  const parts = [
    preface(
      'What six books are asked for, and what the next day cost',
      'npm run evidence -- ../shared/data margins',
    ),
    'Dollars. Requirement: model `grid` at its defaults on the fitted chain. Cost: the change of the book at the venue’s own marks over the',
    'snapshots of the following day (options at mark times index; an option that expired is settled at the next snapshot’s index). Worst is',
    'the lowest of the snapshots, not of the path between them. Maintenance stands for four hours and initial for a day (M-12, ranges in',
    'parameters.ts): a bad day may cost more than maintenance, which is what margin calls are for, and should not cost more than initial.',
    '',
  ];
  for (const day of DAYS) {
    const snapshots = await readDay(data, day);
    const [first, last] = [new Marks(snapshots[0]!), new Marks(snapshots.at(-1)!)];
    const move = (coin: string) => shareText(last.index(coin) / first.index(coin) - 1);
    const low =
      Math.min(...snapshots.map((snapshot) => new Marks(snapshot).index('BTC'))) / first.index('BTC') - 1;
    parts.push(
      `## ${day.title}`,
      '',
      `From ${formatInstant(first.at)} over ${snapshots.length - 1} later snapshot${snapshots.length === 2 ? '' : 's'} to ${formatInstant(last.at)}: BTC ${move('BTC')} (lowest ${shareText(low)}), ETH ${move('ETH')}.`,
      '',
      markdownTable(
        HEAD,
        sampleBooks(snapshots[0]!).map(({ name, portfolio }) => row(name, portfolio, snapshots)),
      ),
      '',
    );
    say(`margins: ${day.title}`);
  }
  return parts.join('\n');
}
