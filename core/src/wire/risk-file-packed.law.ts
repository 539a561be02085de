// Laws of packed files: whatever the rows, a packed requirement is never below the exact one, and not further above it than it says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything } from '../../test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../test/history.ts';
import { market, universe } from '../../test/sample.ts';
import { dollars, isRefusal, type Refusal, sentence, usd } from '../base/index.ts';
import { assess, type MarginBook, type MarginModel, models, type Portfolio } from '../margin/index.ts';
import { packRiskFile, readRiskFile, sealPackedFile, sealRiskFile, writeRiskFile } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

const LINES = ['maintenance', 'release', 'initial'] as const;
const packing = Object.values<MarginModel>(models).filter(({ packs }) => packs === true);
const past = { ...market, history: sampleHistory() };
const bookOf = (model: MarginModel) => sure(model.book(everything, past, fewWindows(model.defaults)));
const packed = (book: MarginBook) => sealPackedFile(sure(packRiskFile(book)));

/** The packed book's lines against the exact one's. */
function compare(account: Portfolio, model: MarginModel, exact: MarginBook, read: MarginBook): void {
  const [here, there] = [assess(account, exact, model), assess(account, read, model)];
  // What a venue does not list it does not list from a file either.
  if (isRefusal(here)) {
    expect(there).toEqual(here);
    return;
  }
  if (isRefusal(there)) throw new Error(sentence(there));
  expect(there.equity).toBe(here.equity);
  expect(there.withdrawable <= here.withdrawable).toBe(true);
  const held = here.requirement.holdings;
  const units = Array.from(held.rows, (row, i) => Math.abs(held.quantities[i]!) * read.risk.units![row]!);
  const hidden = units.reduce((sum, unit) => sum + unit, 0);
  for (const line of LINES) {
    const more = usd(there.requirement[line].amount - here.requirement[line].amount);
    expect(more >= 0n, `${line} is ${more} above`).toBe(true);
    // Twice what the words may hide, a fifth more on release; and what rounding asks for.
    expect(dollars(more)).toBeLessThanOrEqual(
      2.5 * hidden + 1e-6 + 1e-9 * dollars(here.requirement[line].amount),
    );
  }
}

const size = fc.double({ min: 1e-12, max: 1e9, noNaN: true });
const cell = fc.oneof(
  fc.constant(0),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.constantFrom(-1, 1, 2 ** -14, -(2 ** -14)),
);
/** How a row is made worse than any market makes one, from the row it was. */
const spoils = fc.oneof(
  fc.constant((row: Float64Array) => row),
  fc.constant((row: Float64Array) => row.map(() => 0)),
  fc.tuple(size, fc.nat(200)).map(
    ([huge, at]) =>
      (row: Float64Array) =>
        row.map((x, s) => (s === at % row.length ? -huge : x)),
  ),
  size.map((tiny) => (row: Float64Array) => row.map((x) => x * 1e-12 * Math.min(1, tiny))),
  size.map((by) => (row: Float64Array) => row.map((x) => -Math.abs(x) - by / 1e6)),
  fc.tuple(size, fc.array(cell, { minLength: 7, maxLength: 7 })).map(
    ([by, cells]) =>
      (row: Float64Array) =>
        row.map((_, s) => by * 1e-4 * cells[s % 7]!),
  ),
);

describe.each(packing)('the packed file of $id', (model) => {
  const exact = bookOf(model);

  it('M-79 never understates, and says how much it may overstate', () => {
    const file = sure(readRiskFile(packed(exact), 'risk.bin'));
    fc.assert(
      fc.property(accounts, (account) => compare(account, model, exact, file.book)),
      { numRuns: 60 },
    );
  });
});

