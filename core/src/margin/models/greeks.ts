// The model `greeks`: grid in everything but its rows, which are expansions to second order where these are good enough.

import { isRefusal, type Refusal, yearsBetween } from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import { price } from '../../pricing/index.ts';
import type { Product } from '../../product/index.ts';
import {
  type Expansion,
  type ExpansionGuard,
  expandRows,
  type RiskBook,
  type RowMethod,
} from '../../risk/index.ts';
import { dampAt } from '../../scenario/index.ts';
import { Doubt, doubtParameters, gridForm } from '../doubt.ts';
import { gridHeadroom } from '../growth.ts';
import { type GridParameters, gridDefaults } from '../parameters.ts';
import type { MarginModel } from '../requirement.ts';
import { buildGridBook, grid, gridMaintenanceOnly, rebookGrid } from './grid.ts';
import type { GridBook } from './grid-lines.ts';

/** What `greeks` is told: everything `grid` is, and how good an expansion must be. */
export interface GreeksParameters extends GridParameters {
  readonly expansion: ExpansionGuard;
}

/** A grid book whose rows are expansions, with what the expansion alone says and which cells fell back. */
export interface GreeksBook extends GridBook {
  /** Absent where the book was read from a file: its rows are what they are. */
  readonly expansion?: Expansion;
}

/**
 * A cell may be wrong by a quarter of a percent of the forward: half of what a short option is charged at least (M-25). Judged ahead, so
 * that no more is revalued than falls back.
 */
export const greeksDefaults: GreeksParameters = {
  ...gridDefaults,
  id: 'greeks',
  expansion: { tolerance: 0.0025, judged: 'ahead', beyond: 'fall-back' },
};

function doubtGreeks(parameters: GreeksParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubt.within('expansion.', parameters.expansion, { tolerance: [0, 1] });
  return doubt.found ?? doubtParameters(parameters);
}

/** Raised when the same inputs would give other bits. */
const EXPANSION_VERSION = 2;

/** A parabola may dip below zero and an option may not: nobody loses more on one that is bought than it is worth. */
function keepWorth(
  { fellBack }: Expansion,
  ...[products, market, shocks, stride, rows]: Parameters<RowMethod['fill']>
): void {
  products.forEach((product, p) => {
    const known = price(product, market);
    if (isRefusal(known) || product.kind !== 'option') return;
    const yearsTo = yearsBetween(market.at, product.expiry);
    shocks.get(product.underlying)!.forEach((shock, s) => {
      const cell = p * stride + s;
      const least = -dampAt(shock, yearsTo) * known.usd;
      if (fellBack[cell] === 0) rows[cell] = Math.max(rows[cell]!, least);
    });
  });
}

function buildGreeksBook(
  products: readonly Product[],
  market: Market,
  parameters: GreeksParameters,
): GreeksBook | Refusal {
  const doubt = doubtGreeks(parameters);
  if (doubt !== undefined) return doubt;
  const { tolerance, judged, beyond } = parameters.expansion;
  let expansion: Expansion | undefined;
  const method: RowMethod = {
    terms: ['expansion', EXPANSION_VERSION, tolerance, judged, beyond],
    fill: (...axes) => {
      expansion = expandRows(...axes, parameters.expansion);
      keepWorth(expansion, ...axes);
      return expansion.lost;
    },
  };
  const book = buildGridBook(products, market, parameters, method);
  if (isRefusal(book)) return book;
  const { refused } = expansion!;
  if (refused.size === 0) return { ...book, model: 'greeks', expansion: expansion! };
  // What is refused brings no lanes either: the rest is a book of its own.
  const rest = buildGreeksBook(
    products.filter(({ id }) => !refused.has(id)),
    market,
    parameters,
  );
  if (isRefusal(rest)) return rest;
  return { ...rest, risk: { ...rest.risk, refused: new Map([...rest.risk.refused, ...refused]) } };
}

function rebookGreeks(risk: RiskBook, parameters: GreeksParameters): GreeksBook | Refusal {
  const book = doubtGreeks(parameters) ?? rebookGrid(risk, parameters);
  return isRefusal(book) ? book : { ...book, model: 'greeks' };
}

/** Margin from greeks: the lanes, charges and lines of `grid` on expanded rows. See docs/methodology.md, rules M-60 to M-64. */
export const greeksModel: MarginModel<GreeksParameters, GreeksBook> = {
  id: 'greeks',
  defaults: greeksDefaults,
  form: {
    fields: {
      ...gridForm.fields,
      expansion: {
        kind: 'fields',
        fields: {
          judged: { kind: 'words', words: ['ahead', 'measured'] },
          beyond: { kind: 'words', words: ['fall-back', 'refuse'] },
        },
      },
    },
    doubt: doubtGreeks,
  },
  book: buildGreeksBook,
  rebook: rebookGreeks,
  packs: true,
  require: grid.require,
  sizeCharges: grid.sizeCharges!,
  maintenanceOnly: gridMaintenanceOnly,
  closingCosts: grid.closingCosts!,
  headroom: gridHeadroom,
  figures: grid.figures!,
};
