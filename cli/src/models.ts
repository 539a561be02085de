// From a model's name to the model and its parameters.

import {
  isRefusal,
  type MarginModel,
  type ModelId,
  type ModelParameters,
  models,
  type ProductResolver,
  type Refusal,
  readParameters,
  refuse,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';

/** A model and the parameters it is to run with. */
export interface Chosen {
  readonly model: MarginModel;
  readonly parameters: ModelParameters;
  /** Knows the products of `--products`. */
  readonly resolve?: ProductResolver;
}

/** The model of `--model`, with `--params` laid over its defaults. */
export async function chooseModel(name: string, params: string | undefined): Promise<Chosen | Refusal> {
  if (!Object.hasOwn(models, name)) {
    const known = Object.keys(models).join(', ');
    return refuse('unknown-model', `there is no model '${name}'; this version has: ${known}.`, '--model');
  }
  const model: MarginModel = models[name as ModelId];
  if (params === undefined) return { model, parameters: model.defaults };
  const text = await readText(params);
  if (isRefusal(text)) return text;
  const parameters = readParameters(text, params, model.defaults, model.form);
  return isRefusal(parameters) ? parameters : { model, parameters };
}
