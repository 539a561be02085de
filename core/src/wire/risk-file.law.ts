// Laws of the risk-parameter file: what is read is what was written, and a margin from a file is the live one to the last bit.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything } from '../../test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../test/history.ts';
import { market } from '../../test/sample.ts';
import { fromUtf8, instant, isRefusal, type Refusal, utf8 } from '../base/index.ts';
import { assess, type MarginBook, type MarginModel, models, requirementDigest } from '../margin/index.ts';
import { standardScenarios } from '../scenario/index.ts';
import { type RiskHeader, readRiskFile, sealRiskFile, writeRiskFile } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.where}: ${value.message}`);
  return value;
}

const history = sampleHistory();
const liveOf = (id: string, model: MarginModel, parameters = fewWindows(model.defaults)) => {
  return { id, model, book: sure(model.book(everything, { ...market, history }, parameters)) };
};
const drawnDefaults = fewWindows(models.var.defaults);
const live = [
  ...Object.values<MarginModel>(models).map((model) => liveOf(model.id, model)),
  // Windows in several sets: a line is the worst of them.
  ...['monte-carlo', 'delta-gamma'].map((method) =>
    liveOf(`var, ${method}`, models.var, {
      ...drawnDefaults,
      history: { ...drawnDefaults.history, method, draws: { maintenance: 40, initial: 40 } },
    } as typeof drawnDefaults),
  ),
];
const sealed = (book: MarginBook, header: RiskHeader = {}) => sealRiskFile(sure(writeRiskFile(book, header)));

const time = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2090, 0) }).map(instant);
const headers = fc
  .record(
    {
      publishedAt: time,
      effectiveAt: time,
      expiresAt: time,
      sequence: fc.nat(),
      previous: fc.stringMatching(/^[0-9a-f]{64}$/),
      reason: fc.string({ unit: 'grapheme' }),
    },
    { requiredKeys: [] },
  )
  .filter(({ effectiveAt = 0, expiresAt = Number.POSITIVE_INFINITY }) => effectiveAt < expiresAt);

describe.each(live)('M-75 the file of $id', ({ model, book }) => {
  it('M-75 margins any account as the live book does, to the last bit', () => {
    const file = sure(readRiskFile(sealed(book), 'risk.json'));
    expect(file.book.risk.digest).toBe(book.risk.digest);
    fc.assert(
      fc.property(accounts, (account) => {
        const here = assess(account, book, model);
        const there = assess(account, file.book, file.model);
        if (isRefusal(here)) {
          // What a venue does not list it does not list from a file either.
          expect(there).toEqual(here);
          return;
        }
        const said = (standing: typeof here) => {
          const { requirement } = standing as Exclude<typeof standing, Refusal>;
          const lines = [requirement.maintenance, requirement.release, requirement.initial];
          return {
            ...standing,
            requirement: {
              ...requirement,
              lines: lines.map(({ amount, swept, charges, combined, sweep }) => {
                return { amount, swept, charges, combined, pnl: sweep.pnl };
              }),
              maintenance: 0,
              release: 0,
              initial: 0,
            },
          };
        };
        expect(said(there as typeof here)).toEqual(said(here));
        expect(requirementDigest(account, file.book)).toBe(requirementDigest(account, book));
      }),
      { numRuns: 40 },
    );
  });

  it('M-75 is the same to the byte when it is read and written again', () => {
    fc.assert(
      fc.property(headers, (header) => {
        const content = sure(writeRiskFile(book, header as RiskHeader));
        const file = sure(readRiskFile(sealRiskFile(content), 'risk.json'));
        expect(Buffer.from(sure(writeRiskFile(file.book, file.header))).equals(content)).toBe(true);
        expect(file.header).toEqual(header);
      }),
      { numRuns: 2 },
    );
  });
});

describe('M-76 a spoilt file', () => {
  const small = {
    ...models.grid.defaults,
    scenarios: { id: 'few', lanes: standardScenarios.lanes.slice(0, 3) },
  };
  const book = sure(models.grid.book(everything.slice(0, 4), market, small));
  const text = fromUtf8(sealed(book, { sequence: 7, reason: 'wärme' }))!;
  const { content } = sure(readRiskFile(text, 'risk.json'));
  const same = Buffer.from(content);

  it('M-76 is refused, or says the same, whatever character is spoilt', () => {
    const refusedBy = new Set<string>();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 1 }), (at, other) => {
        const read = readRiskFile(text.slice(0, at) + other + text.slice(at + 1), 'risk.json');
        if (isRefusal(read)) refusedBy.add(read.message.slice(0, 12));
        else expect(same.equals(read.content)).toBe(true);
      }),
      { numRuns: 400 },
    );
    expect(refusedBy.size).toBeGreaterThan(5);
  });

  it('M-76 is refused when any digit of it is another', () => {
    for (let at = 0; at < text.length; at++) {
      if (!/[0-9]/.test(text[at]!) || at % 29 !== 0) continue;
      const digit = (Number(text[at]) + 1) % 10;
      const read = readRiskFile(`${text.slice(0, at)}${digit}${text.slice(at + 1)}`, 'risk.json');
      if (!isRefusal(read)) expect(same.equals(read.content), text.slice(at - 20, at + 5)).toBe(true);
    }
  });

  it('M-76 never throws, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(text.length), (bytes, at) => {
        const whole = utf8(text);
        readRiskFile(bytes, 'noise');
        readRiskFile(whole.slice(0, at), 'cut');
        whole.set(bytes.slice(0, whole.length - at), at);
        readRiskFile(whole, 'overwritten');
      }),
      { numRuns: 100 },
    );
  });
});
