// How `deribit-pm`'s parameters are read from a file, and doubted leaf by leaf.

import type { Refusal } from '../../../base/index.ts';
import { type Bounds, Doubt } from '../../doubt.ts';
import type { ParameterForm } from '../../form.ts';
import { type DeribitPortfolioParameters, deribitPortfolioHistory } from './portfolio-parameters.ts';
import { EXTENDED_MOVES } from './risk-matrix.ts';

/** The extended table begins beyond the standard one. */
const RANGE_MAX = Math.min(...EXTENDED_MOVES.map(Math.abs));
const DOLLARS: Bounds = [0, 1e18];
const SHARE: Bounds = [0, 1];

const PAIR_BOUNDS: Readonly<Record<string, Bounds>> = {
  priceRange: [1e-3, RANGE_MAX],
  volatilityRangeUp: [0, 10],
  volatilityRangeDown: SHARE,
  shortTermVegaPower: SHARE,
  longTermVegaPower: SHARE,
  minVolatilityForShockUp: [0, 10],
  extendedTableFactor: SHARE,
  deltaShockThreshold: DOLLARS,
  mInc: SHARE,
  maxDeltaShock: SHARE,
};

const CURRENCY_BOUNDS: Readonly<Record<string, Bounds>> = {
  pnlOffset: SHARE,
  maxOffsetablePnl: DOLLARS,
  annualisedMoveRisk: [0, 5],
  minAnnualisedMove: SHARE,
  extendedDampener: DOLLARS,
  haircut: [0, 0.98],
};

/** The first thing wrong with a parameter set, as a refusal that names the field; undefined when it is sound. */
export function doubtPortfolio(parameters: DeribitPortfolioParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubt.within('', parameters, { mmFactor: [1e-6, 1], dteFloor: [1e-6, 366] });
  doubt.within('fees.', parameters.fees, { future: [0, 0.1], option: [0, 0.1], optionCap: SHARE });
  const { pairs, currencies, pegs } = parameters;
  for (const [name, pair] of Object.entries(pairs)) {
    doubt.within(`pairs.${name}.`, pair, PAIR_BOUNDS);
    if (!Object.hasOwn(currencies, name)) doubt.say(`currencies.${name}`, 'there: pairs has the coin');
  }
  for (const [name, currency] of Object.entries(currencies)) {
    doubt.within(`currencies.${name}.`, currency, CURRENCY_BOUNDS);
  }
  for (const [name, peg] of Object.entries(pegs)) {
    doubt.within(`pegs.${name}.`, peg, { haircut: [0, name === 'USD' ? 0 : 0.98] });
    if (pairs[name] !== undefined) doubt.say(`pegs.${name}`, 'left out: it is a coin');
  }
  if (pegs['USD'] === undefined) doubt.say('pegs.USD', 'there: it is what everything is counted in');
  if (currencies['USD'] === undefined) doubt.say('currencies.USD', 'there: linear products settle in it');
  return doubt.found;
}

const { pairs, currencies } = deribitPortfolioHistory[2].parameters;

/** New coins start where the most is asked of what is known; so does a currency. */
export const portfolioForm: ParameterForm<DeribitPortfolioParameters> = {
  fields: {
    pairs: { kind: 'map', names: 'asset', fresh: pairs['ETH']! },
    currencies: { kind: 'map', names: 'asset', fresh: currencies['USD']! },
    pegs: { kind: 'map', names: 'asset', fresh: { haircut: 0 } },
  },
  doubt: doubtPortfolio,
};
