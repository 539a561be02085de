// The models there are, by the name a user calls them.

import type { RowMethod } from '../../risk/index.ts';
import type { MarginModel } from '../requirement.ts';
import { deribitPortfolio } from '../venues/deribit/portfolio.ts';
import { deribitStandard } from '../venues/deribit/standard.ts';
import { derivePmrm } from '../venues/derive/pmrm.ts';
import { derivePmrm2 } from '../venues/derive/pmrm2.ts';
import { deriveStandard } from '../venues/derive/srm.ts';
import { okxPortfolio } from '../venues/okx/pm.ts';
import { greeksModel } from './greeks.ts';
import { grid, gridWith } from './grid.ts';
import { span } from './span.ts';
import { staticModel } from './static.ts';
import { dmr, lookingWith, varModel } from './var.ts';

/** Every margin model by id. @example models.grid.id // 'grid' */
export const models = {
  grid,
  greeks: greeksModel,
  span,
  static: staticModel,
  var: varModel,
  dmr,
  'derive-pmrm2': derivePmrm2,
  'derive-pmrm': derivePmrm,
  'derive-srm': deriveStandard,
  'deribit-sm': deribitStandard,
  'deribit-pm': deribitPortfolio,
  'okx-pm': okxPortfolio,
} as const satisfies Readonly<Record<string, MarginModel>>;
export type ModelId = keyof typeof models;

/**
 * The same models with another body for the rows that full revaluation fills, bit for bit the same: so books, digests and requirements stay what they are.
 * @example modelsWith(method).grid.book(products, market, gridDefaults)
 */
export function modelsWith(method: RowMethod): typeof models {
  return { ...models, grid: gridWith(method), ...lookingWith(method) };
}
