// The normal distribution suites: density, distribution, inverse, and two correlated ones.

import { bivariateNormalCdf, normalCdf, normalInverse, normalPdf } from '@plimsoll/core/kernel';
import { num, tolerance } from './fields.ts';
import { inputBlur, type Raw, relatively, type Suite, within } from './suite.ts';

/**
 * Both tails relative: a deep out-of-the-money price is nothing but the left one. Subnormal results are held to their spacing, and
 * what x lost on its way from decimal to double is allowed: at x = -37.3 that alone is 1.3e-13 of the result.
 */
const cdfAndPdf: Suite = {
  id: 'num.normal-cdf-pdf',
  answer(row: Raw, suite: Raw) {
    const x = num(row, 'x');
    const [cdf, pdf] = [num(row, 'cdf'), num(row, 'pdf')];
    const relative = tolerance(suite, 'cdfRelative', 1e-13);
    const blur = normalPdf(x) * inputBlur(x);
    return [
      within('cdf', cdf, normalCdf(x), relative * cdf + blur),
      within('pdf', pdf, normalPdf(x), relative * pdf + Math.abs(x) * blur),
    ].map(relatively);
  },
};

/** Near p = 1 the double of a decimal p is another p, and the quantile's slope 1/phi magnifies the difference. */
const inverse: Suite = {
  id: 'num.normal-inverse-cdf',
  answer(row, suite) {
    const p = num(row, 'p');
    const got = normalInverse(p);
    // The slope is taken at our answer: a wrong expected x must not widen its own tolerance.
    const slope = normalPdf(got);
    const blur = slope > 0 ? inputBlur(p) / slope : 0;
    return [within('x', num(row, 'x'), got, tolerance(suite, 'absolute', 1e-12) + blur)];
  },
};

const bivariate: Suite = {
  id: 'num.bivariate-normal-cdf',
  answer(row, suite) {
    const got = bivariateNormalCdf(num(row, 'a'), num(row, 'b'), num(row, 'rho'));
    return [within('cdf', num(row, 'cdf'), got, tolerance(suite, 'absolute', 1e-6))];
  },
};

/** Suites about the normal distribution. */
export const normalSuites: readonly Suite[] = [cdfAndPdf, inverse, bivariate];
