// From a model's name and a day to the model and its parameters.

import {
  asOf,
  type DatedParameters,
  type History,
  historyOf,
  isRefusal,
  type MarginModel,
  type ModelParameters,
  models,
  type ProductResolver,
  type Refusal,
  readParameterHistory,
  readParameters,
  refuse,
  withHistory,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';
import { addHistoryOption, type HistoryOptions } from './history.ts';

/** A model and the parameters it is to run with. */
export interface Chosen {
  /** With the sets of `--param-history` among its own. */
  readonly model: MarginModel;
  readonly parameters: ModelParameters;
  /** Knows the products of `--products`. */
  readonly resolve?: ProductResolver;
}

/** What every verb with a model can be told about it. */
export interface ModelOptions extends HistoryOptions {
  readonly model: string;
  readonly params?: string;
  readonly asOf?: string;
  readonly paramHistory?: readonly string[];
}

/** Adds the options of `ModelOptions` to a verb; where no model is the default, `otherwise` says which is taken. */
export function addModelOptions(command: Command, otherwise?: string): Command {
  const names = `margin model: ${Object.keys(models).join(', ')}`;
  const placed = addHistoryOption(command);
  const modelled =
    otherwise === undefined
      ? placed.option('--model <name>', names, 'grid')
      : placed.option('--model <name>', `${names} (default: ${otherwise})`);
  return modelled
    .option('--params <file>', 'parameters that differ from the defaults (JSON)')
    .option(
      '--as-of <day>',
      "a venue's parameters as they stood on a day, e.g. 2026-02-15 (default: the last)",
    )
    .option('--param-history <file...>', "newer sets of venues' parameters (docs/venues/README.md)");
}

/** Every model there is, with the dated sets of some files among its own; files are laid on one after the other. */
export async function knownModels(
  files: readonly string[] = [],
): Promise<Readonly<Record<string, MarginModel>> | Refusal> {
  let known: Readonly<Record<string, MarginModel>> = models;
  for (const path of files) {
    const text = await readText(path);
    if (isRefusal(text)) return text;
    const histories = readParameterHistory(text, path, known);
    if (isRefusal(histories)) return histories;
    const newer = [...histories].map(([id, history]) => [id, withHistory(known[id]!, history)]);
    known = { ...known, ...Object.fromEntries(newer) };
  }
  return known;
}

/** A model by its name. @example modelOf(known, 'grid', '--model') */
export function modelOf(
  known: Readonly<Record<string, MarginModel>>,
  name: string,
  where: string,
): MarginModel | Refusal {
  if (Object.hasOwn(known, name)) return known[name]!;
  const names = Object.keys(known).join(', ');
  return refuse('unknown-model', `there is no model '${name}'; this version has: ${names}.`, where);
}

/** The set of a day; a refusal names the option that asked. @example setOn(history, '2026-02-15', '--to') */
export function setOn(
  history: History,
  day: string,
  option = '--as-of',
): DatedParameters<ModelParameters> | Refusal {
  const set = asOf(history, day);
  return isRefusal(set) ? { ...set, where: option } : set;
}

/** The parameters of `--as-of`, or the last ones. */
function parametersOf(model: MarginModel, day: string | undefined): ModelParameters | Refusal {
  if (day === undefined) return model.defaults;
  const history = historyOf(model);
  if (isRefusal(history)) return { ...history, where: '--as-of' };
  const set = setOn(history, day);
  return isRefusal(set) ? set : set.parameters;
}

/** The model of `--model`, its parameters those of `--as-of`, with `--params` laid over them. */
export async function chooseModel(options: ModelOptions): Promise<Chosen | Refusal> {
  const known = await knownModels(options.paramHistory);
  if (isRefusal(known)) return known;
  const model = modelOf(known, options.model, '--model');
  if (isRefusal(model)) return model;
  const base = parametersOf(model, options.asOf);
  if (isRefusal(base)) return base;
  if (options.params === undefined) return { model, parameters: base };
  const text = await readText(options.params);
  if (isRefusal(text)) return text;
  const parameters = readParameters(text, options.params, base, model.form);
  return isRefusal(parameters) ? parameters : { model, parameters };
}
