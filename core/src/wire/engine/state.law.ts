// A state that was written is read back as it was, to the order of its maps; and its digest is that of its text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { states } from '../../../test/facts.law.ts';
import { digestOf, digestOfAll, isRefusal, sentence, utf8 } from '../../base/index.ts';
import { emptyState, SCHEMA, type State } from '../../engine/index.ts';
import { models as registry } from '../../margin/index.ts';
import { readState, stateDigest, stateLines, writeState } from '../index.ts';

const models = new Map(Object.entries(registry));
const read = (text: string) => readState(text, 'snapshot', models);

function textOf(state: State): string {
  const text = writeState(state);
  if (isRefusal(text)) throw new Error(sentence(text));
  return text;
}

/** Every map of a value as its entries, so that order counts. */
function ordered(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(ordered);
  if (value instanceof Set) return [...value].map(ordered);
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ordered(item)]));
}

describe('M-200 states are exact text', () => {
  it('M-200 a state is read back as it was, in the order of its maps, and written again as it stood', () => {
    fc.assert(
      fc.property(states, (state) => {
        const text = textOf(state);
        const back = read(text);
        if (isRefusal(back)) throw new Error(sentence(back));
        const { market, ...rest } = back;
        expect(ordered(rest)).toStrictEqual(ordered(withoutMarket(state)));
        expect(market?.digest).toBe(state.market?.digest);
        if (textOf(back) !== text) throw new Error('the text changes when it is read');
        for (const [i, account] of back.places.entries()) {
          if (back.accounts.get(account.id) !== account || account.place !== i)
            throw new Error('places differ');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('M-200 the digest of a state is that of its text, and of no other', () => {
    fc.assert(
      fc.property(states, (state) => {
        const digest = stateDigest(state);
        if (digest !== digestOf(utf8(textOf(state)))) throw new Error('not that of the text');
        state.seq++;
        if (digest === stateDigest(state)) throw new Error('another state has it too');
      }),
      { numRuns: 20 },
    );
  });

  it('M-200 a digest in pieces is that of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
        const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        if (digestOfAll(pieces) !== digestOf(whole)) throw new Error('pieces count');
      }),
    );
    expect(digestOfAll([utf8('a'), utf8(''), utf8('bc')])).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('M-200 a text that was cut or changed in a place is refused in a sentence, or is another state', () => {
    fc.assert(
      fc.property(
        states,
        fc.nat(),
        fc.nat(5),
        fc.constantFrom('', '"', '1', '[', '\n', 'x'),
        (state, at, cut, put) => {
          const text = textOf(state);
          const from = at % text.length;
          const back = read(text.slice(0, from) + put + text.slice(from + cut));
          if (isRefusal(back)) {
            if (!back.where?.startsWith('snapshot')) throw new Error('no place');
          } else textOf(back);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('M-200 every field of a state stands in its text', () => {
    const { rows, format, schema, ...numbers } = JSON.parse([...stateLines(emptyState())][0]!);
    const kept = [...Object.keys(numbers), ...Object.keys(rows), 'places'];
    expect([format, schema]).toEqual(['plimsoll-state', SCHEMA]);
    expect(kept.sort()).toEqual(Object.keys(emptyState()).sort());
  });

  it('M-200 a venue on its first day is a few lines', () => {
    const lines = [...stateLines(emptyState())];
    expect(lines.length).toBe(7);
    expect(lines[0]).toContain('"format":"plimsoll-state"');
    expect(ordered(read(textOf(emptyState())))).toStrictEqual(ordered(emptyState()));
  });
});

/** A market is compared by its digest. */
function withoutMarket({ market: _, ...rest }: State): Omit<State, 'market'> {
  return rest;
}
