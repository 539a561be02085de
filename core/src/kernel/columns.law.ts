// Greeks in columns are the greeks one by one.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  blackGreeks,
  type CoinGreekColumns,
  coinGreeks,
  fillCoinGreeks,
  fillGreeks,
  type OptionColumns,
  type Right,
} from './index.ts';

const GREEKS = ['value', 'delta', 'gamma', 'vega', 'theta', 'vanna', 'volga', 'netDelta'] as const;
const size = (max: number) =>
  fc.oneof(
    fc.double({ min: 0, max, noNaN: true }),
    fc.integer({ min: 1, max: 99_999 }).map((n) => (n / 1e5) * max),
    fc.constantFrom(0, 1e-300, 1e-9, 1, max),
  );
const option = fc.record({
  right: fc.constantFrom<Right>('call', 'put'),
  forward: size(1e6),
  strike: fc.oneof(size(1e6), fc.constant(1)),
  vol: size(3),
  years: size(5),
});

it('a row of columns is what one option gives, to the bit', () => {
  fc.assert(
    fc.property(fc.array(option, { minLength: 1, maxLength: 8 }), (all) => {
      const options: OptionColumns = {
        right: Uint8Array.from(all, ({ right }) => (right === 'call' ? 0 : 1)),
        forward: Float64Array.from(all, ({ forward }) => forward),
        strike: Float64Array.from(all, ({ strike }) => strike),
        vol: Float64Array.from(all, ({ vol }) => vol),
        years: Float64Array.from(all, ({ years }) => years),
      };
      const made = () =>
        Object.fromEntries(GREEKS.map((name) => [name, new Float64Array(all.length)])) as CoinGreekColumns;
      const [money, coin] = [made(), made()];
      fillGreeks(options, all.length, money);
      const inCoin = all.every(({ forward }) => forward > 0);
      if (inCoin) fillCoinGreeks(options, all.length, coin);
      all.forEach(({ right, forward, strike, vol, years }, i) => {
        const own = blackGreeks(right, forward, strike, vol, years);
        for (const name of GREEKS) if (name !== 'netDelta') expect(money[name][i]).toBe(own[name]);
        if (!inCoin) return;
        const ownCoin = coinGreeks(right, forward, strike, vol, years);
        for (const name of GREEKS) expect(coin[name][i]).toBe(ownCoin[name]);
      });
    }),
    { numRuns: 3000 },
  );
});

it('an option that cannot be is named, and those before it are written', () => {
  const options: OptionColumns = {
    right: Uint8Array.of(0, 1),
    forward: Float64Array.of(100, 0),
    strike: Float64Array.of(100, 90),
    vol: Float64Array.of(0.5, Number.NaN),
    years: Float64Array.of(1, 1),
  };
  const out = Object.fromEntries(GREEKS.map((name) => [name, new Float64Array(2)])) as CoinGreekColumns;
  expect(() => fillGreeks(options, 2, out)).toThrow(
    'fillGreeks wants finite numbers >= 0, option 1 has F=0 K=90',
  );
  expect(out.value[0]).toBe(blackGreeks('call', 100, 100, 0.5, 1).value);
  expect(() => fillCoinGreeks(options, 2, out)).toThrow('fillCoinGreeks wants a forward above 0');
});
