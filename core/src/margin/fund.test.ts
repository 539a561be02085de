// The fund's need by hand and as laws.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, refuse, usd } from '../base/index.ts';
import { fundNeed, fundSize, type Remainder, reverseStress } from './fund.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const left = (account: string, amount: bigint, owner?: string): Remainder => ({
  account,
  left: usd(amount),
  ...(owner === undefined ? {} : { owner }),
});

describe('need', () => {
  it('M-159 accounts do not pay for each other, owners default as one, two of them are covered', () => {
    const need = fundNeed('crash', [
      left('a1', -50n, 'alpha'),
      left('a2', 900n, 'alpha'),
      left('a3', -20n, 'alpha'),
      left('b', -60n),
      left('c', -10n),
      left('d', 5n),
    ]);
    expect(need.owners).toEqual([
      { owner: 'alpha', shortfall: 70n },
      { owner: 'b', shortfall: 60n },
      { owner: 'c', shortfall: 10n },
    ]);
    expect([need.total, need.cover2]).toEqual([140n, 130n]);
  });

  it('M-159 the worst scenario for two owners need not be the worst for all', () => {
    const two = fundNeed('two', [left('a', -50n), left('b', -50n)]);
    const many = fundNeed(
      'many',
      ['a', 'b', 'c', 'd'].map((name) => left(name, -30n)),
    );
    const size = sure(fundSize([two, many]));
    expect([size.cover2.scenario, size.total.scenario]).toEqual(['two', 'many']);
    expect(isRefusal(fundSize([]))).toBe(true);
  });

  it('M-159 more equity never needs more; splitting an account within its owner never needs less; cover-2 is at most all', () => {
    const remainders = fc.array(
      fc.record({
        account: fc.uuid(),
        owner: fc.constantFrom('x', 'y', 'z'),
        left: fc.bigInt(-1000n, 1000n),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(remainders, fc.bigInt(0n, 500n), fc.bigInt(-500n, 500n), (given, more, cut) => {
        const all = given.map((item) => ({ ...item, left: usd(item.left) }));
        const need = fundNeed('s', all);
        const richer = fundNeed(
          's',
          all.map((item) => ({ ...item, left: usd(item.left + more) })),
        );
        expect(richer.total <= need.total && richer.cover2 <= need.cover2).toBe(true);
        const halves = all.flatMap((item) => [
          { ...item, left: usd(cut) },
          { ...item, left: usd(item.left - cut) },
        ]);
        const split = fundNeed('s', halves);
        expect(split.total >= need.total && split.cover2 >= need.cover2).toBe(true);
        expect(need.cover2 <= need.total).toBe(true);
      }),
    );
  });
});

describe('reverse stress', () => {
  // One long of 100 with equity 20: falls by more than a fifth are the fund's.
  const needAt = (fall: number) => fundNeed(`${fall}`, [left('long', BigInt(Math.round(2e9 - 1e10 * fall)))]);
  it('M-159 the smallest fall that exhausts a fund of 10 is 30 %', () => {
    const found = sure(reverseStress(usd(1_000_000_000n), 'total', [0.1, 0.25, 0.5, 0.75], needAt))!;
    expect(found.size).toBeCloseTo(0.3, 5);
    expect(found.survived).toBeLessThan(found.size);
    expect(found.need.total).toBeGreaterThan(1_000_000_000n);
    expect(needAt(found.survived).total).toBeLessThanOrEqual(1_000_000_000n);
  });

  it('M-159 the first of several is found; none is none; now is a size too', () => {
    const hump = (size: number) =>
      fundNeed('h', [left('a', Math.abs(size - 0.3) < 0.15 || size > 0.8 ? -1n : 0n)]);
    expect(sure(reverseStress(usd(0n), 'cover2', [0.1, 0.3, 0.6, 0.9], hump))!.size).toBeCloseTo(0.15, 5);
    expect(reverseStress(usd(10n), 'total', [0.1, 0.9], hump)).toBeUndefined();
    const already = () => fundNeed('now', [left('a', -5n)]);
    expect(sure(reverseStress(usd(1n), 'total', [0.1], already))!.size).toBe(0);
  });

  it('M-159 refused: sizes out of order, and whatever a size refuses', () => {
    const at = () => fundNeed('x', []);
    for (const sizes of [[], [0.2, 0.1], [0], [Number.NaN]])
      expect(isRefusal(reverseStress(usd(1n), 'total', sizes, at))).toBe(true);
    const refused = reverseStress(usd(1n), 'total', [0.1], () => refuse('no-market', 'no market; give one.'));
    expect(isRefusal(refused) && refused.reason).toBe('no-market');
  });
});
