import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kthLargest } from './select.ts';

it('the k-th largest is what sorting says, equal values and infinities included', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 80 }), fc.nat(), (values, n) => {
      const k = 1 + (n % values.length);
      const sorted = values.toSorted((a, b) => b - a);
      expect(kthLargest(Float64Array.from(values), k)).toBe(sorted[k - 1]);
    }),
  );
});

it('takes few steps where all values are equal or in order', () => {
  const n = 20_000;
  for (const values of [new Float64Array(n), Float64Array.from({ length: n }, (_, i) => i)]) {
    expect(kthLargest(values.slice(), n / 2)).toBe(values.toSorted()[n / 2]);
  }
});
