// Refusals that were written down: what a fit or a book could not do travels with it.

import { type Refusal, type RefusalReason, refuse } from '../base/index.ts';
import { type Doubts, Fields, type Place } from './fields.ts';
import type { Json } from './json.ts';

const KNOWN = {
  malformed: true,
  'too-large': true,
  truncated: true,
  empty: true,
  'out-of-range': true,
  duplicate: true,
  crossed: true,
  'unknown-product': true,
  'unknown-asset': true,
  'unknown-model': true,
  expired: true,
  'no-market': true,
  'no-quotes': true,
  'no-forward': true,
  'no-volatility': true,
  unfit: true,
  arbitrage: true,
  'bad-parameter': true,
  imprecise: true,
  'bad-payoff': true,
  'too-short': true,
  'no-history': true,
  singular: true,
  'not-supported': true,
  'unknown-account': true,
  'unknown-order': true,
  'unknown-set': true,
  'insufficient-margin': true,
  'insufficient-balance': true,
  limit: true,
  throttled: true,
  halted: true,
  'not-allowed': true,
  'reduce-only': true,
  collar: true,
  'stale-market': true,
  'out-of-order': true,
  corrupt: true,
  newer: true,
  locked: true,
  fenced: true,
  full: true,
  disk: true,
  closed: true,
} satisfies Record<RefusalReason, true>;
/** Every reason there is. */
export const REASONS = Object.keys(KNOWN) as readonly RefusalReason[];

/** A refusal from a file: `{"reason":"expired","message":"...","where":"..."}`; the place may be left out. */
export function readRefusal(node: Json | undefined, place: Place, doubts: Doubts): Refusal {
  const fields = new Fields(node, place, ['reason', 'message', 'where'], doubts);
  const reason = fields.word('reason', REASONS);
  return refuse(reason, fields.text('message'), fields.has('where') ? fields.text('where') : undefined);
}