describe('M-79 packed rows', () => {
  const { grid } = models;
  const whole = bookOf(grid);

  it('M-79 never understate whatever stands in them', () => {
    fc.assert(
      fc.property(
        fc.array(spoils, { minLength: 5, maxLength: 5 }),
        fc.array(accounts, { minLength: 4, maxLength: 4 }),
        (how, several) => {
          const { products, stride, lanes, rows } = whole.risk;
          const spoilt = rows.slice();
          products.forEach((_, p) => {
            const row = rows.slice(p * stride, p * stride + lanes.length);
            spoilt.set(how[p % how.length]!(row), p * stride);
          });
          const book = sure(grid.rebook({ ...whole.risk, rows: spoilt }, grid.defaults));
          const { book: read } = sure(readRiskFile(packed(book), 'risk.bin'));
          read.risk.rows.forEach((low, i) => {
            const unit = read.risk.units![Math.floor(i / stride)]!;
            if (i % stride >= lanes.length) return;
            const inside = low <= spoilt[i]! && (unit === 0 ? spoilt[i] === 0 : spoilt[i]! < low + unit);
            if (!inside) throw new Error(`${spoilt[i]} does not lie from ${low} to a unit of ${unit} above`);
          });
          for (const account of several) compare(account, grid, book, read);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('M-79 M-25 a loss that packing makes larger takes nothing off the short-option minimum', () => {
    const { lanes, stride, indexOf } = whole.risk;
    const rows = new Float64Array(whole.risk.rows.length);
    const laneOf = (id: string) => lanes.findIndex((lane) => lane.id === id);
    const [up, down] = [laneOf('grid/spot+100%r/vol-same'), laneOf('grid/spot-100%r/vol-same')];
    expect(Math.min(up, down)).toBeGreaterThanOrEqual(0);
    const held = (id: string) =>
      everything.find((product) => product.id === id) as Portfolio['positions'][number]['product'];
    const [btc, eth] = [held('BTC-PERPETUAL'), held('ETH-PERPETUAL')];
    const short = everything.find(
      ({ kind, underlying }) => kind === 'option' && underlying === 'ETH',
    ) as typeof btc;
    // BTC loses where ETH gains; ETH's own loss, elsewhere, is a tenth of its unit and is floored to a whole one.
    rows[indexOf.get(btc.id)! * stride + up] = -1e6;
    rows[indexOf.get(eth.id)! * stride + up] = 32_000;
    rows[indexOf.get(eth.id)! * stride + down] = -0.1;
    const book = sure(grid.rebook({ ...whole.risk, rows }, grid.defaults));
    const { book: read } = sure(readRiskFile(packed(book), 'risk.bin'));
    expect(read.risk.units![indexOf.get(eth.id)!]).toBe(1);
    const positions = [btc, eth, short].map((product, i) => ({ product, quantity: i < 2 ? 1 : -1 }));
    const account = { account: 'floored', balances: [], positions, orders: [] };
    const charges = sure(assess(account, book, grid)).requirement.maintenance.charges;
    expect(charges.some(({ name }) => name === 'short-option-minimum')).toBe(true);
    compare(account, grid, book, read);
  });

  it('M-79 never understate what the worst subset of open orders needs', () => {
    const { book: read } = sure(readRiskFile(packed(whole), 'risk.bin'));
    const orders = fc
      .array(
        fc.tuple(fc.nat(universe.length - 1), fc.boolean(), fc.double({ min: 0.1, max: 20, noNaN: true })),
        { minLength: 1, maxLength: 3 },
      )
      .map((several) =>
        several.map(([i, buys, quantity]): Portfolio['orders'][number] => {
          const product = universe[i]!;
          const price = whole.risk.columns.mark[whole.risk.indexOf.get(product.id)!]! * (buys ? 0.9 : 1.1);
          return { product, side: buys ? 'buy' : 'sell', quantity, price: Math.max(price, 1e-6) };
        }),
      );
    fc.assert(
      fc.property(accounts, orders, (account, open) => {
        const [here, there] = [whole, read].map((book) =>
          sure(assess({ ...account, orders: open }, book, grid)),
        );
        // Where the live answer is a bound itself, it may lie above what any subset needs.
        if (here!.requirement.orders === 'bound') return;
        for (const line of LINES) {
          expect(there!.requirement[line].amount >= here!.requirement[line].amount).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('M-78 charge what they may hide by coin, name the exact file, and have a digest of their own', () => {
    const file = sure(readRiskFile(packed(whole), 'risk.bin'));
    const one = sure(readRiskFile(sealRiskFile(sure(writeRiskFile(whole))), 'risk.json'));
    const head = new TextDecoder().decode(
      file.content.subarray(24, 24 + new DataView(file.content.buffer).getUint32(12, true)),
    );
    expect(JSON.parse(head).exact).toBe(one.digest);
    expect(file.book.risk.digest).not.toBe(whole.risk.digest);
    expect(file.content.length).toBeLessThan(one.content.length / 2);
    const short = everything.find(
      ({ kind }) => kind === 'option',
    ) as Portfolio['positions'][number]['product'];
    const account = {
      account: 'short',
      balances: [],
      positions: [{ product: short, quantity: -3 }],
      orders: [],
    };
    const { requirement } = sure(assess(account, file.book, file.model));
    const charge = requirement.initial.charges.find(({ name }) => name === 'packing')!;
    const unit = file.book.risk.units![file.book.risk.indexOf.get(short.id)!]!;
    expect(charge).toMatchObject({ underlying: 'BTC', inputs: { short: 3 * unit, long: 0 } });
    expect(unit).toBeGreaterThan(0);
    expect(file.book.risk.units![file.book.risk.indexOf.get('USD')!]).toBe(0);
  });

  it('M-78 are refused where a model reads more off its rows, and once is enough', () => {
    expect(packRiskFile(bookOf(models.span))).toMatchObject({ kind: 'refused', reason: 'not-supported' });
    const { book } = sure(readRiskFile(packed(whole), 'risk.bin'));
    expect(packRiskFile(book)).toMatchObject({ kind: 'refused', reason: 'not-supported' });
  });

  it('M-76 a packed file with any byte spoilt is refused, cut short as well', () => {
    const few = sure(grid.book(everything.slice(0, 4), market, grid.defaults));
    const bytes = packed(few);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const spoilt = bytes.slice();
        spoilt[at]! ^= by;
        const read = readRiskFile(spoilt, 'risk.bin');
        if (!isRefusal(read)) expect(at).toBeGreaterThanOrEqual(read.content.length);
        expect(isRefusal(readRiskFile(bytes.slice(0, at), 'risk.bin'))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
