// The books that models are compared on: a dozen that a desk would recognise, built by rule from what a chain lists, so that they have
// the same shape and size on any day.

import type {
  Balance,
  ChainSnapshot,
  Future,
  OptionQuote,
  Perpetual,
  Portfolio,
  Position,
} from '@plimsoll/core';
import { Listing, lots, UNIT_USD } from './listed.ts';

const CASH_USD = 500_000;

/** A portfolio with its name and the words that say what it is. */
export interface Book {
  readonly name: string;
  readonly what: string;
  readonly portfolio: Portfolio;
}

/** A balance, and legs of options in coins or of futures in dollars. */
type Legs = readonly (readonly [OptionQuote | Perpetual | Future, number])[];

function account(name: string, what: string, balances: readonly Balance[], legs: Legs): Book {
  const positions = legs.map(([leg, quantity]): Position => {
    return { product: 'product' in leg ? leg.product : leg, quantity };
  });
  return { name, what, portfolio: { account: name, balances, positions, orders: [] } };
}

const cash: Balance = { asset: 'USD', kind: 'cash', quantity: CASH_USD };
const coins = (listing: Listing): Balance => ({
  asset: listing.coin,
  kind: 'collateral',
  quantity: listing.unit,
});

/** Days to expiry and deltas of what the maker trades: out of the money on both sides, and the call at the money. */
const MAKER_DAYS = [7, 14, 30, 60, 90, 180];
const MAKER_WINGS = [0.1, 0.2, 0.35];
/** Units of all its options together: what is bought and what is sold nearly cancel, and the risk that is left is that of one unit. */
const MAKER_UNITS = 10;

/** Every quote of the maker's board, expiry by expiry, from the lowest strike to the highest. */
export function boardOf(listing: Listing): OptionQuote[][] {
  const expiries = new Map(MAKER_DAYS.map((days) => [listing.expiry(days), days]));
  return [...expiries.values()].map((days) => [
    ...MAKER_WINGS.map((delta) => listing.byDelta('put', days, delta)),
    listing.struck('call', days, 1),
    ...MAKER_WINGS.toReversed().map((delta) => listing.byDelta('call', days, delta)),
  ]);
}

/** Bought and sold in turn along strikes and along expiries, and the delta of all of it hedged. */
function makerLegs(listing: Listing): Legs {
  const board = boardOf(listing);
  const each = lots((MAKER_UNITS * listing.unit) / board.flat().length);
  const legs = board.flatMap((slice, e) =>
    slice.map((quote, i) => [quote, (e + i) % 2 === 0 ? each : -each] as const),
  );
  const delta = legs.reduce((sum, [quote, quantity]) => sum + quantity * listing.delta(quote), 0);
  return [...legs, [listing.perpetual, listing.hedge(delta)]];
}

/** Positions in the coin itself and in its forwards. */
function linearBooks(btc: Listing, eth: Listing | undefined): Book[] {
  const books = [
    account('outright', 'long the perpetual', [cash], [[btc.perpetual, UNIT_USD]]),
    account(
      'basis',
      'long the perpetual, short the future of 90 days',
      [cash],
      [
        [btc.perpetual, UNIT_USD],
        [btc.future(90), -UNIT_USD],
      ],
    ),
  ];
  if (eth === undefined) return books;
  const across = account(
    'cross-asset',
    'long the BTC perpetual, short the ETH perpetual',
    [cash],
    [
      [btc.perpetual, UNIT_USD],
      [eth.perpetual, -UNIT_USD],
    ],
  );
  return [...books, across];
}

/** Positions whose loss has no floor. */
function shortBooks(btc: Listing): Book[] {
  const { unit } = btc;
  const [call, put] = [btc.byDelta('call', 30, 0.25), btc.byDelta('put', 30, 0.25)];
  const middle = btc.struck('call', 30, 1);
  return [
    account(
      'straddle',
      'short the 30-day call and put at the money',
      [cash],
      [
        [middle, -unit],
        [btc.struck('put', 30, 1), -unit],
      ],
    ),
    account(
      'strangle',
      'short the 30-day call and put of 25 delta',
      [cash],
      [
        [call, -unit],
        [put, -unit],
      ],
    ),
    account(
      'ratio',
      'long one 30-day put of 25 delta, short two of 10 delta',
      [cash],
      [
        [put, unit],
        [btc.byDelta('put', 30, 0.1), -2 * unit],
      ],
    ),
    account(
      'covered call',
      'own the coins, short the 30-day call of 25 delta',
      [coins(btc)],
      [[call, -unit]],
    ),
  ];
}

/** Positions in which every sold option is covered by a bought one. */
function coveredBooks(btc: Listing): Book[] {
  const { unit } = btc;
  const [call, put] = [btc.byDelta('call', 30, 0.25), btc.byDelta('put', 30, 0.25)];
  const fly = [0.975, 1, 1.025].map((moneyness) => btc.struck('call', 1, moneyness));
  return [
    account(
      'spread',
      'short the 30-day put of 25 delta, long the one of 10 delta',
      [cash],
      [
        [put, -unit],
        [btc.byDelta('put', 30, 0.1), unit],
      ],
    ),
    account(
      'calendar',
      'short the 30-day call at the money, long the 90-day one',
      [cash],
      [
        [btc.struck('call', 30, 1), -unit],
        [btc.struck('call', 90, 1), unit],
      ],
    ),
    account(
      'collar',
      'own the coins, long the 30-day put of 25 delta, short the call of 25 delta',
      [coins(btc)],
      [
        [put, unit],
        [call, -unit],
      ],
    ),
    account(
      'fly of one day',
      'short one call at 97.5 % and one at 102.5 % of the forward, long two at the money, one day to expiry',
      [cash],
      [
        [fly[0]!, -unit],
        [fly[1]!, 2 * unit],
        [fly[2]!, -unit],
      ],
    ),
  ];
}

/** The dozen: linear, short, covered, and a market maker's board. Where ETH is not listed there is no cross-asset book. */
export function standardBooks(snapshot: ChainSnapshot): Book[] {
  const hasEth = snapshot.options.some(({ product }) => product.underlying === 'ETH');
  const [btc, eth] = [new Listing(snapshot, 'BTC'), hasEth ? new Listing(snapshot, 'ETH') : undefined];
  const maker = makerLegs(btc);
  const what = `${maker.length - 1} options of 7 to 180 days and both wings, bought and sold in turn, ${MAKER_UNITS} units in all, hedged with the perpetual`;
  return [
    ...linearBooks(btc, eth),
    ...shortBooks(btc),
    ...coveredBooks(btc),
    account('market maker', what, [cash], maker),
  ];
}
