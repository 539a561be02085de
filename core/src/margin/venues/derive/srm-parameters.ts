// What `derive-srm` is told, in the words of Derive's Standard Manager, as the chain had it on 2025-12-08.

import type { DatedParameters, ModelParameters } from '../../requirement.ts';
import { DERIVE_FEES } from './live.ts';
import type { DeriveFees } from './portfolio-parameters.ts';

/** Shares of a perpetual's notional. */
export interface SrmPerp {
  readonly mmPerpReq: number;
  readonly imPerpReq: number;
}

/** How short options and whole expiries are margined; shares of spot, and of the forward where calls are unpaired. */
export interface SrmOption {
  readonly maxSpotReq: number;
  readonly minSpotReq: number;
  readonly mmCallSpotReq: number;
  readonly mmPutSpotReq: number;
  /** Share of a short put's mark. */
  readonly MMPutMtMReq: number;
  readonly unpairedIMScale: number;
  readonly unpairedMMScale: number;
  /** Initial margin of a short put is at least this many times its maintenance margin. */
  readonly mmOffsetScale: number;
}

/** What collateral counts: of its value on maintenance, and of that on initial. */
export interface SrmBase {
  readonly marginFactor: number;
  readonly IMScale: number;
}

/** Below which confidence an oracle is charged for, and how much; a threshold of 0 is off. */
export interface SrmOracle {
  readonly perpThreshold: number;
  readonly optionThreshold: number;
  readonly baseThreshold: number;
  readonly OCFactor: number;
}

/** Everything `derive-srm` is told. A market that a table does not name has no such asset. */
export interface SrmParameters extends ModelParameters {
  readonly perpMarginRequirements: Readonly<Record<string, SrmPerp>>;
  readonly optionMarginParams: Readonly<Record<string, SrmOption>>;
  readonly baseMarginParams: Readonly<Record<string, SrmBase>>;
  /** Of markets that `oracleContingencyParams` does not name. */
  readonly oracleContingency: SrmOracle;
  readonly oracleContingencyParams: Readonly<Record<string, SrmOracle>>;
  readonly depegParams: { readonly threshold: number; readonly depegFactor: number };
  /** Release asks for this share of the maintenance requirement beyond it. */
  readonly bufferMarginPercentage: number;
  readonly fees: DeriveFees;
  /** Dollar coins that are taken at par where the market does not price them. */
  readonly pegs: Readonly<Record<string, object>>;
}

const perp = (mmPerpReq: number, imPerpReq: number): SrmPerp => ({ mmPerpReq, imPerpReq });

/** The three maintenance rates of options are one in every live market. */
function option(
  maxSpotReq: number,
  minSpotReq: number,
  maintenance: number,
  unpairedIMScale: number,
  unpairedMMScale: number,
): SrmOption {
  return {
    maxSpotReq,
    minSpotReq,
    mmCallSpotReq: maintenance,
    mmPutSpotReq: maintenance,
    MMPutMtMReq: maintenance,
    unpairedIMScale,
    unpairedMMScale,
    mmOffsetScale: 1.05,
  };
}

const base = (marginFactor: number, IMScale: number): SrmBase => ({ marginFactor, IMScale });

/** One value under many names. */
function each<T>(names: string, value: T): Record<string, T> {
  return Object.fromEntries(names.split(' ').map((name) => [name, value]));
}

const MAJOR_OPTION = option(0.15, 0.13, 0.09, 1.2, 1.1);

const live2025: SrmParameters = {
  id: 'derive-srm',
  version: '2025-12-08',
  perpMarginRequirements: {
    ...each('BTC ETH', perp(0.05, 0.066)),
    SOL: perp(0.067, 0.077),
    ...each('AAVE ARB AVAX BNB DOGE ENA LINK NEAR OP SUI TIA TRUMP UNI WLD XRP', perp(0.067, 0.1)),
    HYPE: perp(0.1, 0.15),
    ...each('EIGEN PEPE SEI TAO WIF', perp(0.143, 0.2)),
    ...each('BITCOIN DEGEN', perp(0.2, 0.33333)),
  },
  optionMarginParams: {
    ...each('BTC ETH AAVE', MAJOR_OPTION),
    SOL: option(0.24, 0.18, 0.14, 1.25, 1.2),
    HYPE: option(0.3, 0.25, 0.18, 1.3, 1.25),
    SNX: option(0.35, 0.3, 0.15, 1.4, 1.3),
  },
  baseMarginParams: {
    ETH: base(0.8, 0.9375),
    BTC: base(0.75, 0.93),
    WSTETH: base(0.8, 0.9),
    WEETH: base(0.7, 0.93),
    RSWETH: base(0.55, 0.91),
    RSETH: base(0.65, 0.925),
    PUFETH: base(0.65, 0.93),
    ...each('LBTC CBBTC EBTC', base(0.7, 0.93)),
    ...each('SOLVBTC SOLVBTCBBN', base(0.65, 0.93)),
    USDT: base(0.98, 0.92),
    DAI: base(0.925, 0.92),
    SDAI: base(0.875, 0.915),
    USDE: base(0.85, 0.94),
    SUSDE: base(0.8, 0.94),
    FXUSDC: base(0.995, 0.995),
    MUSD: base(0.5, 0.5),
    AAVE: base(0.74, 0.9),
    OP: base(0.6, 0.85),
    HYPE: base(0.6, 0.834),
    DRV: base(0.15, 0.66),
    ...each('SNX OLAS KHYPE', base(0, 0)),
  },
  oracleContingency: { perpThreshold: 0.55, optionThreshold: 0.55, baseThreshold: 0.55, OCFactor: 1 },
  oracleContingencyParams: {},
  depegParams: { threshold: 0.99, depegFactor: 2 },
  bufferMarginPercentage: 0.15,
  fees: DERIVE_FEES,
  pegs: { USD: {}, USDC: {}, USDT: {}, DAI: {}, USDE: {} },
};

/** Parameters of the Standard Manager by date. */
export const srmHistory: readonly [DatedParameters<SrmParameters>] = [
  {
    effective: '2025-12-08',
    source:
      'derivexyz/v2-scripts, the Standard Manager as read from the chain, committed that day; since when each value held is not known. The buffer of 15 % is that of the auction in the same scripts; fees are assumed and touch open orders only.',
    parameters: live2025,
  },
];

/** What held last. */
export const srmDefaults: SrmParameters = live2025;

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The oracle charges of a market. @example srmOracle(srmDefaults, 'BTC').OCFactor // 1 */
export function srmOracle(parameters: SrmParameters, market: string): SrmOracle {
  return own(parameters.oracleContingencyParams, market) ?? parameters.oracleContingency;
}

/** The rates of a market's perpetual, options and collateral; undefined where it has none. @example srmMarket(srmDefaults, 'DOGE').option // undefined */
export function srmMarket(parameters: SrmParameters, market: string) {
  return {
    perp: own(parameters.perpMarginRequirements, market),
    option: own(parameters.optionMarginParams, market),
    base: own(parameters.baseMarginParams, market),
  };
}
