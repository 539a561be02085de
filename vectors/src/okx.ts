// Worked cases of OKX's portfolio margin, through the model itself: market, portfolio and parameters are made from the case.

import {
  type AssetCode,
  assess,
  instant,
  isRefusal,
  type Market,
  models,
  type Perpetual,
  type Portfolio,
  productsOf,
  type Refusal,
  sentence,
  type UnderlyingMarket,
} from '@plimsoll/core';
import { type OkxParameters, type OkxUnit, okxHistory, okxUnits } from '@plimsoll/core/venues';
import { has, isRaw, list, num, numOf, part, skip, word } from './fields.ts';
import { type Checked, type Raw, type Suite, same, Unreadable, within as withinSize } from './suite.ts';

const model = models['okx-pm'];

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** A swap of a case: `BTC-USDT-SWAP`, so many contracts of so many coins. */
interface Swap {
  readonly coin: AssetCode;
  readonly quote: AssetCode;
  readonly coins: number;
  readonly entry: number;
  readonly mark: number;
  readonly index: number;
}

const QUOTES: readonly string[] = ['USDT', 'USDC'];

function swapOf(row: Raw, item: unknown): Swap {
  if (!isRaw(item)) throw new Unreadable('field "positions" holds something that is not an object');
  const [coin = '', quote = '', kind] = word(item, 'inst').split('-');
  if (kind !== 'SWAP' || !QUOTES.includes(quote)) skip(`${word(item, 'inst')} is no linear swap`);
  const coins = num(item, 'contracts') * num(item, `contract_size_${coin.toLowerCase()}`);
  const held = { coin, quote, coins, entry: num(item, 'avgPx'), mark: num(item, 'markPx') };
  return { ...held, index: indexOf(row, coin, quote, coins) };
}

/** The index is stated, or it is what the case's extreme move says: the venue does not print it. */
function indexOf(row: Raw, coin: string, quote: string, coins: number): number {
  const inputs = part(row, 'inputs');
  const name = `${coin.toLowerCase()}_index_${quote.toLowerCase()}`;
  if (has(inputs, name)) return num(inputs, name);
  const { extreme, share } = extremeOf(part(part(inputs, 'params'), coin));
  const loss = num(part(part(row, 'expected'), coin), 'mr6');
  return loss / (share * extreme * Math.abs(coins) * pegOf(inputs, quote));
}

const extremeOf = (params: Raw) => ({ extreme: num(params, 'mr6_move'), share: num(params, 'mr6_factor') });

/** Dollars of a quote currency; one where the case says nothing. */
function pegOf(inputs: Raw, quote: string): number {
  const name = `${quote.toLowerCase()}_usd`;
  return has(inputs, name) ? num(inputs, name) : 1;
}

function parametersOf(inputs: Raw, coins: readonly string[]): OkxParameters {
  const params = part(inputs, 'params');
  const base = okxHistory[1].parameters;
  const shares = new Set(coins.map((coin) => extremeOf(part(params, coin)).share));
  if (shares.size !== 1) throw new Unreadable('field "mr6_factor" differs between coins');
  const borrow = { maintenance: num(params, 'borrow_mmr'), initial: num(params, 'borrow_imr') };
  const own = coins.map((coin) => {
    const stated = part(params, coin);
    const known = base.coins[coin] ?? base.otherCoin;
    const moves = list(stated, 'mr1_moves').map((move, i) => numOf(move, `mr1_moves[${i}]`));
    const changed = {
      moves: moves.filter((move) => move > 0),
      extreme: num(stated, 'mr6_move'),
      basis: { ...known.basis, min: num(stated, 'mr4_min') },
      unwind: num(stated, 'mr7_rate_obs'),
    };
    return [coin, { ...known, ...changed }] as const;
  });
  return {
    ...base,
    coins: { ...base.coins, ...Object.fromEntries(own) },
    pegs: Object.fromEntries(Object.entries(base.pegs).map(([asset, peg]) => [asset, { ...peg, borrow }])),
    extremeShare: [...shares][0]!,
    initialFactor: num(params, 'imr_factor'),
  };
}

/** A market of nothing but indices and perpetuals, dollars. */
function marketOf(inputs: Raw, swaps: readonly Swap[]): Market {
  const coins = new Map<string, UnderlyingMarket>();
  for (const { coin, quote, mark, index } of swaps) {
    const peg = pegOf(inputs, quote);
    const levels = { index: index * peg, indexUncertainty: 0, perpetual: mark * peg };
    coins.set(coin, { underlying: coin, ...levels, futures: [], slices: [], refused: [] });
  }
  const pegs = [...new Set(swaps.map(({ quote }) => quote))].map(
    (quote) => [quote, pegOf(inputs, quote)] as const,
  );
  return {
    at: instant(0),
    source: 'case',
    underlyings: [...coins.values()].sort((left, right) => (left.underlying < right.underlying ? -1 : 1)),
    pegs: new Map([['USD', 1], ...pegs].sort() as [string, number][]),
    touches: new Map(),
    digest: '0'.repeat(64) as Market['digest'],
  };
}

function productOf({ coin, quote }: Swap): Perpetual {
  const id = `${coin}_${quote}-PERPETUAL`;
  return { kind: 'perpetual', id, underlying: coin, settlement: 'linear', settleAsset: quote };
}

/** The case states equity in its quote currency; what is not unsettled profit is cash. */
function portfolioOf(inputs: Raw, swaps: readonly Swap[]): Portfolio {
  const { quote } = swaps[0]!;
  const profit = swaps.reduce((sum, { coins, mark, entry }) => sum + coins * (mark - entry), 0);
  const equity = num(inputs, `asset_equity_${quote.toLowerCase()}`);
  return {
    account: 'case',
    balances: [{ asset: quote, kind: 'cash', quantity: equity - profit }],
    positions: swaps.map((swap) => ({
      product: productOf(swap),
      quantity: swap.coins,
      entryPrice: swap.entry,
    })),
    orders: [],
  };
}

