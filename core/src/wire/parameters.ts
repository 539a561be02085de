// Parameter files: only what differs from the defaults is written, and every word is checked against them.

import { canonicalJson, isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { FieldForm, ParameterForm, ParameterSet } from '../margin/index.ts';
import { any, below, Doubts, Fields, type Place, placeOf } from './fields.ts';
import { isJson, type Json, parseJson, plainJson } from './json.ts';
import { isAssetCode, parseProduct } from './names.ts';
import { readScenarios } from './scenarios.ts';
import { located, quoted, suggest } from './words.ts';

const NAMES_MAX = 1000;

/**
 * Lays a parameter file over a base: `{"version":"desk-7","coins":{"BTC":{"initial":0.2}},"releaseBuffer":0.1}`. Numbers replace numbers,
 * words replace words, at any depth; what a model's form calls a map may have new names (in `grid` coins, pegs and correlation pairs; a
 * coin starts from `otherCoin`), what it calls a list is replaced whole, and so are `scenarios`.
 * Refuses unknown words with a suggestion, and whatever the form doubts.
 * @example readParameters('{"releaseBuffer":0.1}', 'desk.json', gridDefaults, grid.form).releaseBuffer // 0.1
 */
export function readParameters<P extends ParameterSet>(
  text: string,
  source: string,
  base: P,
  form: ParameterForm<P>,
): P | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const start = { ...base, version: `${base.version}+${source}` };
  return readParametersNode(root, { source, path: '' }, start, form, new Doubts());
}

/** Parameters that stand somewhere in a file, laid over `start`; what is doubted as a whole is said of the place they stand in. */
export function readParametersNode<P extends ParameterSet>(
  node: Json,
  place: Place,
  start: P,
  form: ParameterForm<P>,
  doubts: Doubts,
): P | Refusal {
  const merged = overlayObject(start, node, place, form.fields, doubts);
  if (doubts.fault !== undefined) return doubts.fault;
  const doubt = form.doubt(merged);
  if (doubt === undefined) return merged;
  return { ...doubt, where: place.path === '' ? place.source : placeOf(place, node) };
}

/**
 * Parameters that state every field, as a risk-parameter file holds them: nothing is taken from the defaults but their shape, so that a file
 * does not change its meaning when a default does.
 */
export function readWholeParameters<P extends ParameterSet>(
  node: Json,
  place: Place,
  base: P,
  form: ParameterForm<P>,
  doubts: Doubts,
): P {
  const forms = emptiedForms(form.fields);
  const read = overlayObject(emptied(base, form.fields), node, place, forms, doubts);
  if (doubts.fault !== undefined) return read;
  if (canonicalJson(read) !== canonicalJson(plainJson(node))) {
    const said = `They do not state every field of ${quoted(base.id)}, each as a number or word; write them whole.`;
    doubts.refuse(refuse('malformed', said, placeOf(place, node)));
  }
  return read;
}

/** A base without the names of its maps. */
function emptied<T extends object>(base: T, forms: Forms): T {
  const fields = Object.entries(base).map(([key, value]) => {
    const form = forms[key];
    if (form?.kind === 'map') return [key, {}];
    return [key, form?.kind === 'fields' ? emptied(value, form.fields) : value];
  });
  return Object.fromEntries(fields);
}

/** Forms whose new names start without the names of their own maps. */
function emptiedForms(forms: Forms): Forms {
  const fields = Object.entries(forms).map(([key, form]): [string, FieldForm] => [key, emptiedForm(form)]);
  return Object.fromEntries(fields);
}

function emptiedForm(form: FieldForm): FieldForm {
  if (form.kind === 'fields') return { ...form, fields: emptiedForms(form.fields) };
  if (form.kind !== 'map' || form.item === undefined) return form;
  const item = emptiedForm(form.item);
  if (form.item.kind !== 'fields' || typeof form.fresh !== 'object') return { ...form, item };
  return { ...form, item, fresh: emptied(form.fresh, form.item.fields) };
}

type Forms = Readonly<Record<string, FieldForm>>;

