// The suite that any payoff passes, run on ours and on some that must fail it.

import { describe, expect, it } from 'vitest';
import { cappedCall, powerPerpetual, structured } from '../../test/payoffs.ts';
import { market } from '../../test/sample.ts';
import { instant, isRefusal, MS_PER_DAY } from '../base/index.ts';
import type { Payoff, Structured } from '../product/index.ts';
import { conformPayoff } from './index.ts';

const coinSettled = (payoff: Payoff) => structured('BTC-OWN', 'BTC', 'BTC', payoff, 'margined');

const good: readonly Structured[] = [
  powerPerpetual('BTC'),
  powerPerpetual('ETH', 1),
  ...[1, 11, 60].flatMap((days) => [
    cappedCall('BTC', days, 65_000, 5_000),
    cappedCall('ETH', days, 1_900, 100, 'ETH'),
  ]),
  coinSettled({
    family: 'calendar',
    terms: { near: 20, far: 40 },
    mark(view) {
      const [near, far] = [20, 40].map((days) => view.forward(instant(view.at + days * MS_PER_DAY)));
      if (isRefusal(near)) return near;
      return isRefusal(far) ? far : (far! - near!) / view.index;
    },
  }),
];

describe('M-84 what a payoff must keep', () => {
  it.each(good.map((product) => ({ id: product.id, product })))('$id keeps it', ({ product }) => {
    expect(conformPayoff(product, market)).toEqual([]);
  });

  let asked = 0;
  const terms: Record<string, number> = { asked: 0 };
  const bad: readonly [string, Payoff['mark'], Payoff['terms']][] = [
    ['counts how often it is asked', () => 1 + 1e-9 * asked++, {}],
    ['is below zero where spot falls', ({ index }) => index - 60_000, {}],
    ['has no answer where spot rises', ({ index }) => Math.sqrt(70_000 - index), {}],
    [
      'changes its terms',
      () => {
        terms['asked']! += 1;
        return 1;
      },
      terms,
    ],
  ];

  it.each(bad)('M-80 one that %s does not', (_, mark, given) => {
    const product = structured('BTC-BAD', 'BTC', 'USDC', { family: 'bad', terms: given, mark });
    const breaches = conformPayoff(product, market);
    expect(breaches.length).toBeGreaterThan(0);
    for (const breach of breaches) expect(breach).toMatchObject({ kind: 'refused', where: 'BTC-BAD' });
  });
});
