// Derive's parameters as they stood on its chain. Facts read off the contracts' settings, not judgements; what is judged says so.

import type { DatedParameters } from '../../requirement.ts';
import {
  type DeriveCollateral,
  type DeriveFees,
  type DeriveScenario,
  EACH_MANAGER,
  type Pmrm2Market,
  type Pmrm2Parameters,
  type PmrmMarket,
  type PmrmParameters,
} from './portfolio-parameters.ts';

const LIVE = {
  effective: '2025-12-08',
  source:
    'settings read from the managers on chain, published by Derive (v2-scripts, data/mainnet, 2025-12-08)',
} as const;

const tidy = (x: number) => Math.round(x * 1e6) / 1e6;

/** Nine spots over a range, three vols each but at the ends, where vols only rise. */
function coreScenarios(range: number): DeriveScenario[] {
  const at = (ranges: number, volShock: string): DeriveScenario => {
    return { spotShock: tidy(1 + ranges * range), volShock, dampeningFactor: 1 };
  };
  const inner = [0.75, 0.5, 0.25, 0, -0.25, -0.5, -0.75].flatMap((ranges) =>
    ['up', 'none', 'down'].map((vol) => at(ranges, vol)),
  );
  return [at(1, 'up'), ...inner, at(-1, 'up')];
}

/** Tails by spot and by the share of them that counts, then both skews. */
function scenariosOf(
  range: number,
  tails: readonly (readonly [spot: number, share: number])[],
): DeriveScenario[] {
  return [
    ...coreScenarios(range),
    ...tails.map(([spotShock, dampeningFactor]) => ({ spotShock, volShock: 'up', dampeningFactor })),
    { spotShock: 1, volShock: 'linear', dampeningFactor: 1 },
    { spotShock: 1, volShock: 'abs', dampeningFactor: 1 },
  ];
}

const MAJOR_TAILS = [
  [0.34, 0.21],
  [0.67, 0.42],
  [1.5, 0.2772],
  [2, 0.1386],
  [3, 0.0693],
  [4, 0.0462],
  [5, 0.03465],
  [6, 0.02772],
] as const;

/** What is the same in every market; the static discounts are as Derive set them, short below one and long above. */
const COMMON = {
  volShock: {
    volRangeUp: 0.5,
    volRangeDown: 0.3,
    shortTermPower: 0.3,
    longTermPower: 0.13,
    dteFloorSec: 86_400,
    minVolUpShock: 0.4,
  },
  margin: {
    imFactor: 1,
    mmFactor: 0.8,
    shortRateMultScale: 0,
    longRateMultScale: 0,
    shortRateAddScale: 0.1,
    longRateAddScale: 0.1,
    shortBaseStaticDiscount: 0.98,
    longBaseStaticDiscount: 1.02,
  },
  basisContingency: {
    scenarioSpotUp: 1.045,
    scenarioSpotDown: 0.955,
    basisContAddFactor: 0.5,
    basisContMultFactor: 2,
  },
  otherContingency: {
    pegLossThreshold: 0.99,
    pegLossFactor: 4,
    confThreshold: 0.55,
    confMargin: 0.4,
    MMPerpPercent: 0.03,
    IMPerpPercent: 0.01,
    MMOptionPercent: 0.003,
    IMOptionPercent: 0.002,
  },
  skewShock: {
    linearBaseCap: 0.25,
    absBaseCap: 0.25,
    linearCBase: -0.1,
    absCBase: -0.1,
    minKStar: 0.01,
    widthScale: 4,
    volParamStatic: 0.6,
    volParamScale: 0,
  },
} as const;

const cut = (mmHaircut: number, imHaircut: number): DeriveCollateral => {
  return { mmHaircut, imHaircut, riskCancelling: 0 };
};
const own = (mmHaircut: number, imHaircut: number): DeriveCollateral => {
  return { mmHaircut, imHaircut, riskCancelling: 1 };
};

/** Dollar assets and others that every major market takes alike. */
const SHARED: Readonly<Record<string, DeriveCollateral>> = {
  USDT: cut(0.02, 0.08),
  SUSDE: cut(0.2, 0.05),
  DAI: cut(0.075, 0.075),
  SDAI: cut(0.125, 0.075),
  USDE: cut(0.15, 0.05),
  OP: cut(0.4, 0.1),
  DRV: cut(0.85, 0.051),
  OLAS: cut(1, 0),
  FXUSDC: cut(0.005, 0.005),
};

const ETH: Pmrm2Market = {
  ...COMMON,
  scenarios: scenariosOf(0.18, MAJOR_TAILS),
  collaterals: {
    ETH: own(0.056, 0.014),
    ...SHARED,
    WSTETH: own(0.086, 0.014),
    WEETH: own(0.156, 0.014),
    RSWETH: own(0.306, 0.014),
    RSETH: own(0.206, 0.014),
    PUFETH: own(0.17, 0.05),
    BTC: cut(0.25, 0.0525),
    LBTC: cut(0.3, 0.049),
    CBBTC: cut(0.3, 0.049),
    EBTC: cut(0.3, 0.049),
    SOLVBTC: cut(0.35, 0.0455),
    SOLVBTCBBN: cut(0.35, 0.0455),
  },
};

