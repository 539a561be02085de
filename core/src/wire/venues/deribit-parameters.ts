// Deribit's `model_params` as a parameter file of ours.

import { below, type Doubts, type Fields } from '../fields.ts';
import { given, openFields, says } from './answer.ts';

/** The venue's names and ours. */
const PAIR: Readonly<Record<string, string>> = {
  price_range: 'priceRange',
  volatility_range_up: 'volatilityRangeUp',
  volatility_range_down: 'volatilityRangeDown',
  short_term_vega_power: 'shortTermVegaPower',
  long_term_vega_power: 'longTermVegaPower',
  min_volatility_for_shock_up: 'minVolatilityForShockUp',
  extended_table_factor: 'extendedTableFactor',
  delta_total_liq_shock_threshold: 'deltaShockThreshold',
  m_inc: 'mInc',
  max_delta_shock: 'maxDeltaShock',
};
const CURRENCY: Readonly<Record<string, string>> = {
  pnl_offset: 'pnlOffset',
  max_offsetable_pnl: 'maxOffsetablePnl',
  annualised_move_risk: 'annualisedMoveRisk',
  min_annualised_move: 'minAnnualisedMove',
  extended_dampener: 'extendedDampener',
  haircut: 'haircut',
};

/** What `model_params` states, in the words of `deribit-pm`; undefined where it states nothing. */
export function simulatedParameters(
  params: Fields,
  doubts: Doubts,
): Readonly<Record<string, unknown>> | undefined {
  const pairs = renamed(params, 'currency_pair', PAIR, (name) => name.split('_')[0]!.toUpperCase(), doubts);
  const currencies = renamed(params, 'currency', CURRENCY, (name) => name.toUpperCase(), doubts);
  const general = openFields(params.node('general'), below(params.place, 'general'), doubts);
  const mmFactor = given(general, 'mm_factor');
  const stated = {
    ...(pairs === undefined ? {} : { pairs }),
    ...(currencies === undefined ? {} : { currencies }),
    ...(mmFactor === undefined ? {} : { mmFactor }),
  };
  return Object.keys(stated).length === 0 ? undefined : stated;
}

function renamed(
  params: Fields,
  key: string,
  words: Readonly<Record<string, string>>,
  rename: (name: string) => string,
  doubts: Doubts,
): Readonly<Record<string, unknown>> | undefined {
  if (!says(params, key)) return undefined;
  const all = openFields(params.node(key), below(params.place, key), doubts);
  return Object.fromEntries(
    all.keys().map((name) => {
      const fields = openFields(all.node(name), below(all.place, name), doubts);
      const numbers = Object.entries(words).flatMap(([theirs, ours]) => {
        const value = given(fields, theirs);
        return value === undefined ? [] : [[ours, value]];
      });
      return [rename(name), Object.fromEntries(numbers)];
    }),
  );
}
