// How a parameter file may depart from a model's defaults: numbers and words replace their like; a form names what may do more.

import type { Refusal } from '../base/index.ts';

/** What every model's parameters have beside their numbers: a name and a version, which say where a requirement came from. */
export interface ParameterSet {
  readonly id: string;
  readonly version: string;
}

/**
 * What a field may do beside having its numbers replaced.
 * `fields`: an object, some fields of which do more. `words`: one of these. `scenarios`: a scenario set, replaced whole.
 * `map`: names may be new; one starts from `fresh`, and where that is a text, from the neighbouring field of that name.
 * `list`: at most `most` items shaped like `item`, replaced whole, every field of an item stated.
 */
export type FieldForm =
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, FieldForm>> }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'scenarios' }
  | {
      readonly kind: 'map';
      readonly names: 'asset' | 'product' | 'pair' | 'factor';
      readonly fresh: object | number | string;
      readonly item?: FieldForm;
    }
  | { readonly kind: 'list'; readonly item: object | number; readonly most: number };

/**
 * How parameters of one model are read from a file, and doubted.
 * @example const form: ParameterForm<GridParameters> = { fields: { scenarios: { kind: 'scenarios' } }, doubt: doubtParameters };
 */
export interface ParameterForm<Parameters> {
  readonly fields: Readonly<Record<string, FieldForm>>;
  /** The first thing wrong with a whole set, by the name of its field; undefined when it is sound. */
  doubt(parameters: Parameters): Refusal | undefined;
}
