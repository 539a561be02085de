// Derive's Standard Manager: its cases become a market and a portfolio, and the model answers them as it answers any account.

import {
  assess,
  type Balance,
  dollars,
  isRefusal,
  models,
  type Perpetual,
  type Portfolio,
  type Position,
  productsOf,
  type Refusal,
  type Standing,
  sentence,
} from '@plimsoll/core';
import { allowanceOf, refused } from './derive-facts.ts';
import {
  confidenceOf,
  type FixtureCoin,
  type FixtureExpiry,
  type FixtureOption,
  isCallOf,
  marketOf,
  optionOf,
} from './derive-market.ts';
import { has, isRaw, list, num, part, word } from './fields.ts';
import { type Checked, type Raw, type Suite, spacing, Unreadable, within } from './suite.ts';

const model = models['derive-srm'];
type Parameters = typeof model.defaults;

/** Full-precision values are met to this, relative, where the source's own test asks for less. */
const RELATIVE = 1e-9;
/** A ledger amount is rounded against the account: every charge by up to a unit, equity too. */
const LEDGER_UNIT = 1e-8;

/** The named set with what a case says otherwise, at the same nesting. */
function parametersOf(input: Raw, source: Raw): Raw {
  const named = part(part(source, 'paramSets'), word(input, 'params'));
  const overrides = has(input, 'paramOverrides') ? part(input, 'paramOverrides') : {};
  const merged = Object.entries(named).map(([name, value]) => {
    const other = overrides[name];
    return [name, isRaw(value) && isRaw(other) ? { ...value, ...other } : (other ?? value)];
  });
  return Object.fromEntries(merged);
}

/** One set for every market, as the fixtures configure them. */
function modelParameters(set: Raw, markets: readonly string[]): Parameters {
  const [perp, option, oracle] = [part(set, 'perp'), part(set, 'option'), part(set, 'oracleContingency')];
  const [base, depeg] = [part(set, 'base'), part(set, 'depeg')];
  const all = <T>(value: T) => Object.fromEntries(markets.map((market) => [market, value]));
  return {
    ...model.defaults,
    version: 'fixture',
    perpMarginRequirements: all({ mmPerpReq: num(perp, 'mmPerpReq'), imPerpReq: num(perp, 'imPerpReq') }),
    optionMarginParams: all({
      maxSpotReq: num(option, 'maxSpotReq'),
      minSpotReq: num(option, 'minSpotReq'),
      mmCallSpotReq: num(option, 'mmCallSpotReq'),
      mmPutSpotReq: num(option, 'mmPutSpotReq'),
      MMPutMtMReq: num(option, 'MMPutMtMReq'),
      unpairedIMScale: num(option, 'unpairedIMScale'),
      unpairedMMScale: num(option, 'unpairedMMScale'),
      mmOffsetScale: num(option, 'mmOffsetScale'),
    }),
    baseMarginParams: all({ marginFactor: num(base, 'marginFactor'), IMScale: num(base, 'IMScale') }),
    oracleContingency: {
      perpThreshold: num(oracle, 'perpThreshold'),
      optionThreshold: num(oracle, 'optionThreshold'),
      baseThreshold: num(oracle, 'baseThreshold'),
      OCFactor: num(oracle, 'OCFactor'),
    },
    oracleContingencyParams: {},
    depegParams: { threshold: num(depeg, 'threshold'), depegFactor: num(depeg, 'depegFactor') },
  };
}

function expiriesOf(coin: string, market: Raw, thresholds: readonly Raw[]): FixtureExpiry[] {
  const expiries = new Map<number, FixtureExpiry & { options: FixtureOption[] }>();
  for (const item of list(market, 'options')) {
    if (!isRaw(item)) throw new Unreadable('field "options" holds something that is not an object');
    const seconds = num(item, 'secToExpiry');
    const forward = num(item, 'forward');
    const confidence = Math.min(
      confidenceOf(item, 'forwardConfidence', thresholds),
      confidenceOf(item, 'volConfidence', thresholds),
    );
    const known = expiries.get(seconds) ?? {
      seconds,
      forward,
      confidence,
      unfixed: seconds > 0 ? 1 : 0,
      options: [],
    };
    if (known.forward !== forward) throw new Unreadable('one expiry is stated with two forwards');
    const product = optionOf(coin, seconds, num(item, 'strike'), isCallOf(item));
    known.options.push({ product, amount: num(item, 'amount'), vol: num(item, 'vol') });
    expiries.set(seconds, { ...known, confidence: Math.min(known.confidence, confidence) });
  }
  return [...expiries.values()];
}

