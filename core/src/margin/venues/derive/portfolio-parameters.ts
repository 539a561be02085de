// What Derive's portfolio managers are told, in Derive's own words: one market per manager, everything by market.

import type { ModelParameters } from '../../requirement.ts';

/** One scenario: spot times `spotShock`, vols as `volShock` says, profit and loss times `dampeningFactor`. */
export interface DeriveScenario {
  readonly spotShock: number;
  /** `none`, `up`, `down`; PMRM_2 also has the skews `linear` and `abs`, at an unmoved spot. */
  readonly volShock: string;
  readonly dampeningFactor: number;
}

/** `30 d / max(T, dteFloor)` to a power, by which vol ranges grow towards expiry. Ranges are shares of the vol. */
export interface DeriveVolShock {
  readonly volRangeUp: number;
  readonly volRangeDown: number;
  readonly shortTermPower: number;
  readonly longTermPower: number;
  readonly dteFloorSec: number;
}

/** Forwards move to these multiples of themselves; what an expiry loses then counts `addFactor + multFactor T`. */
export interface DeriveBasis {
  readonly scenarioSpotUp: number;
  readonly scenarioSpotDown: number;
  readonly basisContAddFactor: number;
  readonly basisContMultFactor: number;
}

/** What both managers charge for a stable coin off its peg and for an oracle that is not sure. */
export interface DeriveDoubt {
  readonly pegLossThreshold: number;
  readonly pegLossFactor: number;
  readonly confThreshold: number;
  readonly confMargin: number;
}

/** What a balance is cut by; `imHaircut` is added to `mmHaircut` for initial margin. */
export interface DeriveCollateral {
  readonly mmHaircut: number;
  readonly imHaircut: number;
  /** 1 where its value moves with the market's spot and counts against the rest, 0 where it is only cut. */
  readonly riskCancelling: number;
}

/** A market of PMRM_2. */
export interface Pmrm2Market {
  readonly scenarios: readonly DeriveScenario[];
  readonly volShock: DeriveVolShock & { readonly minVolUpShock: number };
  readonly margin: {
    readonly imFactor: number;
    readonly mmFactor: number;
    readonly shortRateMultScale: number;
    readonly longRateMultScale: number;
    readonly shortRateAddScale: number;
    readonly longRateAddScale: number;
    readonly shortBaseStaticDiscount: number;
    readonly longBaseStaticDiscount: number;
  };
  readonly basisContingency: DeriveBasis;
  readonly otherContingency: DeriveDoubt & {
    readonly MMPerpPercent: number;
    readonly IMPerpPercent: number;
    readonly MMOptionPercent: number;
    readonly IMOptionPercent: number;
  };
  readonly skewShock: {
    readonly linearBaseCap: number;
    readonly absBaseCap: number;
    readonly linearCBase: number;
    readonly absCBase: number;
    readonly minKStar: number;
    readonly widthScale: number;
    readonly volParamStatic: number;
    readonly volParamScale: number;
  };
  readonly collaterals: Readonly<Record<string, DeriveCollateral>>;
}

/** A market of PMRM. The base asset is its one collateral, and moves with spot. */
export interface PmrmMarket {
  readonly scenarios: readonly DeriveScenario[];
  readonly volShock: DeriveVolShock;
  readonly margin: {
    readonly imFactor: number;
    readonly rateMultScale: number;
    readonly rateAddScale: number;
    readonly baseStaticDiscount: number;
  };
  readonly basisContingency: DeriveBasis;
  readonly otherContingency: DeriveDoubt & {
    readonly basePercent: number;
    readonly perpPercent: number;
    readonly optionPercent: number;
  };
}

/** Trading fees of a fill: shares of notional, of an option at most a share of its value. Derive's schedule is not part of its contracts. */
export interface DeriveFees {
  readonly perpetual: number;
  readonly option: number;
  readonly optionCap: number;
}

/** Everything a portfolio manager's model is told. */
export interface DerivePortfolioParameters<Market> extends ModelParameters {
  /** Markets by coin; each is a manager of its own. */
  readonly markets: Readonly<Record<string, Market>>;
  /**
   * `each`: one manager for each market, and the account is asked for what all of them ask. A market's name: an account of that manager alone,
   * as Derive's own are; contracts of others are refused, and collateral is taken by that market's table.
   */
  readonly manager: string;
  /** Cash: what accounts are counted in, and the dollar. */
  readonly pegs: Readonly<Record<string, object>>;
  /** Share of maintenance beyond itself at which an auction stops. */
  readonly bufferMargin: number;
  readonly fees: DeriveFees;
}
export type Pmrm2Parameters = DerivePortfolioParameters<Pmrm2Market>;
export type PmrmParameters = DerivePortfolioParameters<PmrmMarket>;

/** The account has a manager for each market. */
export const EACH_MANAGER = 'each';

/** What accounts are counted in. */
export const DERIVE_CASH = 'USDC';
