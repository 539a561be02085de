// Which answer of which venue a file is, by its shape.

import { type Refusal, refuse } from '../../base/index.ts';
import type { VenueReport } from '../../margin/index.ts';
import { Doubts, type Place } from '../fields.ts';
import { isJson, type Json, parseJson } from '../json.ts';
import { openAnswer } from './answer.ts';
import { readPositions, readSummaries } from './deribit.ts';
import { readSimulation } from './deribit-simulate.ts';
import { readDeriveMargin, readSubaccount } from './derive.ts';
import { readPositionBuilder } from './okx.ts';

type Reader = (node: Json, place: Place, doubts: Doubts) => VenueReport;

/** Keys that only one answer has, and who reads it; an object is told by the first row of which it has every key. */
const SHAPES: readonly (readonly [string, readonly string[], Reader])[] = [
  ['Deribit private/pme/simulate', ['margins', 'portfolio', 'model_params'], readSimulation],
  ['Deribit private/get_account_summaries', ['summaries'], readSummaries],
  ['Deribit private/get_account_summary', ['currency', 'balance', 'equity'], readSummaries],
  ['OKX account/position-builder', ['riskUnitData'], readPositionBuilder],
  ['Derive private/get_subaccount', ['positions', 'collaterals'], readSubaccount],
  ['Derive private/get_margin', ['pre_initial_margin'], readDeriveMargin],
];

/**
 * Reads an answer of a venue as it came, in its JSON-RPC or REST wrapping or without (M-124): Deribit's `get_account_summaries`,
 * `get_account_summary`, `get_positions` and `pme/simulate`, OKX's `position-builder`, Derive's `get_subaccount`, `margin_watch` and `get_margin`.
 * Unknown fields are passed over; refused are other shapes, the venue's own errors, and known fields that are missing, no numbers or no
 * contracts we know, each by its path.
 * @example readVenueAnswer(text, 'simulate.json').amounts[0] // { path: 'result.margins.btc.initial_margin', amount: 0.12, unit: 'BTC', ... }
 */
export function readVenueAnswer(text: string, source: string): VenueReport | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const opened = openAnswer(root, source);
  if ('reason' in opened) return opened;
  const { node, place } = opened;
  const read = readerOf(node, place);
  if (read === undefined) {
    const known = SHAPES.map(([name]) => name).join(', ');
    return refuse(
      'malformed',
      `This is no answer that is known here; known are ${known} and Deribit private/get_positions.`,
      source,
    );
  }
  const doubts = new Doubts();
  const report = read(node, place, doubts);
  return doubts.fault ?? report;
}

function readerOf(node: Json, { path }: Place): Reader | undefined {
  if (node.kind === 'list') {
    const [first] = node.items;
    // An account that holds nothing: only Deribit answers with a bare list as its result.
    if (first === undefined) return path === 'result' ? readPositions : undefined;
    if (first.kind !== 'object') return undefined;
    if (first.fields.has('instrument_name')) return readPositions;
    return first.fields.has('riskUnitData') ? readPositionBuilder : undefined;
  }
  if (node.kind !== 'object') return undefined;
  return SHAPES.find(([, keys]) => keys.every((key) => node.fields.has(key)))?.[2];
}