const BTC: Pmrm2Market = {
  ...COMMON,
  scenarios: scenariosOf(0.18, MAJOR_TAILS),
  collaterals: {
    BTC: own(0.106, 0.014),
    ...SHARED,
    LBTC: own(0.156, 0.014),
    CBBTC: own(0.156, 0.014),
    EBTC: own(0.156, 0.014),
    SOLVBTC: own(0.206, 0.02),
    SOLVBTCBBN: own(0.206, 0.02),
    ETH: cut(0.2, 0.05),
    WSTETH: cut(0.2, 0.08),
    WEETH: cut(0.3, 0.049),
    RSWETH: cut(0.45, 0.055),
    RSETH: cut(0.35, 0.04875),
  },
};

const SOL: Pmrm2Market = {
  ...COMMON,
  scenarios: scenariosOf(0.27, [
    [0.67, 0.72],
    [0.34, 0.36],
    [1.5, 0.48],
    [2, 0.24],
    [3, 0.12],
    [4, 0.08],
    [5, 0.06],
    [6, 0.048],
  ]),
  volShock: { ...COMMON.volShock, volRangeUp: 0.6, minVolUpShock: 0.6 },
  margin: { ...COMMON.margin, imFactor: 1.1, mmFactor: 0.9 },
  basisContingency: { ...COMMON.basisContingency, scenarioSpotUp: 1.0675, scenarioSpotDown: 0.9325 },
  otherContingency: {
    ...COMMON.otherContingency,
    MMPerpPercent: 0.05,
    MMOptionPercent: 0.015,
    IMOptionPercent: 0.005,
  },
  collaterals: { USDT: SHARED['USDT']!, FXUSDC: SHARED['FXUSDC']! },
};

const HYPE: Pmrm2Market = {
  ...COMMON,
  scenarios: scenariosOf(0.33, [
    [0.34, 0.49],
    [1.5, 0.66],
    [2, 0.33],
    [3, 0.165],
    [4, 0.11],
    [5, 0.0825],
    [6, 0.066],
  ]),
  volShock: { ...COMMON.volShock, volRangeUp: 0.65, minVolUpShock: 0.6 },
  margin: { ...COMMON.margin, imFactor: 1.15, mmFactor: 0.95 },
  basisContingency: { ...COMMON.basisContingency, scenarioSpotUp: 1.0825, scenarioSpotDown: 0.9175 },
  otherContingency: {
    ...COMMON.otherContingency,
    MMPerpPercent: 0.075,
    IMPerpPercent: 0.025,
    MMOptionPercent: 0.0175,
    IMOptionPercent: 0.0075,
  },
  collaterals: { HYPE: own(0.075, 0.1), USDT: SHARED['USDT']!, FXUSDC: SHARED['FXUSDC']! },
};

/** Derive's fees are no part of its contracts; a share of notional and a cap as others ask are assumed, and touch open orders only. */
export const DERIVE_FEES: DeriveFees = { perpetual: 0.0005, option: 0.0003, optionCap: 0.125 };
const CASH = { USD: {}, USDC: {} } as const;

/** Dated parameters of PMRM_2. */
export const pmrm2History: readonly [DatedParameters<Pmrm2Parameters>] = [
  {
    ...LIVE,
    parameters: {
      id: 'derive-pmrm2',
      version: LIVE.effective,
      markets: { BTC, ETH, HYPE, SOL },
      manager: EACH_MANAGER,
      pegs: CASH,
      bufferMargin: 0.15,
      fees: DERIVE_FEES,
    },
  },
];

const PMRM_MAJOR: PmrmMarket = {
  scenarios: coreScenarios(0.18),
  volShock: {
    volRangeUp: 0.5,
    volRangeDown: 0.275,
    shortTermPower: 0.3,
    longTermPower: 0.13,
    dteFloorSec: 86_400,
  },
  margin: { imFactor: 1.25, rateMultScale: 1, rateAddScale: 0.12, baseStaticDiscount: 0.95 },
  basisContingency: COMMON.basisContingency,
  otherContingency: {
    pegLossThreshold: 0.99,
    pegLossFactor: 4,
    confThreshold: 0.55,
    confMargin: 1,
    basePercent: 0.03,
    perpPercent: 0.03,
    optionPercent: 0.015,
  },
};

/** Dated parameters of PMRM. */
export const pmrmHistory: readonly [DatedParameters<PmrmParameters>] = [
  {
    ...LIVE,
    parameters: {
      id: 'derive-pmrm',
      version: LIVE.effective,
      markets: { BTC: PMRM_MAJOR, ETH: PMRM_MAJOR },
      manager: EACH_MANAGER,
      pegs: CASH,
      bufferMargin: 0.15,
      fees: DERIVE_FEES,
    },
  },
];
