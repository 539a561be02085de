// Whole markets and whole parameters inside an input or a state, by the readers that other files have for them.

import { canonicalJson, isRefusal } from '../../base/index.ts';
import type { ModelParameters } from '../../margin/index.ts';
import type { Market } from '../../market/index.ts';
import { Doubts } from '../fields.ts';
import { readMarket } from '../market-read.ts';
import { writeMarket } from '../market-write.ts';
import { readWholeParameters } from '../parameters.ts';
import { quoted, suggest } from '../words.ts';
import type { Form } from './form.ts';
import { nodeOf, type Reading } from './reading.ts';

/** A market as the text of `writeMarket`, in a text: it has a digest of its own and numbers that JSON has no word for. */
export const marketText: Form<Market> = {
  what: 'the text of a market, as writeMarket writes it',
  read(value, reading) {
    if (typeof value !== 'string') {
      reading.wrong(value, this.what);
      return NO_MARKET;
    }
    const market = readMarket(value, reading.where);
    if (!isRefusal(market)) return market;
    reading.keep(market);
    return NO_MARKET;
  },
  write: (market) => JSON.stringify(writeMarket(market)),
};

/** Stands in beside a fault and never leaves the reader. */
const NO_MARKET = {} as Market;

/** A model that is there. */
export const modelName: Form<string> = {
  what: 'the name of a model',
  read(value, reading) {
    if (typeof value === 'string' && reading.models.has(value)) return value;
    if (typeof value !== 'string') reading.wrong(value, this.what);
    else {
      const known = suggest(value, [...reading.models.keys()]);
      reading.say('unknown-model', `The model ${quoted(value)} is unknown here.${known}`);
    }
    return '';
  },
  write: (value) => JSON.stringify(value),
};

/** Parameters with every field stated, of the model that is named beside them. */
export const parameters: Form<ModelParameters> = {
  what: 'an object {...} with every parameter of the model',
  read: (value, reading, beside) => readParametersOf(value, beside['model'], reading),
  write: (value) => canonicalJson(value),
};

function readParametersOf(value: unknown, id: unknown, reading: Reading): ModelParameters {
  const none = {} as ModelParameters;
  const model = typeof id === 'string' ? reading.models.get(id) : undefined;
  // The model's own name is doubted in its own place.
  if (model === undefined || reading.fault !== undefined) return none;
  const { source, path } = reading;
  const doubts = new Doubts();
  const read = readWholeParameters(nodeOf(value), { source, path }, model.defaults, model.form, doubts);
  // Lines are those of the parameters alone, which stand in one line.
  const fault = doubts.fault;
  if (fault !== undefined)
    reading.keep({ ...fault, where: fault.where?.replace(`${source} line 1`, source) ?? reading.where });
  const doubt = fault === undefined ? model.form.doubt(read) : undefined;
  if (doubt !== undefined) reading.say(doubt.reason, doubt.message);
  return reading.fault === undefined ? read : none;
}
