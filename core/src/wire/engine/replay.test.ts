// A day of a venue through its own text: what is replayed from the journal's words, from the first input or from a snapshot, is what was.

import { describe, expect, it } from 'vitest';
import { market } from '../../../test/inputs.law.ts';
import { call, fund, known, openVenue, perp } from '../../../test/venue.ts';
import { isRefusal, sentence } from '../../base/index.ts';
import type { Input } from '../../engine/index.ts';
import { apply, Desk, emptyState, enginePolicy, type Sequenced, type State } from '../../engine/index.ts';
import {
  readFacts,
  readInput,
  readState,
  stateDigest,
  writeFacts,
  writeInput,
  writeState,
} from '../index.ts';

/** The value, or a failure that says why not. */
function sure<T>(value: T): Exclude<T, { readonly kind: 'refused' }> {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value as Exclude<T, { readonly kind: 'refused' }>;
}

function day() {
  const venue = openVenue(enginePolicy, market);
  const facts: string[] = [];
  const send = (input: Input, after: number) => facts.push(writeFacts(venue.send(input, after)));
  for (const account of ['a', 'b', 'c']) fund(venue, account, 250_000);
  const first = venue.inputs.length;
  const order = { product: call.id, side: 'buy', lots: 20, price: 4_000_000 } as const;
  send({ kind: 'place', account: 'a', order, id: 'one' }, 1_000);
  send({ kind: 'place', account: 'a', order: { ...order, lots: 5 }, id: 'one' }, 1_001);
  send(
    { kind: 'place', account: 'b', order: { ...order, side: 'sell', oneCancelsOther: 'x' }, id: 'two' },
    1_500,
  );
  const fee = 10n;
  const [buyer, seller] = [
    { account: 'a', fee },
    { account: 'c', fee: -fee },
  ];
  send(
    { kind: 'fill', product: call.id, lots: 7, price: 4_000_000, buyer, seller, taker: 'buyer', id: 'f1' },
    2_000,
  );
  send(
    {
      kind: 'fill',
      product: perp.id,
      lots: 900,
      price: 6_000_000_000_000,
      buyer: seller,
      seller: buyer,
      taker: 'seller',
      id: 'f2',
    },
    2_500,
  );
  send(
    {
      kind: 'quote',
      account: 'b',
      quotes: [{ product: call.id, bid: { price: 3_900_000, lots: 3 } }],
      id: 'q',
    },
    3_000,
  );
  send(
    {
      kind: 'limit',
      scope: { kind: 'owner', id: 'a' },
      limit: 'orders',
      most: 3,
      operator: 'ops',
      reason: 'new',
    },
    3_100,
  );
  send({ kind: 'halt', scope: { kind: 'product', id: perp.id }, operator: 'ops', reason: 'storm' }, 3_200);
  send({ kind: 'market', market, health: new Map(), funding: new Map([[perp.id, -0.0001]]) }, 60_000);
  send({ kind: 'slice', count: 100 }, 60_100);
  send({ kind: 'withdraw', account: 'c', asset: 'USD', units: 10n ** 8n, id: 'w' }, 60_200);
  send({ kind: 'withdraw', account: 'c', asset: 'USD', units: 10n ** 20n, id: 'v' }, 60_300);
  return { venue, facts, first };
}

/** Applies written inputs after a state, and answers with the facts in their text. */
function replayed(state: State, texts: readonly Sequenced<string>[]): string[] {
  const desk = new Desk(known);
  return texts.map(({ seq, at, input }) =>
    writeFacts(apply(state, { seq, at, input: sure(readInput(input, `input ${seq}`, known)) }, desk)),
  );
}

describe('M-200 a day in text', () => {
  const { venue, facts, first } = day();
  const texts = venue.inputs.map((by) => ({ ...by, input: writeInput(by.input) }));

  it('M-200 replayed from the first input, it has the same facts and the same state', () => {
    const state = emptyState(enginePolicy);
    expect(replayed(state, texts).slice(first)).toEqual(facts);
    expect(stateDigest(state)).toBe(stateDigest(venue.state));
  });

  it('M-200 replayed from a snapshot anywhere, it is the same', () => {
    for (const cut of [0, 5, first, first + 3, texts.length - 2, texts.length]) {
      const before = emptyState(enginePolicy);
      replayed(before, texts.slice(0, cut));
      const state = sure(readState(sure(writeState(before)), 'snapshot', known));
      const after = replayed(state, texts.slice(cut));
      expect(after.slice(Math.max(0, first - cut))).toEqual(facts.slice(Math.max(0, cut - first)));
      expect(stateDigest(state)).toBe(stateDigest(venue.state));
    }
  });

  it('M-200 facts of every kind that came are read as they were', () => {
    const kinds = new Set<string>();
    for (const text of facts) {
      const read = sure(readFacts(text));
      for (const { kind } of read) kinds.add(kind);
      expect(writeFacts(read)).toBe(text);
    }
    expect([...kinds]).toEqual(
      expect.arrayContaining(['ordered', 'repeated', 'traded', 'moved', 'observed', 'refused']),
    );
  });
});
