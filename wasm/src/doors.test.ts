// What the kernel refuses before it reads anything: rows that are not there, numbers that are none, more than there is room for.

import {
  type CrowdBook,
  isRefusal,
  type MarginModel,
  models,
  type Refusal,
  typescriptBody,
} from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { market } from '../../core/test/sample.ts';
import { layRows, ORDERS_MAX, openKernel, orderCheck, plainSweep, wasmBody } from './index.ts';
import { layOut } from './layout.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const said = (value: unknown) => (isRefusal(value) ? `${value.where}: ${value.message}` : 'answered');
const kernel = sure(await openKernel());
const model = models.grid as MarginModel;
const book = sure(
  model.book(everything as never, market as never, model.defaults as never),
) as unknown as CrowdBook;
const { risk } = book;
const rows = risk.products.length;

const crowdOf = (row: number, quantity: number) => ({
  count: 1,
  start: Int32Array.of(0, 1),
  rows: Int32Array.of(row),
  quantities: Float64Array.of(quantity),
});

describe('a crowd at the door', () => {
  const laid = sure(layRows(kernel, risk));
  const plain = sure(plainSweep(kernel, laid, book.plan.seen.maintenance));
  const bodies = {
    TypeScript: sure(typescriptBody(book)),
    WebAssembly: sure(wasmBody(kernel)(book)),
    'the plain sweep': plain.sweep,
  };
  for (const [name, sweep] of Object.entries(bodies)) {
    it(`${name} refuses rows and quantities that are none, and writes nothing`, () => {
      const out = new Float64Array(8).fill(7);
      expect(said(sweep(crowdOf(rows, 1), 0, 1, out))).toMatch(/account 0 of the crowd: it holds row/);
      expect(said(sweep(crowdOf(-1, 1), 0, 1, out))).toMatch(/holds row -1/);
      expect(said(sweep(crowdOf(0, Number.NaN), 0, 1, out))).toMatch(/no number/);
      expect(said(sweep(crowdOf(0, Number.POSITIVE_INFINITY), 0, 1, out))).toMatch(/no number/);
      expect(said(sweep(crowdOf(0, 1), 0, 2, out))).toMatch(/accounts 0 to 2 are asked for of 1/);
      expect(said(sweep(crowdOf(0, 1), 0, 1, new Float64Array(1)))).toMatch(/room for 1 numbers/);
      expect([...out]).toEqual(new Array(8).fill(7));
      expect(sweep(crowdOf(0, 1), 0, 1, out)).toBeUndefined();
    });
  }
});

describe('orders at the door', () => {
  const check = sure(orderCheck(kernel, sure(layRows(kernel, risk)), risk.laneCount));
  const orders = (count: number, row: number, quantity: number, jump: number) => ({
    rows: new Array<number>(count).fill(row),
    quantities: new Array<number>(count).fill(quantity),
    jumps: new Array<number>(count).fill(jump),
  });
  it('are refused where they are of no row, no number, or too many', () => {
    const profits = new Float64Array(risk.laneCount).fill(1);
    expect(check.keep(profits)).toBeUndefined();
    expect(said(check.keep(profits.with(3, Number.NaN)))).toMatch(/in lane 3 it is no number/);
    expect(said(check.keep(profits.subarray(1)))).toMatch(/the profits: it has/);
    expect(said(check.worst(orders(1, rows, 1, 0)))).toMatch(/order 0: it is of row/);
    expect(said(check.worst(orders(1, 0.5, 1, 0)))).toMatch(/of row 0.5/);
    expect(said(check.worst(orders(1, 0, Number.NaN, 0)))).toMatch(/must be numbers/);
    expect(said(check.worst(orders(1, 0, 1e19, 0)))).toMatch(/must be numbers/);
    expect(said(check.worst(orders(1, 0, 1, Number.NEGATIVE_INFINITY)))).toMatch(/must be numbers/);
    expect(said(check.worst(orders(ORDERS_MAX + 1, 0, 1, 0)))).toMatch(/a check takes 4096/);
    expect(check.worst(orders(0, 0, 1, 0))).toBe(1);
    expect(said(orderCheck(kernel, sure(layRows(kernel, risk)), risk.stride + 1))).toMatch(/room for/);
  });
});

describe('a book at the door', () => {
  const broken = (cell: number): CrowdBook => {
    const cells = risk.rows.slice();
    cells[3 * risk.stride + 5] = cell;
    return { ...book, risk: { ...risk, rows: cells } };
  };
  it('is refused with a cell that is no number, by its product', () => {
    for (const cell of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(said(layOut(broken(cell), kernel.arena))).toMatch(
        `${risk.products[3]!.id}: a cell of its row is no number`,
      );
      expect(said(layRows(kernel, broken(cell).risk))).toMatch(/row 3: a cell of it is no number/);
    }
  });
  it('is refused with more lanes than there may be', () => {
    const wide = { ...book, risk: { ...risk, laneCount: 4_097 } };
    expect(said(layOut(wide, kernel.arena))).toMatch(/4097 lanes; the kernel takes 4096/);
  });
});
