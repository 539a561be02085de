// A whole requirement against an oracle that shares no code with core (vectors/golden/margin.py: 30 digits, exact normal law).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  assess,
  CHARGE_RULES,
  type Charge,
  dollars,
  grid,
  gridDefaults,
  isRefusal,
  type LineName,
  productsOf,
  type Refusal,
  readMarket,
  readParameters,
  readPortfolioJson,
} from '../index.ts';

interface Golden {
  readonly equity: string;
  readonly withdrawable: string;
  readonly lines: Readonly<Record<LineName, Readonly<Record<string, string>>>>;
  readonly worst: readonly {
    line: 'maintenance' | 'initial';
    underlying: string;
    lane: string;
    loss: string;
  }[];
  readonly charges: readonly { line: LineName; name: string; underlying?: string; amount: string }[];
  readonly pnl: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const LINES: readonly LineName[] = ['maintenance', 'release', 'initial'];

function text(name: string): string {
  return readFileSync(new URL(`../../../vectors/golden/${name}.json`, import.meta.url), 'utf8');
}

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** Far-off values by name, so that a failure says where; NaN is far off. */
function farOff(
  got: ReadonlyMap<string, number>,
  want: ReadonlyMap<string, string>,
  tolerance: number,
): string[] {
  const names = new Set([...got.keys(), ...want.keys()]);
  const off = (name: string) => Math.abs((got.get(name) ?? 0) - Number(want.get(name) ?? '0'));
  return [...names]
    .filter((name) => !(off(name) <= tolerance))
    .map((name) => `${name}: ${got.get(name)}, oracle ${want.get(name)}`);
}

// A book of every kind of product, and one that is best off letting its bought options go.
const BOOKS = [
  {
    name: 'margin',
    idle: ['bought-options', 'release-floor'],
  },
  {
    name: 'margin-bought',
    idle: ['short-option-minimum', 'option-value', 'release-floor'],
  },
];

describe.each(BOOKS)(
  'M-12, M-15..M-31 a requirement recomputed from the methodology: $name',
  ({ name, idle }) => {
    const golden = JSON.parse(text(name)) as Golden;
    const market = sure(readMarket(text('margin-market'), 'margin-market.json'));
    const portfolio = sure(readPortfolioJson(text(`${name}-portfolio`), `${name}-portfolio.json`));
    const parameters = sure(
      readParameters(text('margin-parameters'), 'margin-parameters.json', gridDefaults, grid.form),
    );
    const book = sure(grid.book(productsOf(portfolio), market, parameters));
    const { equity, requirement, withdrawable } = sure(assess(portfolio, book, grid));

    it('M-10..M-17 makes the same profit and loss in every lane, for every underlying', () => {
      const { pnl, book: swept } = requirement.initial.sweep;
      const got = new Map<string, number>();
      swept.groups.underlyings.forEach((underlying, u) => {
        swept.lanes.forEach(({ id }, s) => {
          got.set(`${id} ${underlying}`, pnl[u * swept.stride + s] ?? Number.NaN);
        });
      });
      const want = new Map<string, string>();
      for (const [lane, byUnderlying] of Object.entries(golden.pnl)) {
        for (const [underlying, value] of Object.entries(byUnderlying))
          want.set(`${lane} ${underlying}`, value);
      }
      expect([...got.keys()].sort()).toEqual([...want.keys()].sort());
      expect(got.size).toBeGreaterThan(300);
      expect(farOff(got, want, 1e-6)).toEqual([]);
    });

    it('M-18 finds the same worst lane of each underlying, and the same joint loss', () => {
      for (const line of ['maintenance', 'initial'] as const) {
        const { combined, sweep, swept } = requirement[line];
        const { underlyings } = sweep.book.groups;
        for (const { underlying, lane, loss } of golden.worst.filter((row) => row.line === line)) {
          const own = combined.own[underlyings.indexOf(underlying)];
          expect(Math.abs((own?.loss ?? Number.NaN) - Number(loss)), `${line} ${underlying}`).toBeLessThan(
            1e-6,
          );
          if (Number(loss) > 0)
            expect(sweep.book.lanes[own?.lane ?? -1]?.id, `${line} ${underlying}`).toBe(lane);
        }
        const got = { joint: combined.joint, separate: combined.ownSum, swept: dollars(swept) };
        for (const [key, value] of Object.entries(got)) {
          expect(Math.abs(value - Number(golden.lines[line][key])), `${line} ${key}`).toBeLessThan(2e-6);
        }
      }
    });

    it('M-19 M-21..M-30 charges the same by every rule but the idle ones', () => {
      const key = (line: LineName, name: string, underlying = '') => `${line} ${name} ${underlying}`;
      const charged = (line: LineName) =>
        requirement[line].charges.map(
          ({ name, underlying, amount }: Charge) => [key(line, name, underlying), dollars(amount)] as const,
        );
      const want = new Map(
        golden.charges.map((row) => [key(row.line, row.name, row.underlying), row.amount]),
      );
      expect(farOff(new Map(LINES.flatMap(charged)), want, 2e-6)).toEqual([]);
      const charging = new Set(golden.charges.map((row) => row.name));
      // M-33 is the last rule of grid; what is named after it belongs to other models.
      const own = Object.entries(CHARGE_RULES).flatMap(([one, rule]) =>
        Number(rule.slice(2)) <= 33 ? [one] : [],
      );
      expect(own.filter((one) => !charging.has(one))).toEqual(idle);
    });

    it('M-16 M-19 M-20 M-31 asks for the same on every line, of the same equity', () => {
      const got = new Map(LINES.map((line) => [line, dollars(requirement[line].amount)]));
      const want = new Map(LINES.map((line) => [line, golden.lines[line]['requirement'] ?? 'missing']));
      expect(farOff(got, want, 2e-6)).toEqual([]);
      expect(Math.abs(dollars(equity) - Number(golden.equity))).toBeLessThan(1e-6);
      expect(Math.abs(dollars(withdrawable) - Number(golden.withdrawable))).toBeLessThan(2e-6);
    });
  },
);
