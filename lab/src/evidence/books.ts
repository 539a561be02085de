// The books that margins are shown on: chosen from what a chain lists, so that they can be built on any day.

import type {
  Balance,
  ChainSnapshot,
  Instant,
  Option,
  OptionQuote,
  Perpetual,
  Portfolio,
  Position,
} from '@plimsoll/core';

const MS_PER_DAY = 86_400_000;

interface Want {
  readonly coin: string;
  readonly right: 'call' | 'put';
  readonly days: number;
  /** Strike over forward. */
  readonly moneyness: number;
}

/** The listed option nearest to what is wanted: expiry first, then strike. */
function listedOption(snapshot: ChainSnapshot, { coin, right, days, moneyness }: Want): Option {
  const own = snapshot.options.filter(
    ({ product }) => product.underlying === coin && product.right === right,
  );
  const daysTo = (expiry: Instant) => (expiry - snapshot.at) / MS_PER_DAY;
  const nearest = (quotes: readonly OptionQuote[], distance: (quote: OptionQuote) => number) =>
    quotes.reduce((best, quote) => (distance(quote) < distance(best) ? quote : best));
  const { expiry } = nearest(own, ({ product }) => Math.abs(daysTo(product.expiry) - days)).product;
  const slice = own.filter(({ product }) => product.expiry === expiry);
  return nearest(slice, ({ product, forward }) => Math.abs(product.strike / forward - moneyness)).product;
}

function perpetual(coin: string): Perpetual {
  return {
    kind: 'perpetual',
    id: `${coin}-PERPETUAL`,
    underlying: coin,
    settlement: 'inverse',
    settleAsset: coin,
  };
}

const usd = (quantity: number): Balance => ({ asset: 'USD', kind: 'cash', quantity });

interface Book {
  readonly name: string;
  readonly portfolio: Portfolio;
}

function book(name: string, balances: readonly Balance[], positions: readonly Position[]): Book {
  return { name, portfolio: { account: name, balances, positions, orders: [] } };
}

/** A fly sold a day before expiry: it loses most when spot is pinned at the middle strike. */
function shortFly(snapshot: ChainSnapshot): Position[] {
  const middle = listedOption(snapshot, { coin: 'BTC', right: 'call', days: 1, moneyness: 1 });
  const wing = (moneyness: number) =>
    listedOption(snapshot, { coin: 'BTC', right: 'call', days: 1, moneyness });
  return [
    { product: wing(0.975), quantity: -20 },
    { product: middle, quantity: 40 },
    { product: wing(1.025), quantity: -20 },
  ];
}

/** Six books: strangle, calendar, covered call, two perpetuals, short-dated fly, nothing. */
export function sampleBooks(snapshot: ChainSnapshot): Book[] {
  const option = (right: 'call' | 'put', days: number, moneyness: number) =>
    listedOption(snapshot, { coin: 'BTC', right, days, moneyness });
  const index = snapshot.options.find(({ product }) => product.underlying === 'BTC')!.forward;
  return [
    book(
      'short strangle',
      [usd(250_000)],
      [
        { product: option('call', 30, 1.15), quantity: -10 },
        { product: option('put', 30, 0.85), quantity: -10 },
      ],
    ),
    book(
      'hedged calendar',
      [usd(250_000)],
      [
        { product: option('call', 30, 1), quantity: -10 },
        { product: option('call', 90, 1), quantity: 10 },
        { product: perpetual('BTC'), quantity: -Math.round(index / 100) * 100 * 0.5 },
      ],
    ),
    book(
      'covered call',
      [{ asset: 'BTC', kind: 'collateral', quantity: 10 }],
      [{ product: option('call', 30, 1.1), quantity: -10 }],
    ),
    book(
      'long BTC, short ETH',
      [usd(250_000)],
      [
        { product: perpetual('BTC'), quantity: 500_000 },
        { product: perpetual('ETH'), quantity: -500_000 },
      ],
    ),
    book('short fly, one day', [usd(50_000)], shortFly(snapshot)),
    book('empty book', [usd(250_000)], []),
  ];
}
