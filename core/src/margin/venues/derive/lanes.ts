// Scenarios of Derive's portfolio managers as lanes (M-87, M-89): every market's own, moving that market alone.

import type { Lane, LaneMove, TermScaling } from '../../../scenario/index.ts';
import type { DeriveBasis, DeriveScenario, DeriveVolShock, Pmrm2Market } from './portfolio-parameters.ts';

/** What the lanes of a market are made of; PMRM has no floor and no skews. */
interface Scenarios {
  readonly scenarios: readonly DeriveScenario[];
  readonly volShock: DeriveVolShock & { readonly minVolUpShock?: number };
  readonly basisContingency: DeriveBasis;
  readonly skewShock?: Pmrm2Market['skewShock'];
}

const DAY_SEC = 86_400;
/** A skew of no width would be a jump at the forward. */
const K_STAR_LEAST = 1e-12;
/** Derive lets the cap of a skew fall below zero, far from expiry. */
const CAP_LEAST = -10;

function scalingOf({ shortTermPower, longTermPower, dteFloorSec }: DeriveVolShock): TermScaling {
  return { short: shortTermPower, long: longTermPower, dteFloor: Math.max(1, dteFloorSec) / DAY_SEC };
}

function volMoves({ volShock }: DeriveScenario, market: Scenarios, underlying: string): LaneMove[] {
  const { volShock: shock, skewShock } = market;
  const vol = { kind: 'vol', form: 'relative', scaling: scalingOf(shock), underlying } as const;
  if (volShock === 'down') return [{ ...vol, size: -shock.volRangeDown }];
  if (volShock === 'up') {
    const floor = shock.minVolUpShock === undefined ? {} : { floor: shock.minVolUpShock };
    return [{ ...vol, size: shock.volRangeUp, ...floor }];
  }
  if (volShock === 'none' || skewShock === undefined) return [];
  const { minKStar, widthScale, volParamStatic, volParamScale } = skewShock;
  const shape = {
    kStarMin: Math.max(K_STAR_LEAST, minKStar),
    capMin: CAP_LEAST,
    width: widthScale,
    volReference: volParamStatic,
    volSlope: volParamScale,
  };
  const isLinear = volShock === 'linear';
  return [
    {
      kind: 'skew',
      form: isLinear ? 'linear' : 'absolute',
      size: 1,
      capBase: isLinear ? skewShock.linearBaseCap : skewShock.absBaseCap,
      capSlope: isLinear ? skewShock.linearCBase : skewShock.absCBase,
      ...shape,
      underlying,
    },
  ];
}

function scenarioLane(scenario: DeriveScenario, i: number, market: Scenarios, underlying: string): Lane {
  const { spotShock, volShock, dampeningFactor } = scenario;
  const isSkew = volShock === 'linear' || volShock === 'abs';
  const spot: LaneMove[] = spotShock === 1 ? [] : [{ kind: 'spot', relative: spotShock - 1, underlying }];
  return {
    id: `${underlying}/${i}/spot-x${spotShock}/vol-${volShock}`,
    moves: [...spot, ...volMoves(scenario, market, underlying)],
    smile: 'sticky-strike',
    damp: dampeningFactor,
    netting: isSkew ? 'loss-per-expiry' : 'sum',
    line: 'maintenance',
  };
}

/** Forwards up and forwards down, each expiry with the worse of the two, counted by its time: it competes with the scenarios. */
function basisLanes(basis: DeriveBasis, underlying: string): Lane[] {
  const id = (side: 'up' | 'down') => `${underlying}/basis-${side}`;
  const lane = (side: 'up' | 'down', to: number): Lane => ({
    id: id(side),
    moves: [{ kind: 'basis', size: to - 1, add: 1, multiple: 0, underlying }],
    smile: 'sticky-strike',
    damp: { add: basis.basisContAddFactor, multiple: basis.basisContMultFactor },
    netting: 'loss-per-expiry',
    line: 'maintenance',
    twin: id(side === 'up' ? 'down' : 'up'),
    plain: true,
  });
  return [lane('up', basis.scenarioSpotUp), lane('down', basis.scenarioSpotDown)];
}

/**
 * The lanes of a market in the order of its scenarios, the basis contingency behind them as Derive counts it.
 * @example deriveLanes(defaults.markets.ETH, 'ETH').length // 35: 33 scenarios and the two sides of the basis
 */
export function deriveLanes(market: Scenarios, underlying: string): Lane[] {
  const scenarios = market.scenarios.map((scenario, i) => scenarioLane(scenario, i, market, underlying));
  return [...scenarios, ...basisLanes(market.basisContingency, underlying)];
}
