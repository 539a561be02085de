// Derive's portfolio managers: every test portfolio through the models `derive-pmrm2` and `derive-pmrm`.

import {
  assess,
  isRefusal,
  type MarginModel,
  type ModelParameters,
  models,
  type Refusal,
  type Standing,
} from '@plimsoll/core';
import {
  accountMarket,
  COIN,
  collateralName,
  collateralsOf,
  expiriesOf,
  portfolioOf,
  productsOf,
  raw,
} from './derive-account.ts';
import { has, list, num, numOf, numOr, part, word } from './fields.ts';
import { type Checked, type Raw, type Suite, same, Unreadable, within } from './suite.ts';
import { answered } from './svi.ts';

/** What full-precision values are met to, relatively. */
const DIGITS = 1e-9;
/** Error of the array kernel, share of the forward per coin (M-04); where profit and loss cancel nothing finer can be asked. */
const KERNEL = 2e-12;
/** Amounts are whole 1e-8 dollars, each charge rounded by itself. */
const LEDGER = 1e-7;

/** A named table of the file: `paramSets`, `scenarioSets`, `portfolios`. */
function named(suite: Raw, table: string, input: Raw, field: string): unknown {
  const key = word(input, field);
  const found = part(suite, table)[key];
  if (found === undefined) throw new Unreadable(`${table} has no "${key}"`);
  return found;
}

/** Numbers of a parameter set, overrides laid in. */
function numbersOf(set: Raw, overrides: Raw): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.keys(set).map((group) => {
      const fields = { ...part(set, group), ...(has(overrides, group) ? part(overrides, group) : {}) };
      return [group, Object.fromEntries(Object.keys(fields).map((field) => [field, num(fields, field)]))];
    }),
  );
}

function scenariosOf(rows: unknown): object[] {
  if (!Array.isArray(rows)) throw new Unreadable('a scenario set is not a list');
  return rows.map((row) => {
    const scenario = raw(row, 'a scenario');
    return {
      spotShock: num(scenario, 'spotShock'),
      volShock: word(scenario, 'volShock').toLowerCase(),
      dampeningFactor: numOr(scenario, 'dampeningFactor', 1),
    };
  });
}

/** Parameters of the model for the case's one market. */
function parametersOf(model: MarginModel, row: Raw, suite: Raw, book: Raw): ModelParameters {
  const input = part(row, 'input');
  const overrides = has(input, 'paramOverrides') ? part(input, 'paramOverrides') : {};
  const set = numbersOf(raw(named(suite, 'paramSets', input, 'params'), 'a parameter set'), overrides);
  const collaterals = collateralsOf(book).map((one) => [
    collateralName(one),
    {
      mmHaircut: num(one, 'mmHaircut'),
      imHaircut: num(one, 'imHaircut'),
      riskCancelling: one['isRiskCancelling'] === true ? 1 : 0,
    },
  ]);
  const market = {
    ...set,
    scenarios: scenariosOf(named(suite, 'scenarioSets', input, 'scenarios')),
    ...(model.id === 'derive-pmrm2' ? { collaterals: Object.fromEntries(collaterals) } : {}),
  };
  return { ...model.defaults, markets: { [COIN]: market } } as ModelParameters;
}

/** The tables of a case that hold thresholds: what it overrides before what the set says. */
function thresholdsOf(row: Raw, suite: Raw): Raw[] {
  const input = part(row, 'input');
  const set = raw(named(suite, 'paramSets', input, 'params'), 'a parameter set');
  const overrides = has(input, 'paramOverrides') ? part(input, 'paramOverrides') : {};
  const other = 'otherContingency';
  const table = has(set, other) ? part(set, other) : {};
  return [{ ...table, ...(has(overrides, other) ? part(overrides, other) : {}) }];
}

/** A case's account under a model. */
function standingOf(model: MarginModel, row: Raw, suite: Raw): Standing | Refusal {
  const input = part(row, 'input');
  const state = raw(named(suite, 'portfolios', input, 'portfolio'), 'a portfolio');
  const portfolio = portfolioOf(state);
  const parameters = parametersOf(model, row, suite, state);
  const book = model.book(productsOf(portfolio), accountMarket(state, thresholdsOf(row, suite)), parameters);
  return isRefusal(book) ? book : assess(portfolio, book, model);
}

/** Dollars as the case counts them. */
const counted = (amount: bigint, unit: number) => Number(amount) / 1e8 / unit;

