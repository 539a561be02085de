// Parameters as rows of a table: one row a field, lists on one line, scenario sets by their number.

import { type Difference, differencesOf, type ParameterValue } from '@plimsoll/core';

/** Longest value written out; what is longer is told by its length. */
const VALUE_LENGTH_MAX = 96;

/** Twelve digits tell any two parameters apart that a venue would. @example numberText(2 / 3) // '0.666666666667' */
function numberText(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** A value on one line. @example valueText([0.3, 0.13]) // '0.3, 0.13' */
export function valueText(value: ParameterValue): string {
  if (value === undefined) return '-';
  if (typeof value === 'number') return numberText(value);
  if (!Array.isArray(value)) return String(value);
  const plain = value.every((item) => typeof item !== 'object');
  const text = plain ? value.join(', ') : value.map((item) => JSON.stringify(item)).join(' ');
  if (text === '') return 'none';
  return text.length <= VALUE_LENGTH_MAX ? text : `${value.length} items; see --json`;
}

/** Every field of a set with its path. @example parameterRows({ id: 'a', mm: 0.8 }) // [['mm', '0.8']] */
export function parameterRows(parameters: object): string[][] {
  return differencesOf(parameters, {}).map(({ path, from }) => [path, valueText(from)]);
}

/** Differences as rows: field, before, after. @example differenceRows([{ path: 'mm', from: 0.8, to: 0.75 }]) // [['mm', '0.8', '0.75']] */
export function differenceRows(differences: readonly Difference[]): string[][] {
  return differences.map(({ path, from, to }) => [path, valueText(from), valueText(to)]);
}