const TERMS = ['delta', 'mr1', 'mr2', 'mr3', 'mr4', 'mr5', 'mr6', 'mr7', 'mr9', 'mmr', 'imr'] as const;

function unitChecks(expected: Raw, unit: OkxUnit, upl: number, near: Near): Checked[] {
  const named = (name: string) => `${unit.riskUnit} ${name}`;
  const checks = TERMS.filter((name) => has(expected, name)).map((name) => {
    return near(named(name), num(expected, name), unit[name]);
  });
  if (has(expected, 'mr6_pnl')) {
    checks.push(near(named('mr6_pnl'), num(expected, 'mr6_pnl'), unit.mr6FinalResult.pnl));
  }
  if (has(expected, 'upl')) checks.push(near(named('upl'), num(expected, 'upl'), upl));
  if (has(expected, 'mr1_worst')) {
    const worst = part(expected, 'mr1_worst');
    checks.push(near(named('mr1_worst spot'), num(worst, 'spot'), unit.mr1FinalResult.spotShock));
    checks.push(same(named('mr1_worst vol'), word(worst, 'vol'), unit.mr1FinalResult.volShock));
  }
  return checks;
}

/** A coin of which no contract is held is no unit: every term is zero. */
function emptyChecks(expected: Raw, coin: string, near: Near): Checked[] {
  return [...TERMS, 'upl', 'mr6_pnl']
    .filter((name) => has(expected, name))
    .map((name) => near(`${coin} ${name}`, num(expected, name), 0));
}

type Near = (name: string, expected: number, got: number) => Checked;

/** A ledger amount is rounded against the account: every charge by up to a unit, equity too. */
const LEDGER_UNIT = 1e-8;

/** The case's tolerance, relative ones never looser than 1e-9 beside what the ledger rounds: so many charges, at so many dollars a unit. */
function nearOf(row: Raw, charges: number, stable: number): Near {
  const { type, value } = part(row, 'tolerance');
  if (typeof value !== 'number' || (type !== 'abs' && type !== 'rel')) {
    throw new Unreadable('field "tolerance" is neither abs nor rel with a number');
  }
  const share = Math.min(value, 1e-9);
  const blur = ((charges + 1) * LEDGER_UNIT) / stable;
  return (name, expected, got) =>
    withinSize(name, expected, got, type === 'abs' ? value : share * Math.abs(expected) + blur);
}

const okxUnitsSuite: Suite = {
  id: 'OKX: portfolio margin risk units MR1..MR9',
  answer(row) {
    const inputs = part(row, 'inputs');
    const expected = part(row, 'expected');
    const swaps = list(inputs, 'positions').map((item) => swapOf(row, item));
    if (swaps.length === 0) throw new Unreadable('field "positions" is empty');
    if (new Set(swaps.map(({ quote }) => quote)).size > 1) skip('equity is stated in more than one currency');
    const coins = [...new Set(swaps.map(({ coin }) => coin))];
    const portfolio = portfolioOf(inputs, swaps);
    const market = marketOf(inputs, swaps);
    const book = sure(model.book(productsOf(portfolio), market, parametersOf(inputs, coins)));
    const { equity, requirement } = sure(assess(portfolio, book, model));
    const charges = Math.max(requirement.maintenance.charges.length, requirement.initial.charges.length);
    const near = nearOf(row, charges, pegOf(inputs, swaps[0]!.quote));
    const units = sure(okxUnits(requirement, book));
    const checks = coins.flatMap((coin) => {
      const peg = pegOf(inputs, swaps[0]!.quote);
      const upl = swaps
        .filter((swap) => swap.coin === coin)
        .reduce((sum, { coins: size, mark, entry }) => sum + size * (mark - entry) * peg, 0);
      if (!has(expected, coin)) return [];
      const unit = units.find(({ riskUnit }) => riskUnit === coin);
      const own = part(expected, coin);
      return unit === undefined ? emptyChecks(own, coin, near) : unitChecks(own, unit, upl, near);
    });
    return has(expected, 'account')
      ? [...checks, ...accountChecks(part(expected, 'account'), units, { requirement, equity }, near)]
      : checks;
  },
  remark: () => 'an index the case does not state is read off its MR6',
};

function accountChecks(
  expected: Raw,
  units: readonly OkxUnit[],
  { requirement, equity }: { readonly requirement: RequirementOf; readonly equity: bigint },
  near: Near,
): Checked[] {
  const dollars = (amount: bigint) => Number(amount) / 1e8;
  const { maintenance, initial } = requirement;
  const borrowed = ({ charges }: RequirementOf['initial']) =>
    charges.reduce((sum, { name, amount }) => sum + (name === 'mr8-borrowing' ? dollars(amount) : 0), 0);
  const got: Readonly<Record<string, number>> = {
    derivMmr: units.reduce((sum, { mmr }) => sum + mmr, 0),
    borrowMmr: borrowed(maintenance),
    borrowImr: borrowed(initial),
    totalMmr: dollars(maintenance.amount),
    totalImr: dollars(initial.amount),
    eq: dollars(equity),
  };
  const names = Object.keys(got).filter((name) => has(expected, name));
  return names.map((name) => near(name, num(expected, name), got[name]!));
}

type RequirementOf = Exclude<ReturnType<typeof model.require>, Refusal>;

/** Suites of OKX. */
export const okxSuites: readonly Suite[] = [okxUnitsSuite];
