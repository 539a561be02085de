// A Deribit chain as `public/get_book_summary_by_currency` answers it: options, futures and perpetuals in one list, nulls for no quote.
// https://docs.deribit.com/api-reference/market-data/public-get_book_summary_by_currency

import { type Instant, instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { ChainSnapshot } from '../market/index.ts';
import type { Listed } from '../product/index.ts';
import { CHAIN_QUOTES_MAX, chainBuilder, type RawQuote } from './chain.ts';
import { percentOrNaN } from './decimal.ts';
import { below, Doubts, type Place, placeOf } from './fields.ts';
import { formatInstant, isServedInstant } from './instants.ts';
import { isJson, type Json, type JsonObject, parseJson } from './json.ts';
import { isAssetCode, parseProduct } from './names.ts';
import { quoted } from './words.ts';

/** Answers of several currencies are fetched one after the other; further apart than this they are not one snapshot. */
export const SUMMARY_SPREAD_MS = 600_000;
/** Lists inside lists: the currencies, and the entries of one. */
const LISTS_MAX = 2;
/** Combos (`BTC-FS-27MAR26_PERP`, `BTC-CS-27MAR26-80000_90000`) and spot pairs (`BTC_USDC`): real, but nothing margins them here. */
const COMBO = /^[A-Z0-9_]+-[A-Z]{2,6}\d?-/;
const SPOT_PAIR = /^([A-Z0-9]+)_([A-Z0-9]+)$/;

interface Entry {
  readonly node: JsonObject;
  readonly place: Place;
}

/**
 * Reads the answer of `public/get_book_summary_by_currency`: the JSON-RPC envelope, its bare `result`, or a list of either (one per currency).
 * `mark_iv` is percent; `estimated_delivery_price` is the index; the snapshot's time is the latest `creation_timestamp`, which must not be
 * after `at`. A future expiring with the options keeps its own mark. Combos and spot pairs are left out and noted; other doubts as `chainBuilder`.
 * An envelope with an `error` is refused with the venue's words.
 * @example readChainJson(text, { source: 'summary.json' }) // { at, options, futures, ... } or a refusal
 */
export function readChainJson(
  text: string,
  query: { readonly source: string; readonly at?: Instant },
): ChainSnapshot | Refusal {
  const { source } = query;
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const doubts = new Doubts();
  const entries: Entry[] = [];
  gather(root, { source, path: '' }, doubts, entries, 0);
  if (doubts.fault !== undefined) return doubts.fault;
  if (entries.length === 0)
    return refuse('empty', 'The answer holds no instrument; ask for another currency.', source);
  const at = timeOf(entries, source, query.at);
  if (isRefusal(at)) return at;
  const builder = chainBuilder(source, at, 'entry');
  for (const [i, entry] of entries.entries()) {
    const here = below(entry.place, 'instrument_name');
    const node = entry.node.fields.get('instrument_name');
    const name = doubts.text(node, here);
    if (isElsewhere(name)) {
      builder.note(`entry ${i + 1}: ${quoted(name)} is a combo or a spot pair and was left out.`);
      continue;
    }
    const product = node === undefined ? undefined : parseProduct(name, placeOf(here, node));
    const raw =
      product === undefined || isRefusal(product) ? product : readEntry(entry, product, i + 1, doubts);
    if (doubts.fault !== undefined || raw === undefined) return doubts.fault!;
    const refusal = isRefusal(raw) ? raw : builder.add(raw);
    if (refusal !== undefined) return refusal;
  }
  return builder.finish();
}

/** Flattens envelopes and lists into entries; at most a list of envelopes, the envelope, its result. */
function gather(node: Json, place: Place, doubts: Doubts, entries: Entry[], depth: number): void {
  if (doubts.fault !== undefined) return;
  if (node.kind === 'list' && depth < LISTS_MAX) {
    for (const [i, item] of doubts.list(node, place, CHAIN_QUOTES_MAX).entries()) {
      gather(item, below(place, i), doubts, entries, depth + 1);
    }
    return;
  }
  const object = doubts.object(node, place);
  if (object === undefined) return;
  const error = object.fields.get('error');
  const result = object.fields.get('result');
  if (error !== undefined) doubts.refuse(refuseAnswer(error, place));
  else if (result === undefined) entries.push({ node: object, place });
  else if (result.kind === 'list') gather(result, below(place, 'result'), doubts, entries, 1);
  else doubts.list(result, below(place, 'result'), CHAIN_QUOTES_MAX);
}

function refuseAnswer(error: Json, place: Place): Refusal {
  const message = error.kind === 'object' ? error.fields.get('message') : undefined;
  const words = message?.kind === 'text' ? quoted(message.value) : 'no reason';
  return refuse(
    'no-market',
    `The venue answered with an error, ${words}; ask it again.`,
    placeOf(below(place, 'error'), error),
  );
}

function isElsewhere(name: string): boolean {
  const pair = SPOT_PAIR.exec(name);
  if (pair !== null) return isAssetCode(pair[1]!) && isAssetCode(pair[2]!);
  return COMBO.test(name) && name.length <= 64;
}

function timeOf(entries: readonly Entry[], source: string, limit: Instant | undefined): Instant | Refusal {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { node, place } of entries) {
    const stamp = node.fields.get('creation_timestamp');
    const ms = stamp?.kind === 'number' ? Number(stamp.text) : Number.NaN;
    if (!isServedInstant(ms)) {
      const said = 'The creation_timestamp must be whole milliseconds since 1970, as the venue writes them.';
      return refuse('malformed', said, placeOf(below(place, 'creation_timestamp'), stamp ?? node));
    }
    first = Math.min(first, ms);
    last = Math.max(last, ms);
  }
  if (last - first > SUMMARY_SPREAD_MS) {
    const span = `${formatInstant(instant(first))} to ${formatInstant(instant(last))}`;
    return refuse(
      'out-of-range',
      `The entries run from ${span}, too far apart for one snapshot; fetch them together.`,
      source,
    );
  }
  if (limit !== undefined && last > limit) {
    const said = `The only snapshot is of ${formatInstant(instant(last))}, after ${formatInstant(limit)}; ask for a later time.`;
    return refuse('no-market', said, source);
  }
  return instant(last);
}

function timeStated(ms: number | undefined): { time?: Instant } {
  return ms === undefined ? {} : { time: instant(ms) };
}

function readEntry(entry: Entry, product: Listed, row: number, doubts: Doubts): RawQuote {
  const number = (field: string): number | undefined => {
    const node = entry.node.fields.get(field);
    if (node === undefined || node.kind === 'null') return undefined;
    return doubts.number(node, below(entry.place, field));
  };
  const percent = entry.node.fields.get('mark_iv');
  const vol = number('mark_iv');
  return {
    row,
    product,
    bid: number('bid_price'),
    ask: number('ask_price'),
    mark: number('mark_price'),
    markVol:
      percent?.kind === 'number' ? percentOrNaN(percent.text) : vol === undefined ? undefined : vol / 100,
    forward: number('underlying_price'),
    index: number('estimated_delivery_price'),
    openInterest: number('open_interest'),
    ...timeStated(number('creation_timestamp')),
  };
}
