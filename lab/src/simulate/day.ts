// A day of a small venue, as the inputs of its engine: a calm morning, a crash at noon, calls that are answered and calls that are not.

import {
  fitMarket,
  type GridParameters,
  gridDefaults,
  type Instant,
  instant,
  isRefusal,
  type Market,
  type OptionQuote,
  type Refusal,
} from '@plimsoll/core';
import {
  enginePolicy,
  type Input,
  type ProductTerms,
  priceUnits,
  type Tradable,
} from '@plimsoll/core/engine';
import { simulateChain } from './chain.ts';

/** An input with the time it comes at. */
export interface TimedInput {
  readonly at: Instant;
  readonly input: Input;
}

const HOURS = 12;
const CRASH = { hour: 5, move: -0.16 };
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
/** Slices an hour: everybody is judged once. */
const SLICE = 100;
const USD_UNITS = 100_000_000n;

const day = (input: Input, at: Instant): TimedInput => ({ at, input });

/** The listed option nearest to a moneyness, of the expiry nearest to so many days. */
function optionNear(
  options: readonly OptionQuote[],
  at: Instant,
  days: number,
  moneyness: number,
  right: 'call' | 'put',
) {
  const distance = ({ product, forward }: OptionQuote) =>
    Math.abs((product.expiry - at) / (24 * HOUR_MS) - days) / days +
    10 * Math.abs(product.strike / forward - moneyness);
  const own = options.filter(({ product }) => product.underlying === 'BTC' && product.right === right);
  return own.reduce((best, quote) => (distance(quote) < distance(best) ? quote : best));
}

/** An option's lot is a tenth of a coin, a perpetual's ten dollars. */
function termsOf(product: Tradable): ProductTerms {
  return product.kind === 'option'
    ? { product, lot: 1, lotDecimals: 1, tick: 10_000 }
    : { product, lot: 10, lotDecimals: 0, tick: 50_000_000 };
}

const onTick = (price: number, tick: number) => Math.max(tick, Math.round(priceUnits(price) / tick) * tick);

/** What opens the venue: its policy, assets, products and model. */
function opening(products: readonly Tradable[], at: Instant): TimedInput[] {
  const market = { ageMax: 2 * HOUR_MS, tradeAgeMax: 2 * HOUR_MS, jumpMax: 2 * HOUR_MS };
  const policy = {
    ...enginePolicy,
    version: 'demo',
    market,
    ladder: { ...enginePolicy.ladder, deadline: 2 * HOUR_MS },
  };
  const parameters: GridParameters = gridDefaults;
  return [
    day({ kind: 'policy', policy, operator: 'demo' }, at),
    ...['USD', 'BTC', 'ETH'].map((asset) =>
      day({ kind: 'asset', terms: { asset, decimals: 8, borrowRate: 0.1, borrowMax: 0n } }, at),
    ),
    ...products.map((product) => day({ kind: 'list', terms: termsOf(product) }, at)),
    day(
      {
        kind: 'propose',
        set: 'grid-1',
        model: 'grid',
        parameters,
        groups: ['main'],
        shadowOf: [],
        from: at,
        operator: 'demo',
        reason: 'the first day',
      },
      at,
    ),
  ];
}

/** Accounts, their owners' dollars, and what they hold: bought or sold against the maker at the mark. */
const TRADERS: readonly {
  readonly account: string;
  readonly dollars: number;
  readonly holds: readonly (readonly [what: 'perpetual' | 'call' | 'put', lots: number])[];
}[] = [
  { account: 'maker', dollars: 5_000_000, holds: [] },
  { account: 'holder', dollars: 120_000, holds: [['perpetual', 10_000]] },
  { account: 'gambler', dollars: 22_000, holds: [['perpetual', 10_000]] },
  { account: 'answers', dollars: 28_000, holds: [['perpetual', 12_000]] },
  { account: 'forgets', dollars: 26_300, holds: [['perpetual', 11_000]] },
  { account: 'writer', dollars: 90_000, holds: [['put', -40]] },
  {
    account: 'strangler',
    dollars: 160_000,
    holds: [
      ['put', -30],
      ['call', -30],
    ],
  },
  {
    account: 'hedged',
    dollars: 60_000,
    holds: [
      ['perpetual', 30_000],
      ['put', 33],
    ],
  },
];

