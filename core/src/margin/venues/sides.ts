// Requirements of ours in a venue's own shape, for the models that have one.

import type { MarginBook, Requirement } from '../requirement.ts';
import type { VenueSide } from './compare.ts';
import type { OkxBook } from './okx/pm.ts';
import { okxSide } from './okx/report.ts';

/** Our requirement under the venue's names; undefined for a model without such a shape. @example venueSide(book, requirement)?.unit('BTC', 'mr1') */
export function venueSide(book: MarginBook, requirement: Requirement): VenueSide | undefined {
  // A book is made by the model it names.
  if (book.model === 'okx-pm') return okxSide(book as OkxBook, requirement);
  return undefined;
}
