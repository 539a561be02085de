// The schema in docs and the files that are written say the same.

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { everything } from '../../test/arbitrary.law.ts';
import { sampleHistory } from '../../test/history.ts';
import { market } from '../../test/sample.ts';
import { fromUtf8, instant, isRefusal, type Refusal } from '../base/index.ts';
import { type MarginModel, models } from '../margin/index.ts';
import { sealRiskFile, writeRiskFile } from './index.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/risk-file.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const signature = { algorithm: 'Ed25519', publicKey: 'a'.repeat(64), signature: 'b'.repeat(128) } as const;
const header = { publishedAt: instant(market.at), sequence: 7, reason: 'a test' };

describe('docs/risk-file.schema.json', () => {
  it.each(Object.values<MarginModel>(models))('M-75 takes the file of $id', (model) => {
    // Models that look back need something to look at.
    const book = sure(model.book(everything, { ...market, history: sampleHistory() }, model.defaults));
    const file = JSON.parse(fromUtf8(sealRiskFile(sure(writeRiskFile(book, header)), [signature]))!);
    validate(file);
    expect(validate.errors).toBeNull();
    const { header: head, levels, groups, digests, lanes } = file.file;
    for (const part of [file.file, head, levels, groups, digests, ...lanes.slice(0, 1)]) {
      part.stray = 1;
      expect(validate(file)).toBe(false);
      delete part.stray;
    }
    for (const key of Object.keys(file.file)) {
      const { [key]: _, ...rest } = file.file;
      expect(validate({ ...file, file: rest }), key).toBe(false);
    }
  });
});