/**
 * The inputs of a day on a simulated market: same seed, same inputs. Refuses a market that cannot be fitted.
 * @example for (const { at, input } of simulateDay(7)) apply(state, { seq: state.seq + 1, at, input }, desk)
 */
export function simulateDay(seed: number): readonly TimedInput[] | Refusal {
  const start = instant(Date.UTC(2026, 2, 2, 8));
  const chains = simulateChain({ seed, at: start, snapshots: HOURS, hours: 1, crash: CRASH });
  const first = chains[0]!;
  const [call, put] = [
    optionNear(first.options, start, 30, 1.1, 'call'),
    optionNear(first.options, start, 30, 0.95, 'put'),
  ];
  const perpetual = first.futures.find(
    ({ product }) => product.kind === 'perpetual' && product.underlying === 'BTC',
  )!;
  const traded = { perpetual, call, put };
  const products = Object.values(traded).map(({ product }) => product as Tradable);
  const out: TimedInput[] = opening(products, start);
  let ids = 0;
  const id = () => `demo-${++ids}`;
  for (const [hour, chain] of chains.entries()) {
    const market: Market | Refusal = fitMarket(chain);
    if (isRefusal(market)) return market;
    const at = (seconds: number) => instant(chain.at + seconds * SECOND_MS);
    const funding = new Map([[perpetual.product.id, 0.00001]]);
    out.push(day({ kind: 'market', market, health: new Map(), funding }, at(0)));
    if (hour === 0) out.push(...joining(traded, at(1), id));
    out.push(day({ kind: 'slice', count: SLICE }, at(2)));
    // One of them looks every hour, and tops up what a crash took.
    if (hour === CRASH.hour + 1) {
      out.push(
        day(
          { kind: 'deposit', account: 'answers', asset: 'USD', units: 20_000n * USD_UNITS, id: id() },
          at(60),
        ),
      );
    }
    out.push(day({ kind: 'beat' }, at(1_800)));
  }
  return out;
}

function joining(
  traded: Readonly<
    Record<
      'perpetual' | 'call' | 'put',
      { readonly product: { readonly id: string; readonly kind: string }; readonly mark?: number }
    >
  >,
  at: Instant,
  id: () => string,
): TimedInput[] {
  const out: TimedInput[] = [];
  out.push(day({ kind: 'deposit', account: 'insurance', asset: 'BTC', units: USD_UNITS / 2n, id: id() }, at));
  for (const { account, dollars } of TRADERS) {
    out.push(day({ kind: 'open', account, owner: account, group: 'main', category: 'professional' }, at));
    out.push(
      day({ kind: 'deposit', account, asset: 'USD', units: BigInt(dollars) * USD_UNITS, id: id() }, at),
    );
  }
  out.push(day({ kind: 'deposit', account: 'maker', asset: 'BTC', units: 50n * USD_UNITS, id: id() }, at));
  out.push(day({ kind: 'deposit', account: 'hedged', asset: 'BTC', units: USD_UNITS / 2n, id: id() }, at));
  for (const { account, holds } of TRADERS) {
    for (const [what, lots] of holds) {
      const { product, mark = 0 } = traded[what];
      const tick = product.kind === 'option' ? 10_000 : 50_000_000;
      const [buyer, seller] = lots > 0 ? [account, 'maker'] : ['maker', account];
      const input: Input = {
        kind: 'fill',
        product: product.id,
        lots: Math.abs(lots),
        price: onTick(mark, tick),
        buyer: { account: buyer, fee: 0n },
        seller: { account: seller, fee: 0n },
        taker: lots > 0 ? 'buyer' : 'seller',
        id: id(),
      };
      out.push(day(input, at));
    }
  }
  return out;
}
