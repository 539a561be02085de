import { expect, it } from 'vitest';
import { carryGreeks } from './carry.ts';

const AT = { spot: 90, vol: 0.4, years: 0.7, rate: 0.06, dividend: 0.02 };

function value(side: 'call' | 'put', change: Partial<typeof AT>): number {
  const { spot, vol, years, rate, dividend } = { ...AT, ...change };
  return carryGreeks(side, spot, 100, vol, years, rate, dividend).value;
}

function slope(side: 'call' | 'put', name: keyof typeof AT, step = 1e-4): number {
  const [up, down] = [{ [name]: AT[name] + step }, { [name]: AT[name] - step }];
  return (value(side, up) - value(side, down)) / (2 * step);
}

it.each(['call', 'put'] as const)('the chain rule of a %s agrees with differences of its value', (side) => {
  const greeks = carryGreeks(side, AT.spot, 100, AT.vol, AT.years, AT.rate, AT.dividend);
  expect(greeks.delta).toBeCloseTo(slope(side, 'spot'), 7);
  expect(greeks.elasticity).toBeCloseTo((slope(side, 'spot') * AT.spot) / greeks.value, 7);
  expect(greeks.vega).toBeCloseTo(slope(side, 'vol'), 5);
  expect(greeks.theta).toBeCloseTo(-slope(side, 'years'), 5);
  expect(greeks.rho).toBeCloseTo(slope(side, 'rate'), 5);
  expect(greeks.dividendRho).toBeCloseTo(slope(side, 'dividend'), 5);
  const bend =
    (value(side, { spot: 90.01 }) - 2 * greeks.value + value(side, { spot: 89.99 })) / (0.01 * 0.01);
  expect(greeks.gamma).toBeCloseTo(bend, 6);
});

it('call minus put is the discounted forward', () => {
  const forward = AT.spot * Math.exp(-AT.dividend * AT.years) - 100 * Math.exp(-AT.rate * AT.years);
  expect(value('call', {}) - value('put', {})).toBeCloseTo(forward, 12);
});
