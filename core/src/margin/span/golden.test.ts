// Whole SPAN requirements against an oracle that shares no code with core (vectors/golden/span.py: 30 digits, exact normal law).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  assess,
  CHARGE_RULES,
  dollars,
  isRefusal,
  type LineName,
  productsOf,
  type Refusal,
  readMarket,
  readParameters,
  readPortfolioJson,
  span,
  spanDefaults,
} from '../../index.ts';

interface Golden {
  readonly equity: string;
  readonly withdrawable: string;
  readonly lines: Readonly<Record<LineName, { readonly requirement: string; readonly swept: string }>>;
  readonly deltas: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, { readonly scan: string; readonly pnl: readonly string[] }>>;
  readonly charges: readonly { line: LineName; name: string; underlying?: string; amount: string }[];
}

const LINES: readonly LineName[] = ['maintenance', 'release', 'initial'];

function text(name: string): string {
  return readFileSync(new URL(`../../../../vectors/golden/${name}.json`, import.meta.url), 'utf8');
}

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

// A book of every kind of product by the defaults, and one that lets bought options go, by tables and ranges of its own.
const BOOKS = [
  {
    name: 'span',
    account: 'margin-portfolio',
    parameters: spanDefaults,
    idle: ['short-minimum', 'bought-options'],
  },
  {
    name: 'span-bought',
    account: 'margin-bought-portfolio',
    parameters: sure(
      readParameters(text('span-parameters'), 'span-parameters.json', spanDefaults, span.form),
    ),
    idle: ['calendar-spread', 'inter-commodity-credit'],
  },
];

describe.each(BOOKS)('M-50..M-58 a requirement recomputed from the methodology: $name', (told) => {
  const golden = JSON.parse(text(told.name)) as Golden;
  const market = sure(readMarket(text('margin-market'), 'margin-market.json'));
  const portfolio = sure(readPortfolioJson(text(told.account), `${told.account}.json`));
  const book = sure(span.book(productsOf(portfolio), market, told.parameters));
  const { equity, requirement, withdrawable } = sure(assess(portfolio, book, span));
  const near = (got: number, want: string | undefined, what: string, tolerance = 2e-6) =>
    expect(Math.abs(got - Number(want ?? 'missing')), `${what}: ${got}, oracle ${want}`).toBeLessThan(
      tolerance,
    );

  it('M-50 makes the same profit and loss in every scenario of every coin', () => {
    const { pnl, book: swept } = requirement.maintenance.sweep;
    for (const [coin, part] of Object.entries(golden.parts)) {
      const at = swept.groups.underlyings.indexOf(coin) * swept.stride;
      expect(part.pnl.length).toBe(swept.lanes.length);
      part.pnl.forEach((want, s) => {
        near(pnl[at + s]!, want, `${coin} ${swept.lanes[s]!.id}`, 1e-6);
      });
    }
  });

  it('M-52 reads the same composite deltas off the arrays', () => {
    for (const [product, want] of Object.entries(golden.deltas)) {
      near(book.deltas[book.risk.indexOf.get(product)!]!, want, product, 1e-6);
    }
  });

  it('M-51 M-53..M-58 charges and credits the same on every line', () => {
    const key = (line: LineName, name: string, underlying = '') => `${line} ${name} ${underlying}`;
    const got = new Map(
      LINES.flatMap((line) =>
        requirement[line].charges.map(({ name, underlying, amount }) => [
          key(line, name, underlying),
          dollars(amount),
        ]),
      ),
    );
    const want = new Map(golden.charges.map((row) => [key(row.line, row.name, row.underlying), row.amount]));
    expect([...got.keys()].sort()).toEqual([...want.keys()].sort());
    for (const [name, amount] of want) near(got.get(name)!, amount, name);
    const charging = new Set(golden.charges.map(({ name }) => name));
    const own = Object.entries(CHARGE_RULES).flatMap(([one, rule]) => (rule.startsWith('M-5') ? [one] : []));
    expect([...own, 'bought-options'].filter((one) => !charging.has(one))).toEqual(told.idle);
  });

  it('M-58 asks for the same on every line, of the same equity', () => {
    for (const line of LINES) {
      near(dollars(requirement[line].amount), golden.lines[line].requirement, line);
      near(dollars(requirement[line].swept), golden.lines[line].swept, `${line} swept`);
    }
    near(dollars(equity), golden.equity, 'equity');
    near(dollars(withdrawable), golden.withdrawable, 'withdrawable');
  });
});
