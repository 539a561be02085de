// The model `static`: every position by itself, as a share of its notional, and every balance at a haircut. Nothing is swept and nothing
// nets: the baseline that portfolio margin is compared with.

import type { MarginModel } from '../requirement.ts';
import { byPosition, type PositionBook } from '../static/by-position.ts';
import { doubtStatic, staticForm } from '../static/form.ts';
import { type StaticParameters, staticCoin, staticDefaults } from '../static/parameters.ts';
import { doubtKinds, haircutOf, rulesOf } from '../static/rules.ts';

/** A static book: a risk book without lanes, and the rule of every row. */
export type StaticBook = PositionBook<StaticParameters>;

/** Percentage of notional, position by position. See docs/methodology.md, rules M-45 to M-47. */
export const staticModel: MarginModel<StaticParameters, StaticBook> = {
  id: 'static',
  defaults: staticDefaults,
  form: staticForm,
  ...byPosition<StaticParameters>({
    id: 'static',
    doubt: doubtStatic,
    doubtKinds,
    rulesOf,
    haircutOf: (risk, given, asset, value, line) => {
      const isCoin = risk.levels.coins.has(asset);
      return haircutOf(isCoin ? staticCoin(given, asset).collateral : given.pegs[asset]!, value, line);
    },
  }),
};
