// Each book is what its name says, on a simulated chain as on a real one.

import { fitMarket, greeks, instant, isRefusal, type Position } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { simulateChain } from '../simulate/index.ts';
import { standardBooks } from './books.ts';

const snapshot = simulateChain({ seed: 5, at: instant(Date.UTC(2026, 0, 10, 9)) })[0]!;
const market = (() => {
  const fitted = fitMarket(snapshot);
  if (isRefusal(fitted)) throw new Error(fitted.message);
  return fitted;
})();
const index = (coin: string) => market.underlyings.find(({ underlying }) => underlying === coin)!.index;
const books = new Map(standardBooks(snapshot).map(({ name, portfolio }) => [name, portfolio]));

/** Dollars per relative move of spot and per vol point, of the positions, with coins owned in the delta. */
function sensitivities(name: string): { delta: number; vega: number } {
  const { positions, balances } = books.get(name)!;
  let [delta, vega] = [0, 0];
  for (const { product, quantity } of positions) {
    const sensed = greeks(product, market);
    if (isRefusal(sensed)) throw new Error(sensed.message);
    delta += quantity * sensed.delta * index(product.underlying);
    vega += quantity * sensed.vega;
  }
  for (const { asset, quantity } of balances) if (asset !== 'USD') delta += quantity * index(asset);
  return { delta, vega };
}

const MILLION = 1e6;
const kinds = ({ product }: Position) => product.kind;
const options = (name: string) =>
  books
    .get(name)!
    .positions.flatMap(({ product, quantity }) =>
      product.kind === 'option' ? [{ ...product, quantity }] : [],
    );

// Legs, delta in millions of dollars from .. to, sign of vega.
const rows = [
  ['outright', 1, [0.99, 1.01], 0],
  ['basis', 2, [-0.02, 0.02], 0],
  ['cross-asset', 2, [-0.02, 0.02], 0],
  ['straddle', 2, [-0.15, 0.15], -1],
  ['strangle', 2, [-0.1, 0.1], -1],
  ['ratio', 2, [-0.1, 0.1], -1],
  ['covered call', 1, [0.7, 0.8], -1],
  ['spread', 2, [0.1, 0.2], -1],
  ['calendar', 2, [-0.1, 0.15], 1],
  ['collar', 2, [0.4, 0.6], undefined],
  ['fly of one day', 3, [-0.25, 0.25], 1],
  ['market maker', 43, [-0.001, 0.001], undefined],
] as const;

describe('the standard books', () => {
  it('are a dozen, by name', () => {
    expect([...books.keys()]).toEqual(rows.map(([name]) => name));
  });

  it.each(rows)('%s: %i legs, its delta and its vega', (name, legs, [low, high], sign) => {
    const { positions } = books.get(name)!;
    const { delta, vega } = sensitivities(name);
    expect(new Set(positions.map(({ product }) => product.id)).size).toBe(legs);
    expect(positions).toHaveLength(legs);
    expect(delta / MILLION).toBeGreaterThan(low);
    expect(delta / MILLION).toBeLessThan(high);
    if (sign !== undefined) expect(Math.sign(Math.round(vega))).toBe(sign);
  });

  it('straddle and strangle sell a call and a put of one expiry, the strangle farther out', () => {
    for (const name of ['straddle', 'strangle']) {
      const [call, put] = options(name);
      expect([call!.right, put!.right]).toEqual(['call', 'put']);
      expect(call!.expiry).toBe(put!.expiry);
      expect(Math.max(call!.quantity, put!.quantity)).toBeLessThan(0);
    }
    const [[near], [call, put]] = [options('straddle'), options('strangle')] as const;
    expect(call!.strike).toBeGreaterThan(near!.strike);
    expect(put!.strike).toBeLessThan(near!.strike);
  });

  it('ratio sells twice what it buys, lower down; spread sells what it covers; calendar trades one right in two expiries', () => {
    const [bought, sold] = options('ratio');
    expect(sold!.quantity).toBeCloseTo(-2 * bought!.quantity, 9);
    expect(sold!.strike).toBeLessThan(bought!.strike);
    const [short, cover] = options('spread');
    expect(cover!.quantity).toBe(-short!.quantity);
    expect(cover!.strike).toBeLessThan(short!.strike);
    const [front, back] = options('calendar');
    expect(front!.right).toBe(back!.right);
    expect(front!.quantity).toBeLessThan(0);
    expect(back!.expiry).toBeGreaterThan(front!.expiry);
  });

  it('the fly expires within two days and loses most where it is pinned', () => {
    const legs = options('fly of one day');
    const worth = (spot: number) =>
      legs.reduce((sum, { strike, quantity }) => sum + quantity * Math.max(0, spot - strike), 0);
    const [low, middle, high] = legs.map(({ strike }) => strike);
    expect(legs[0]!.expiry - snapshot.at).toBeLessThan(2 * 86_400_000);
    expect(worth(middle!)).toBeLessThan(worth(low!));
    expect(worth(middle!)).toBeLessThan(worth(high!));
  });

  it('the basis is a perpetual against a dated future; the collar and the covered call own the coins', () => {
    expect(books.get('basis')!.positions.map(kinds)).toEqual(['perpetual', 'future']);
    for (const name of ['collar', 'covered call']) {
      expect(books.get(name)!.balances).toMatchObject([{ asset: 'BTC', kind: 'collateral' }]);
    }
  });

  it('the market maker holds both rights, both sides, several expiries, and hedges', () => {
    const legs = options('market maker');
    expect(legs).toHaveLength(42);
    expect(new Set(legs.map(({ right, quantity }) => `${right} ${Math.sign(quantity)}`)).size).toBe(4);
    expect(new Set(legs.map(({ expiry }) => expiry)).size).toBe(6);
    expect(books.get('market maker')!.positions.map(kinds).at(-1)).toBe('perpetual');
  });
});