/** A market of a portfolio under its coin's name, and what the account holds there. */
function coinOf(name: string, market: Raw, thresholds: readonly Raw[]): FixtureCoin {
  return {
    name,
    spot: num(market, 'spotPrice'),
    perpetual: num(market, 'perpPrice'),
    spotConfidence: confidenceOf(market, 'spotConfidence', thresholds),
    perpConfidence: confidenceOf(market, 'perpConfidence', thresholds),
    expiries: expiriesOf(name, market, thresholds),
  };
}

function positionsOf({ name, expiries }: FixtureCoin, market: Raw): Position[] {
  const perpetual: Perpetual = {
    kind: 'perpetual',
    id: `${name}_USDC-PERPETUAL`,
    underlying: name,
    settlement: 'linear',
    settleAsset: 'USDC',
  };
  const options = new Map<string, Position>();
  for (const { product, amount } of expiries.flatMap((expiry) => expiry.options)) {
    options.set(product.id, { product, quantity: (options.get(product.id)?.quantity ?? 0) + amount });
  }
  const coins = num(market, 'perpPosition');
  return [...(coins === 0 ? [] : [{ product: perpetual, quantity: coins }]), ...options.values()];
}

const fixtureOf = (input: Raw, source: Raw) => part(part(source, 'portfolios'), word(input, 'portfolio'));

function standingOf(input: Raw, source: Raw): Standing | Refusal {
  const fixture = fixtureOf(input, source);
  const set = parametersOf(input, source);
  const markets = Object.entries(part(fixture, 'markets')).map(([name, market]) => {
    if (!isRaw(market)) throw new Unreadable(`market "${name}" is not an object`);
    return { market, coin: coinOf(name.toUpperCase(), market, [part(set, 'oracleContingency')]) };
  });
  const market = marketOf(
    markets.map(({ coin }) => coin),
    new Map([['USDC', num(fixture, 'stablePrice')]]),
  );
  // Unrealised profit counts only where a perpetual is held.
  const unsettled = markets
    .filter(({ market: own }) => num(own, 'perpPosition') !== 0)
    .reduce((sum, { market: own }) => sum + num(own, 'perpUnrealised'), 0);
  const balances: Balance[] = [
    { asset: 'USDC', kind: 'cash', quantity: num(fixture, 'cash') },
    { asset: 'USDC', kind: 'unsettled', quantity: unsettled },
    ...markets.map(({ coin, market: own }): Balance => {
      return { asset: coin.name, kind: 'collateral', quantity: num(own, 'basePosition') };
    }),
  ];
  const portfolio: Portfolio = {
    account: word(input, 'portfolio'),
    balances,
    positions: markets.flatMap(({ coin, market: own }) => positionsOf(coin, own)),
    orders: [],
  };
  const parameters = modelParameters(
    set,
    markets.map(({ coin }) => coin.name),
  );
  const book = model.book(productsOf(portfolio), market, parameters);
  return isRefusal(book) ? book : assess(portfolio, book, model);
}

const srm: Suite = {
  id: 'derive.SRM',
  answer(row, source) {
    const facts = part(row, 'asserted');
    const standing = standingOf(part(row, 'input'), source);
    if (has(facts, 'error')) return [refused(facts, isRefusal(standing) ? standing : 0)];
    if (isRefusal(standing)) throw new Unreadable(`refused: ${sentence(standing)}`);
    const { equity, excess, requirement } = standing;
    const stable = num(fixtureOf(part(row, 'input'), source), 'stablePrice');
    // The case counts in the stable, the ledger in dollars.
    const got = {
      im: [dollars(excess.initial) / stable, requirement.initial.charges.length],
      mm: [dollars(excess.maintenance) / stable, requirement.maintenance.charges.length],
      mtm: [dollars(equity) / stable, 0],
    } as const;
    const full = has(row, 'solidity') ? part(row, 'solidity') : undefined;
    return Object.entries(got).flatMap(([name, [value, charges]]): Checked[] => {
      const isFull = full !== undefined && has(full, name);
      if (!isFull && !has(facts, name)) return [];
      const expected = num(isFull ? full : facts, name);
      const tight = isFull ? RELATIVE * Math.abs(expected) : Number.POSITIVE_INFINITY;
      const stated = has(facts, name) ? allowanceOf(facts, name) : undefined;
      const loose = stated && Math.max(stated.absolute, stated.relative * Math.abs(expected));
      const blur = ((charges + 1) * LEDGER_UNIT) / stable + 2 * spacing(expected);
      return [within(name, expected, value, Math.min(tight, loose ?? tight) + blur)];
    });
  },
};

/** Suites of Derive's Standard Manager. */
export const deriveStandardSuites: readonly Suite[] = [srm];
