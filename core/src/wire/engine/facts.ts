// Facts as text and back. They are our own words: their shape is doubted, so that a reader of another language's journal learns early, not their sense.

import type { Refusal } from '../../base/index.ts';
import {
  ACCOUNTS_MAX,
  type CreditReason,
  type Cure,
  type CureTrade,
  type Fact,
  type GoneReason,
  STATUSES,
  type StandingFigures,
} from '../../engine/index.ts';
import { REASONS } from '../refusals.ts';
import { list, pair } from './collections.ts';
import { constant, type Form, kinds, nullable, optional, record } from './form.ts';
import { assetTerms, productTerms } from './products.ts';
import { Reading, readText } from './reading.ts';
import {
  common,
  count,
  dollars,
  flag,
  fraction,
  lots,
  moment,
  price,
  signedLots,
  units,
  whole,
  word,
  words,
} from './scalars.ts';
import {
  category,
  health,
  hold,
  limitName,
  mode,
  policy,
  pricedTerms,
  protection,
  scope,
  topUp,
} from './terms.ts';

/** Most facts of one input: a delisting touches every account a few times. */
const FACTS_MAX = 16 * ACCOUNTS_MAX;
/** Trades that a cure names, and accounts that a proposal names. */
const NAMED_MAX = 10_000;

const CREDITS = {
  deposit: true,
  withdrawal: true,
  conversion: true,
  transfer: true,
  'top-up': true,
  premium: true,
  fee: true,
  funding: true,
  interest: true,
  settlement: true,
  bust: true,
  insurance: true,
} satisfies Record<CreditReason, true>;
const ENDS = {
  filled: true,
  cancelled: true,
  replaced: true,
  'one-cancels-other': true,
  'reduced-away': true,
  protection: true,
  closing: true,
  killed: true,
  settled: true,
  halted: true,
} satisfies Record<GoneReason, true>;

/** `{"kind":"refused","message":...,"reason":...,"where":...}`, as the value is. */
export const refusal: Form<Refusal> = record<Refusal>({
  kind: constant('refused') as Form<'refused'>,
  reason: words(REASONS),
  message: word,
  where: optional(word),
});

const cure: Form<Cure> = record<Cure>({
  asset: common,
  units: nullable(units),
  trades: list(record<CureTrade>({ product: common, lots: signedLots, cost: dollars }), NAMED_MAX),
});
const standing: Form<StandingFigures> = record<StandingFigures>({
  equity: dollars,
  maintenance: dollars,
  release: dollars,
  initial: dollars,
  locked: dollars,
});

const account = word;
const product = common;
const set = word;
const asset = common;
/** A settled product may be worth nothing. */
const final = whole(0, Number.MAX_SAFE_INTEGER);
const status = words(STATUSES);
const names = list(word, NAMED_MAX);

const fact: Form<Fact> = kinds<Fact>({
  refused: { refusal },
  repeated: { of: count },
  'asset-set': { terms: assetTerms },
  listed: { terms: productTerms },
  'mode-set': { product, mode, price: optional(final) },
  'policy-set': { policy },
  opened: { account, owner: word, group: common },
  classified: { owner: word, category },
  regrouped: { account, group: common },
  linked: { account, topUp: nullable(topUp) },
  credited: { account, asset, units, why: words(Object.keys(CREDITS) as CreditReason[]) },
  drawn: { account, units },
  moved: { account, product, lots: signedLots, cost: units, realised: units },
  traded: { fill: word, product, lots, price: final, buyer: account, seller: account, fees: pair(units) },
  busted: { fill: word },
  ordered: { account, order: word, terms: pricedTerms, isMarket: flag, isQuote: flag },
  reordered: { account, order: word, lots, price },
  unordered: { account, order: word, why: words(Object.keys(ENDS) as GoneReason[]) },
  protected: { account, protection },
  counted: { account, underlying: common, lots, isNew: flag },
  'quoted-out': { account, underlying: common, until: nullable(moment) },
  health: { coin: common, health },
  observed: { digest: word },
  funded: { product, step: units },
  accrued: { asset, step: units },
  sliced: { cursor: count, judged: count },
  shadowed: { set, accounts: count, called: count, closed: count, initial: dollars },
  status: { account, status, was: status, why: word, standing },
  called: { account, deadline: moment, cure },
  withheld: { account, why: word },
  unjudged: { account, refusal },
  missing: { account, asset, units },
  proposed: { set, called: names, closed: names, calledCount: count, closedCount: count },
  approved: { set, operator: word },
  adopted: { set },
  unproposed: { set },
  halted: { scope, reason: word, isKill: flag },
  resumed: { scope, graceUntil: moment, longer: moment as unknown as Form<number> },
  limited: { scope, limit: limitName, most: nullable(fraction(0, Number.MAX_SAFE_INTEGER)) },
  overridden: { account, hold, until: moment },
});
const facts = list(fact, FACTS_MAX);

/**
 * Facts as a canonical JSON list, in the order they were decided; numbers and amounts as in inputs.
 * @example writeFacts([{ kind: 'repeated', of: 7 }]) // '[{"kind":"repeated","of":7}]'
 */
export function writeFacts(decided: readonly Fact[]): string {
  return facts.write(decided);
}

/**
 * Reads facts from JSON, for auditors and tools: replay decides them again. Refuses shapes nobody writes, with kind of fact, field and mend.
 * @example readFacts('[{"kind":"repeated","of":7}]', 'line 7') // [{ kind: 'repeated', of: 7 }]
 */
export function readFacts(text: string, source = 'facts'): readonly Fact[] | Refusal {
  return readText(text, facts, () => new Reading(source));
}
