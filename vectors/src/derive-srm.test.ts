// A Standard Manager case made by hand, in the shape of the outside ones: a confidence one wad under its threshold is under it.

import { describe, expect, it } from 'vitest';
import { confidenceOf } from './derive-market.ts';
import { deriveStandardSuites } from './derive-srm.ts';
import type { Raw } from './suite.ts';

const [suite] = deriveStandardSuites;

const SOURCE: Raw = {
  paramSets: {
    own: {
      perp: { mmPerpReq: '0.04', imPerpReq: '0.05' },
      option: {
        maxSpotReq: '0.2',
        minSpotReq: '0.1',
        mmCallSpotReq: '0.08',
        mmPutSpotReq: '0.08',
        MMPutMtMReq: '0.08',
        unpairedIMScale: '1.2',
        unpairedMMScale: '1.1',
        mmOffsetScale: '1.05',
      },
      oracleContingency: {
        perpThreshold: '0.3',
        optionThreshold: '0.7',
        baseThreshold: '0.3',
        OCFactor: '0.5',
      },
      depeg: { threshold: '0.98', depegFactor: '1.5' },
      base: { marginFactor: '0.8', IMScale: '0.5' },
    },
  },
  portfolios: {
    // A put that is sold so far out of the money that it is worth nothing, and a coin.
    own: {
      cash: '100',
      stablePrice: '1',
      markets: {
        eth: {
          spotPrice: '1000',
          spotConfidence: '1',
          perpPrice: '1001',
          perpConfidence: '1',
          perpPosition: '-2',
          perpUnrealised: '10',
          basePosition: '1',
          options: [
            {
              secToExpiry: 86_400,
              strike: '300',
              isCall: false,
              amount: '-1',
              vol: '0.1',
              volConfidence: '1',
              forward: '1000',
              forwardConfidence: '0.699999999999999999',
            },
          ],
        },
      },
    },
  },
};

function checks(overrides: Raw, solidity: Raw) {
  const input = { portfolio: 'own', params: 'own', paramOverrides: overrides };
  const row = { id: 'own', input, asserted: { im: '0', tolerance: { all: 'rel 1e-3' } }, solidity };
  return suite!.answer(row, SOURCE).map(({ name, got }) => [name, Math.round(Number(got) * 1e6) / 1e6]);
}

describe('derive.SRM', () => {
  // Perpetual 2 x 1001 at 4 % and 5 %; put 8 % of 1000, initial 10 % as 20 % - 70 % is less; coin 800 and 400.
  const mm = 100 + 10 - 80.08 - 80 + 800;
  const im = 100 + 10 - 100.1 - 100 + 400;

  it('M-131 M-132 M-134 M-135 a case is answered by the model, one wad under a threshold charged for', () => {
    const doubt = 0.3 * 0.5 * 1000;
    expect(checks({}, { im: '1', mm: '1', mtm: '1' })).toEqual([
      ['im', Math.round((im - doubt) * 1e6) / 1e6],
      ['mm', Math.round(mm * 1e6) / 1e6],
      ['mtm', 1110],
    ]);
  });

  it('overrides replace single parameters of the set', () => {
    expect(checks({ oracleContingency: { optionThreshold: '0' } }, { im: '1' })).toContainEqual([
      'im',
      Math.round(im * 1e6) / 1e6,
    ]);
  });
});

describe('confidences', () => {
  it('M-135 keep their order against thresholds as decimals', () => {
    const at = (c: string) => confidenceOf({ c }, 'c', [{ perpThreshold: '0.7' }]);
    expect(at('0.699999999999999999')).toBeLessThan(0.7);
    expect(at('0.7')).toBe(0.7);
    expect(at('0.700000000000000001')).toBe(0.7);
    expect(at('0.2')).toBe(0.2);
    expect(confidenceOf({}, 'c', [])).toBe(1);
  });
});