/** What a standing says under the names of the case; a lifted line without its lift, which is ours. */
function amountsOf(standing: Standing, unit: number): Record<string, number> {
  const { equity, requirement, excess } = standing;
  const lift = requirement.initial.charges.find(({ name }) => name === 'release-floor')?.amount ?? 0n;
  return {
    im: counted(excess.initial + lift, unit),
    mm: counted(excess.maintenance, unit),
    mtm: counted(equity, unit),
  };
}

/** Profit and loss of the coin in every scenario, and of the basis behind them; an account of nothing but cash has none. */
function pnlOf({ requirement }: Standing, unit: number): number[] {
  const { pnl, book } = requirement.initial.sweep;
  const u = book.groups.underlyings.indexOf(COIN);
  if (u < 0) return book.lanes.map(() => 0);
  return book.lanes.map((_, s) => pnl[u * book.stride + s]! / unit);
}

/** Contracts times what one may be worth: what errors of single prices are shares of. */
function sizeOf(state: Raw): number {
  const spot = num(state, 'spotPrice');
  return expiriesOf(state).reduce(
    (sum, expiry) => {
      const forward = num(expiry, 'forwardFixed') + num(expiry, 'forwardVariable');
      const sizes = list(expiry, 'options').map((one) => {
        const option = raw(one, 'an option');
        return Math.abs(num(option, 'amount')) * Math.max(forward, num(option, 'strike'));
      });
      return sum + sizes.reduce((total, size) => total + size, 0);
    },
    spot * (Math.abs(num(state, 'perpPosition')) + Math.abs(num(state, 'cash')) / spot),
  );
}

function compared(standing: Standing, state: Raw, facts: Raw): Checked[] {
  const unit = num(state, 'stablePrice');
  const size = KERNEL * sizeOf(state);
  const check = (name: string, expected: number, got: number) =>
    within(name, expected, got, Math.max(DIGITS * Math.abs(expected), size, LEDGER));
  const amounts = amountsOf(standing, unit);
  const checks = Object.entries(amounts)
    .filter(([name]) => has(facts, name))
    .map(([name, got]) => check(name, num(facts, name), got));
  const pnl = pnlOf(standing, unit);
  const scenarios = has(facts, 'scenarioPnl') ? list(facts, 'scenarioPnl') : [];
  scenarios.forEach((expected, i) => {
    const name = `scenarioPnl[${i}]`;
    checks.push(check(name, numOf(expected, name), pnl[i] ?? 0));
  });
  if (has(facts, 'basisContingency')) {
    checks.push(check('basisContingency', num(facts, 'basisContingency'), pnl[scenarios.length] ?? 0));
  }
  return checks;
}

/** What the source's own test asserts of the two lines, by its own tolerance. */
function assertedLines(standing: Standing, state: Raw, facts: Raw): Checked[] {
  const amounts = amountsOf(standing, num(state, 'stablePrice'));
  const stated = part(facts, 'tolerance');
  return ['im', 'mm'].map((name) => {
    const got = amounts[name]!;
    const expected = num(facts, name);
    const words = String(stated[name] ?? stated['all']);
    // An amount that is whole to the last unit of the ledger may stand a unit below.
    if (words.includes('whole dollars')) {
      const near = Math.abs(got - expected) <= LEDGER;
      return same(name, String(expected), String(near ? expected : Math.trunc(got)));
    }
    const [, kind, size] = /^(rel|abs) ([0-9.e+-]+)/.exec(words) ?? [];
    if (kind === undefined) return within(name, expected, got, Math.max(DIGITS * Math.abs(expected), LEDGER));
    const allowed = Math.max(Number(size) * (kind === 'rel' ? Math.abs(expected) : 1), LEDGER);
    return within(name, expected, got, allowed);
  });
}

function managerSuite(id: string, model: MarginModel): Suite {
  return {
    id,
    answer(row, suite) {
      const standing = standingOf(model, row, suite);
      const facts = part(row, 'asserted');
      if (isRefusal(standing)) return [answered('im', num(facts, 'im'), standing, 0)];
      const state = raw(named(suite, 'portfolios', part(row, 'input'), 'portfolio'), 'a portfolio');
      const exact = has(row, 'solidity') ? compared(standing, state, part(row, 'solidity')) : [];
      return [...exact, ...assertedLines(standing, state, facts)];
    },
  };
}

/** Both versions of the portfolio manager. */
export const deriveManagerSuites: readonly Suite[] = [
  managerSuite('derive.PMRM_2', models['derive-pmrm2']),
  managerSuite('derive.PMRM', models['derive-pmrm']),
];
