// Newer sets of a venue's parameters from a file: venues change them faster than programs are released.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import { asOf, type History, historyOf, isDay, type MarginModel, withSet } from '../margin/index.ts';
import { below, Doubts, Fields, type Place, placeOf } from './fields.ts';
import { isJson, type Json, parseJson } from './json.ts';
import { readParametersNode } from './parameters.ts';
import { located, quoted, suggest } from './words.ts';

/** Sets in one file. */
export const DATED_SETS_MAX = 1000;

/**
 * Dated sets laid over the histories of models (M-122): a list, or one, of
 * `{"model":"deribit-pm","effective":"2026-09-23","source":"...","parameters":{...}}`. The parameters are what differs from the set that held
 * before that day, as a parameter file writes it; a later set is not changed by it. Answers the histories of the models named. Refuses unknown
 * models and keys, what is no day, days that do not ascend model by model or have a set already, a day before the first set, and whatever
 * the model's form doubts, naming file, line and field.
 * @example readParameterHistory(text, 'newer.json', models).get('deribit-pm') // the built-in sets and the file's
 */
export function readParameterHistory(
  text: string,
  source: string,
  known: Readonly<Record<string, MarginModel>>,
): ReadonlyMap<string, History> | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const doubts = new Doubts();
  const place = { source, path: '' };
  const entries = root.kind === 'list' ? doubts.list(root, place, DATED_SETS_MAX) : [root];
  const histories = new Map<string, History>();
  const latest = new Map<string, string>();
  entries.forEach((node, i) => {
    if (doubts.fault !== undefined) return;
    const at = root.kind === 'list' ? below(place, i) : place;
    readSet(node, at, known, histories, latest, doubts);
  });
  if (doubts.fault === undefined && entries.length === 0) {
    return refuse('empty', 'There is no set in the list; write at least one.', source);
  }
  return doubts.fault ?? histories;
}

function readSet(
  node: Json,
  place: Place,
  known: Readonly<Record<string, MarginModel>>,
  histories: Map<string, History>,
  latest: Map<string, string>,
  doubts: Doubts,
): void {
  const fields = new Fields(node, place, ['model', 'effective', 'source', 'parameters'], doubts);
  const model = knownModel(fields, known);
  const effective = fields.text('effective');
  if (!isDay(effective)) {
    fields.refuse('effective', `${quoted(effective)} is not a day; write for example 2026-02-15.`);
  }
  const words = fields.text('source');
  if (words.trim() === '') fields.refuse('source', 'The source is empty; say where the set was read.');
  if (doubts.fault !== undefined || model === undefined) return;
  const before = latest.get(model.id);
  if (before !== undefined && effective <= before) {
    const said = `${effective} does not come after ${before}, the set of ${model.id} before it; sort them by day.`;
    fields.refuse('effective', said);
  }
  latest.set(model.id, effective);
  const history = histories.get(model.id) ?? historyOf(model);
  if (isRefusal(history)) {
    doubts.refuse(located(history, placeOf(below(place, 'model'), node)));
    return;
  }
  const merged = merge(history, model, { effective, source: words }, fields, doubts);
  if (merged !== undefined && doubts.fault === undefined) histories.set(model.id, merged);
}

function knownModel(fields: Fields, known: Readonly<Record<string, MarginModel>>): MarginModel | undefined {
  const name = fields.text('model');
  if (Object.hasOwn(known, name)) return known[name];
  fields.refuse('model', `There is no model ${quoted(name)}.${suggest(name, Object.keys(known))}`);
  return undefined;
}

function merge(
  history: History,
  model: MarginModel,
  set: { readonly effective: string; readonly source: string },
  fields: Fields,
  doubts: Doubts,
): History | undefined {
  const place = below(fields.place, 'parameters');
  const node = fields.node('parameters');
  const base = asOf(history, set.effective);
  if (isRefusal(base)) {
    fields.refuse('effective', base.message);
    return undefined;
  }
  if (node === undefined) {
    doubts.object(node, place);
    return undefined;
  }
  const start = { ...base.parameters, version: `${model.id}-${set.effective}` };
  const parameters = readParametersNode(node, place, start, model.form, doubts);
  if (isRefusal(parameters)) {
    doubts.refuse(parameters);
    return undefined;
  }
  const merged = withSet(history, { ...set, parameters });
  if (!isRefusal(merged)) return merged;
  fields.refuse('effective', merged.message);
  return undefined;
}
