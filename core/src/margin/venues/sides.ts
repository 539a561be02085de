// Requirements of ours in a venue's own shape, for the models that have one.

import type { MarginBook, Requirement } from '../requirement.ts';
import type { VenueSide } from './compare.ts';

/** Our requirement under the venue's names; undefined for a model without such a shape. @example venueSide(book, requirement)?.unit('BTC', 'mr1') */
export function venueSide(_book: MarginBook, _requirement: Requirement): VenueSide | undefined {
  return undefined;
}
