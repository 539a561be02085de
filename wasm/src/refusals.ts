// What a pool says where it cannot do what is asked.

import { type Refusal, refuse } from '@plimsoll/core';

export const CLOSED = refuse('not-supported', 'it is closed; open another.', 'the pool');
export const UNDER_WAY = refuse('malformed', 'a sweep is under way; wait for it.', 'the pool');

/** The refusal of whole requirements, and what would mend it. */
export function noFigures(mend: string): Refusal {
  return refuse('not-supported', `it has no room or no charges for whole requirements; ${mend}.`, 'the pool');
}