/** A copy of `base` with what the node says in it; the same shape all the way down. */
function overlayObject<T extends object>(base: T, node: Json, place: Place, forms: Forms, doubts: Doubts): T {
  const fields = new Fields(node, place, Object.keys(base), doubts);
  const out = { ...base } as Record<string, unknown>;
  const lay = (key: string) => {
    const item = fields.node(key);
    const form = forms[key];
    const like = form?.kind === 'map' && typeof form.fresh === 'string' ? out[form.fresh] : undefined;
    if (item !== undefined) out[key] = overlay(out[key], item, below(place, key), form, doubts, like);
  };
  // A map may start its new names from a neighbour as the file has it, so maps come last.
  const isMap = (key: string) => forms[key]?.kind === 'map';
  for (const key of Object.keys(base)) if (!isMap(key)) lay(key);
  for (const key of Object.keys(base)) if (isMap(key)) lay(key);
  return out as T;
}

/** One value over another of its kind; `like` is what new names of a map start from when that is a neighbour. */
function overlay(
  base: unknown,
  node: Json,
  place: Place,
  form: FieldForm | undefined,
  doubts: Doubts,
  like?: unknown,
): unknown {
  switch (form?.kind) {
    case 'scenarios':
      return readScenarios(node, place, doubts);
    case 'map':
      return overlayMap(base as object, node, place, form, like ?? form.fresh, doubts);
    case 'list':
      return doubts
        .list(node, place, form.most)
        .map((item, i) => stated(form.item, item, below(place, i), doubts));
    case 'words':
      return wordOf(node, place, form.words, doubts);
    default:
  }
  if (typeof base === 'number') return numberOf(node, place, doubts);
  if (typeof base === 'string') return doubts.text(node, place);
  return overlayObject(base as object, node, place, form?.fields ?? {}, doubts);
}

function numberOf(node: Json, place: Place, doubts: Doubts): number {
  const value = doubts.number(node, place, any);
  return value === 0 && node.kind === 'number' && node.text.startsWith('-') ? -0 : value;
}

function wordOf(node: Json, place: Place, words: readonly string[], doubts: Doubts): string {
  const text = doubts.text(node, place);
  if (doubts.fault === undefined && !words.includes(text)) {
    const said = `${quoted(text)} is unknown here.${suggest(text, words)}`;
    doubts.refuse(refuse('malformed', said, placeOf(place, node)));
  }
  return text;
}

/** An item of a list: a list is replaced whole, so nothing of an item may be left unsaid. */
function stated(item: unknown, node: Json, place: Place, doubts: Doubts): unknown {
  const object = typeof item === 'object' ? doubts.object(node, place) : undefined;
  for (const key of object === undefined ? [] : Object.keys(item as object)) {
    if (object!.fields.has(key)) continue;
    const said = `${quoted(key)} is missing; an item of a list states all of its fields.`;
    doubts.refuse(refuse('malformed', said, placeOf(place, node)));
  }
  return overlay(item, node, place, undefined, doubts);
}

function overlayMap(
  base: object,
  node: Json,
  place: Place,
  form: Extract<FieldForm, { kind: 'map' }>,
  fresh: unknown,
  doubts: Doubts,
): object {
  const object = doubts.object(node, place);
  if (object === undefined) return base;
  const out: Record<string, unknown> = { ...base };
  const count = object.fields.size;
  if (count > NAMES_MAX) {
    const said = `There are ${count} names, more than the limit of ${NAMES_MAX}.`;
    doubts.refuse(refuse('too-large', said, place.source));
    return base;
  }
  for (const [name, item] of object.fields) {
    const at = below(place, name);
    doubtName(name, form.names, placeOf(at, item), doubts);
    const under = Object.hasOwn(out, name) ? out[name] : fresh;
    out[name] = overlay(under, item, at, form.item, doubts);
  }
  return out;
}

function doubtName(
  name: string,
  names: 'asset' | 'product' | 'pair' | 'factor',
  where: string,
  doubts: Doubts,
): void {
  if (names === 'product') {
    const product = parseProduct(name);
    if (isRefusal(product)) doubts.refuse(located(product, where));
  }
  if (names === 'pair' && !name.includes('/')) {
    const said = `${quoted(name)} is not a pair; write two codes with a slash, such as BTC/ETH.`;
    doubts.refuse(refuse('malformed', said, where));
  }
  if (names === 'factor' && !/^(spot|vol|premium|peg):[A-Z0-9]{1,12}$/.test(name)) {
    const said = `${quoted(name)} is not a factor; write what moves and of what, such as spot:BTC.`;
    doubts.refuse(refuse('malformed', said, where));
  }
  if (names === 'asset' && !isAssetCode(name)) {
    const said = `${quoted(name)} is not an asset; write its code as the venue does, such as BTC.`;
    doubts.refuse(refuse('malformed', said, where));
  }
}
