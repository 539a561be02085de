// Parameters by the day: venues change theirs without notice, so a margin of last month needs the parameters of last month.

import { type Refusal, refuse } from '../../base/index.ts';
import type { DatedParameters, MarginModel, ModelParameters } from '../requirement.ts';

type Dated = DatedParameters<ModelParameters>;
/** Sets of one model, ascending by day. */
export type History = readonly [Dated, ...Dated[]];

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * Whether a text is a day of the calendar, written `2026-02-15`; days so written compare as texts.
 * @example isDay('2026-02-30') // false
 */
export function isDay(text: string): boolean {
  const parts = DAY.exec(text);
  if (parts === null) return false;
  const midnight = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  return midnight.toISOString().slice(0, 10) === text;
}

/**
 * The dated sets of a model, ascending. Refuses (`not-supported`) a model that has none: its parameters are its own and carry a version.
 * @example historyOf(grid) // refused: grid has no dated parameters
 */
export function historyOf({ id, facts, defaults }: MarginModel): History | Refusal {
  if (facts !== undefined) return facts.history;
  const mend = `its one set is ${defaults.version}; leave the day out, or choose the model of a venue`;
  return refuse('not-supported', `${id} has no dated parameters: ${mend}.`);
}

/**
 * The set that held on a day: the last one effective on it or before (M-120). Refuses (`malformed`) what is no day, and (`out-of-range`) a
 * day before the first set, naming that.
 * @example asOf(history, '2026-01-01') // the set effective since 2024-06-17
 */
export function asOf(history: History, day: string): Dated | Refusal {
  if (!isDay(day)) return refuse('malformed', `'${day}' is not a day; write for example 2026-02-15.`);
  const set = history.findLast(({ effective }) => effective <= day);
  if (set !== undefined) return set;
  const [first] = history;
  const mend = 'take that day or a later one, or add an older set with a file';
  return refuse('out-of-range', `no parameters are known before ${first.effective} (${day} asked); ${mend}.`);
}

/**
 * A day's set put into a history (M-122). Refuses (`duplicate`) a day that has one.
 * @example withSet(history, { effective: '2026-09-23', source: 'a note', parameters }).length // one more
 */
export function withSet(history: History, set: Dated): History | Refusal {
  if (history.some(({ effective }) => effective === set.effective)) {
    return refuse('duplicate', `there is a set of ${set.effective} already; give each day once.`);
  }
  const sorted = [...history, set].sort((left, right) => (left.effective < right.effective ? -1 : 1));
  return sorted as unknown as History;
}

/**
 * A venue's model with other dated sets; its defaults are the last of them. The model has facts.
 * @example withHistory(model, [first]).defaults === first.parameters // true
 */
export function withHistory(model: MarginModel, history: History): MarginModel {
  return { ...model, defaults: history.at(-1)!.parameters, facts: { ...model.facts!, history } };
}

/** What a parameter may be where two sets differ: a number, a word, or a list; undefined where a set has no such field. */
export type ParameterValue = number | string | boolean | readonly unknown[] | undefined;

/** One field that two sets do not agree on. */
export interface Difference {
  /** `coins.BTC.priceRange`, `tails[2].factor`. */
  readonly path: string;
  readonly from: ParameterValue;
  readonly to: ParameterValue;
}

/** Names of sets, not parameters. */
const LABELS = new Set(['id', 'version']);

/**
 * Where two sets differ, field by field in the order of the first (M-121): objects by name, lists of objects of one length item by item, all
 * other lists whole. The names of the sets (`id`, `version`) are no parameters.
 * @example differencesOf({ mm: 0.8, up: [1, 2] }, { mm: 0.75, up: [1, 3] }) // [{ path: 'mm', from: 0.8, to: 0.75 }, { path: 'up', ... }]
 */
export function differencesOf(from: object, to: object): readonly Difference[] {
  const found: Difference[] = [];
  compareObjects(from, to, '', found);
  return found;
}

function compareObjects(from: object, to: object, path: string, found: Difference[]): void {
  const left = from as Readonly<Record<string, unknown>>;
  const right = to as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (path === '' && LABELS.has(key)) continue;
    compareValues(left[key], right[key], path === '' ? key : `${path}.${key}`, found);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function compareValues(from: unknown, to: unknown, path: string, found: Difference[]): void {
  if (isList(from) || isList(to)) {
    compareLists(from, to, path, found);
  } else if (isObject(from) || isObject(to)) {
    // A name that only one set has is told by its fields; what stood there instead is told before them.
    const plain = (value: unknown) => (isObject(value) ? undefined : (value as ParameterValue));
    if (plain(from) !== plain(to)) found.push({ path, from: plain(from), to: plain(to) });
    compareObjects(asObject(from), asObject(to), path, found);
  } else if (!Object.is(from, to)) {
    found.push({ path, from: from as ParameterValue, to: to as ParameterValue });
  }
}

const asObject = (value: unknown): object => (isObject(value) ? value : {});

function compareLists(from: unknown, to: unknown, path: string, found: Difference[]): void {
  if (!isList(from) || !isList(to)) {
    found.push({ path, from: from as ParameterValue, to: to as ParameterValue });
    return;
  }
  const alike = from.length === to.length;
  if (alike && from.every(isObject) && to.every(isObject)) {
    from.forEach((item, i) => {
      compareValues(item, to[i], `${path}[${i}]`, found);
    });
  } else if (!alike || JSON.stringify(from) !== JSON.stringify(to)) {
    found.push({ path, from, to });
  }
}

/** What changed on a day. */
export interface Change {
  readonly effective: string;
  readonly source: string;
  readonly differences: readonly Difference[];
}

/**
 * Every change of a history after its first set, ascending (M-121).
 * @example changesOf(history)[0].differences // what the second set has otherwise than the first
 */
export function changesOf(history: History): readonly Change[] {
  return history.slice(1).map(({ effective, source, parameters }, i) => {
    return { effective, source, differences: differencesOf(history[i]!.parameters, parameters) };
  });
}
