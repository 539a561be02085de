// What sources promise whatever they say: nobody alone moves a value, time adds doubt, the order of arrival changes nothing.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type Instant, instant, isRefusal, type Refusal } from '../../base/index.ts';
import { median } from '../robust.ts';
import {
  averagePolicy,
  type Combination,
  type CombinedValue,
  cappedWeights,
  collateralLevel,
  combineSources,
  healthOf,
  markOf,
  markPolicy,
  middleByWeight,
  type SourcePolicy,
  type SourceReport,
  type SourceState,
  settlementAverage,
  sourcePolicy,
  stepMax,
  unheard,
  unmarked,
  widened,
} from './index.ts';

const RUNS = { numRuns: 200 };
const law = (name: string, property: fc.IRawProperty<unknown>) =>
  it(name, () => fc.assert(property as never, RUNS));
const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const BEGIN = 1_760_000_000_000;
const spot = sourcePolicy('spot');

/** What a source says in one round: a price near 100, seldom a wild one, a little late. */
const said = fc.record({
  who: fc.integer({ min: 0, max: 5 }),
  value: fc.oneof(
    { weight: 4, arbitrary: real(99.8, 100.2) },
    { weight: 2, arbitrary: real(90, 110) },
    { weight: 1, arbitrary: real(1, 1000) },
  ),
  late: fc.integer({ min: 0, max: 7_000 }),
  weight: fc.oneof(real(0, 100), fc.constant(0)),
  halfWidth: fc.oneof(fc.constant(0), real(0, 2)),
});
type Saying = typeof said extends fc.Arbitrary<infer T> ? T : never;

const reportOf = ({ who, value, late, weight, halfWidth }: Saying, at: number): SourceReport => ({
  source: `feed-${who}`,
  venue: `venue-${who % 5}`,
  kind: 'spot',
  value,
  at: instant(at - late),
  weight,
  halfWidth,
});
const journals = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 20_000 }), says: fc.array(said, { maxLength: 8 }) }),
  { minLength: 1, maxLength: 12 },
);
type Journal = typeof journals extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  readonly at: Instant;
  readonly before: SourceState;
  readonly answer: Combination;
  readonly reports: readonly SourceReport[];
}

function play(
  journal: Journal,
  policy: SourcePolicy = spot,
  turn = <T>(list: readonly T[]) => [...list],
): Played[] {
  let state = unheard('spot');
  let at = BEGIN;
  return journal.map(({ wait, says }) => {
    at += wait;
    const reports = turn(says.map((one) => reportOf(one, at)));
    const answer = sure(combineSources(reports, instant(at), policy, state));
    const played = { at: instant(at), before: state, answer, reports };
    state = answer.state;
    return played;
  });
}
const served = (played: readonly Played[]) =>
  played.flatMap((one) =>
    isRefusal(one.answer.combined) ? [] : [{ ...one, combined: one.answer.combined }],
  );

/** Fresh reports of one instant, a venue each. */
const round = (values: readonly number[], at = BEGIN, more: Partial<SourceReport> = {}): SourceReport[] =>
  values.map((value, i) => ({
    source: `feed-${i}`,
    venue: `venue-${i}`,
    kind: 'spot',
    value,
    at: instant(at),
    weight: 1,
    ...more,
  }));
const once = (
  reports: readonly SourceReport[],
  at = BEGIN,
  state = unheard('spot'),
  policy = spot,
): CombinedValue => sure(sure(combineSources(reports, instant(at), policy, state)).combined);

law(
  'M-223 what the sources say together lies between the least and the most of those used',
  fc.property(journals, (journal) => {
    for (const { combined, answer } of served(play(journal))) {
      if (combined.frozenFor > 0) continue;
      const used = answer.state.memory.filter(({ source }) => combined.used.includes(source));
      const values = used.map(({ value }) => value);
      expect(combined.unlimited).toBeGreaterThanOrEqual(Math.min(...values));
      expect(combined.unlimited).toBeLessThanOrEqual(Math.max(...values));
    }
  }),
);

law(
  'M-221 one liar among three honest venues or more cannot move the value outside what honest ones say',
  fc.property(
    fc.array(fc.record({ value: real(90, 110), weight: real(0, 100) }), { minLength: 3, maxLength: 8 }),
    fc.oneof(real(1e-9, 1e9), real(90, 110)),
    real(0, 1e15),
    fc.nat(),
    (honest, lie, weight, place) => {
      const values = honest.map(({ value }) => value);
      const reports = round(values).map((one, i) => ({ ...one, weight: honest[i]!.weight }));
      const liar: SourceReport = { ...reports[0]!, source: 'a-liar', venue: 'a-liar', value: lie, weight };
      const { unlimited } = once(reports.toSpliced(place % (reports.length + 1), 0, liar));
      expect(unlimited).toBeGreaterThanOrEqual(Math.min(...values));
      expect(unlimited).toBeLessThanOrEqual(Math.max(...values));
    },
  ),
);

law(
  'M-220 the order in which reports arrive changes nothing, to the bit',
  fc.property(journals, fc.integer({ min: 1, max: 7 }), (journal, by) => {
    const turn = <T>(list: readonly T[]) =>
      [...list.slice(by % (list.length || 1)), ...list.slice(0, by % (list.length || 1))].reverse();
    const plain = play(journal).map(({ answer }) => canonicalJson(answer));
    expect(
      play(journal, spot, turn)
        .map(({ answer }) => canonicalJson(answer))
        .every((one, i) => one === plain[i]),
    ).toBe(true);
  }),
);

law(
  'M-220 a replay is bit-equal, also from a state that was written down and read again',
  fc.property(journals, (journal) => {
    const first = play(journal);
    expect(play(journal).every((one, i) => canonicalJson(one) === canonicalJson(first[i]))).toBe(true);
    for (const { before, reports, at, answer } of first) {
      const read = JSON.parse(JSON.stringify(before)) as SourceState;
      const again = canonicalJson(sure(combineSources(reports, at, spot, read)));
      expect(again === canonicalJson(answer)).toBe(true);
    }
  }),
);

law(
  'M-220 reports that were heard before change nothing but their count',
  fc.property(journals, (journal) => {
    for (const { reports, at, answer } of play(journal)) {
      const again = sure(combineSources(reports, at, spot, answer.state));
      const bare = ({ memory }: SourceState) =>
        memory.map(({ repeated: _, outOfOrder: __, ...rest }) => rest);
      expect(canonicalJson(bare(again.state))).toBe(canonicalJson(bare(answer.state)));
    }
  }),
);

law(
  'M-224 the sides enclose the value, confidence is above 0 and at most 1, and nothing is NaN',
  fc.property(journals, (journal) => {
    for (const { combined } of served(play(journal))) {
      const { low, value, high, confidence, halfWidth } = combined;
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
      expect([low, value, high, confidence, halfWidth].every(Number.isFinite)).toBe(true);
      if (combined.venues.length <= 1) expect(confidence).toBeLessThanOrEqual(spot.loneConfidenceMax);
    }
  }),
);

law(
  'M-224 silence never raises confidence, and a frozen range only grows',
  fc.property(
    journals,
    fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 5 }),
    (journal, waits) => {
      const last = play(journal).at(-1)!;
      let { state, combined } = last.answer;
      let at: number = last.at;
      for (const wait of waits) {
        at += wait;
        const next = sure(combineSources([], instant(at), spot, state));
        if (!isRefusal(next.combined) && !isRefusal(combined)) {
          expect(next.combined.confidence).toBeLessThanOrEqual(combined.confidence);
          if (combined.frozenFor > 0) {
            expect(next.combined.low).toBeLessThanOrEqual(combined.low);
            expect(next.combined.high).toBeGreaterThanOrEqual(combined.high);
          }
        }
        state = next.state;
        combined = next.combined;
      }
    },
  ),
);

law(
  'M-224 the same reports, each older by as much and none too old, are never surer',
  fc.property(
    fc.array(real(95, 105), { minLength: 1, maxLength: 6 }),
    real(0, 2_500),
    real(0, 2_500),
    (values, age, more) => {
      const young = once(round(values, BEGIN - age));
      const old = once(round(values, BEGIN - age - more));
      expect(old.confidence).toBeLessThanOrEqual(young.confidence);
      expect(old.halfWidth).toBeGreaterThanOrEqual(young.halfWidth);
    },
  ),
);

law(
  'M-225 a lone source that disagrees with what was agreed never lets anybody be liquidated',
  fc.property(
    real(0.5, 2).filter((ratio) => Math.abs(ratio - 1) > 0.0051),
    fc.integer({ min: 5_001, max: 1_000_000 }),
    fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 20 }),
    (ratio, wait, waits) => {
      let { state } = sure(combineSources(round([100, 100.1, 99.9]), instant(BEGIN), spot, unheard('spot')));
      let at = BEGIN + wait;
      for (const pause of [0, ...waits]) {
        at += pause;
        const [report] = round([100 * ratio], at);
        const next = sure(combineSources([report!], instant(at), spot, state));
        const combined = sure(next.combined);
        expect(combined.venues).toEqual(['venue-0']);
        expect(combined.mayLiquidate).toBe(false);
        expect(combined.low).toBeLessThanOrEqual(Math.min(100 * ratio, combined.value));
        expect(combined.high).toBeGreaterThanOrEqual(Math.max(100 * ratio, combined.value));
        state = next.state;
      }
    },
  ),
);

law(
  'M-225 nobody is liquidated on a frozen value, nor on two venues that disagree',
  fc.property(journals, (journal) => {
    for (const { combined, answer } of served(play(journal))) {
      if (combined.frozenFor > 0) expect(combined.mayLiquidate).toBe(false);
      if (combined.venues.length !== 2) continue;
      const of = (venue: string) =>
        median(
          answer.state.memory
            .filter((one) => one.venue === venue && combined.used.includes(one.source))
            .map(({ value }) => value),
        )!;
      const [left, right] = combined.venues.map(of);
      if (Math.abs(left! - right!) > 0.006 * Math.max(left!, right!))
        expect(combined.mayLiquidate).toBe(false);
    }
  }),
);

law(
  'M-226 a value moves no further than a step, unless venues held the move or came back after a silence',
  fc.property(journals, (journal) => {
    const strict = sourcePolicy('spot', { limitHold: Number.MAX_VALUE, limitGapMax: Number.MAX_VALUE });
    for (const { combined, before, at } of served(play(journal, strict))) {
      if (before.anchor === undefined || combined.frozenFor > 0) continue;
      const share = stepMax(at - before.anchor.at, strict);
      expect(Math.abs(combined.value / before.anchor.value - 1)).toBeLessThanOrEqual(
        share * (1 + 1e-9) + 1e-12,
      );
      const between = [before.anchor.value, combined.unlimited].sort((left, right) => left - right);
      expect(combined.value).toBeGreaterThanOrEqual(between[0]!);
      expect(combined.value).toBeLessThanOrEqual(between[1]!);
    }
  }),
);

law(
  'M-226 asking more often loosens nothing: within a second the reach is that of one step',
  fc.property(fc.integer({ min: 2, max: 50 }), real(101, 200), (calls, jump) => {
    let { state } = sure(combineSources(round([100, 100, 100]), instant(BEGIN), spot, unheard('spot')));
    for (let i = 1; i <= calls; i++) {
      const at = BEGIN + (999 * i) / calls;
      const next = sure(combineSources(round([jump, jump, jump], at), instant(at), spot, state));
      expect(sure(next.combined).value).toBeLessThanOrEqual(100 * (1 + stepMax(1000, spot)));
      state = next.state;
    }
  }),
);

law(
  'M-223 scaling every value scales the answer: by a power of two to the bit',
  fc.property(journals, fc.integer({ min: -10, max: 10 }), (journal, power) => {
    const by = 2 ** power;
    const grown = journal.map(({ wait, says }) => ({
      wait,
      says: says.map((one) => ({ ...one, value: one.value * by, halfWidth: one.halfWidth * by })),
    }));
    const plain = served(play(journal));
    const scaled = served(play(grown));
    expect(scaled.length).toBe(plain.length);
    for (const [i, { combined }] of plain.entries()) {
      const other = scaled[i]!.combined;
      expect([other.value, other.low, other.high, other.halfWidth]).toEqual(
        [combined.value, combined.low, combined.high, combined.halfWidth].map((value) => value * by),
      );
      expect([other.confidence, other.mode, other.mayLiquidate]).toEqual([
        combined.confidence,
        combined.mode,
        combined.mayLiquidate,
      ]);
    }
  }),
);

law(
  'M-223 capped weights add up to one, none is above the cap, and more weight never has less say',
  fc.property(fc.array(real(0, 1e18), { minLength: 1, maxLength: 20 }), real(0.05, 0.49), (weights, cap) => {
    const shares = cappedWeights(weights, cap);
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThanOrEqual(1e-9);
    for (const [i, share] of shares.entries()) {
      expect(share).toBeLessThanOrEqual(Math.max(cap, 1 / weights.length));
      expect(share).toBeGreaterThanOrEqual(0);
      for (const [j, other] of shares.entries()) {
        if (weights[i]! > weights[j]!) expect(share).toBeGreaterThanOrEqual(other * (1 - 1e-12));
      }
    }
  }),
);

law(
  'M-223 of equal weights the middle is the median',
  fc.property(fc.array(real(1, 100), { minLength: 1, maxLength: 15 }), (values) => {
    const found = middleByWeight(
      values,
      cappedWeights(
        values.map(() => 1),
        0.4,
      ),
    )!;
    expect(Math.abs(found / median(values)! - 1)).toBeLessThanOrEqual(1e-14);
  }),
);

law(
  'M-227 a mode gets worse at once and better by one step at a time, each change told',
  fc.property(journals, (journal) => {
    const order = ['normal', 'widen', 'reduce-only', 'halt'];
    for (const { before, answer } of play(journal)) {
      const from = before.mode?.mode;
      const to = answer.state.mode!.mode;
      if (from === undefined) continue;
      expect(answer.change !== undefined).toBe(from !== to);
      expect(order.indexOf(from) - order.indexOf(to)).toBeLessThanOrEqual(1);
      if (answer.change === undefined || order.indexOf(to) > order.indexOf(from)) continue;
      expect(answer.state.mode!.since).toBe(answer.state.at);
    }
  }),
);

law(
  'M-227 a frozen range widens with age, both ways',
  fc.property(real(1, 100), real(0, 10), real(0, 1e8), real(0, 1e8), (low, width, age, more) => {
    const range = { low, high: low + width };
    const young = widened(range, age, spot);
    const old = widened(range, age + more, spot);
    expect(young.low).toBeLessThanOrEqual(low);
    expect(young.high).toBeGreaterThanOrEqual(low + width);
    expect(old.low).toBeLessThanOrEqual(young.low);
    expect(old.high).toBeGreaterThanOrEqual(young.high);
  }),
);

law(
  'M-228 neither book nor trade alone moves a mark, and no mark leaves the band',
  fc.property(real(10, 1000), real(10, 1000), real(0, 0.03), real(10, 1000), (index, mid, spread, trade) => {
    const at = instant(BEGIN);
    const base = { at, index: { value: index, at } };
    const book = { bid: mid * (1 - spread / 2), ask: mid * (1 + spread / 2), at };
    const last = { value: trade, at };
    const within = (mark: number) => Math.abs(mark / index - 1) <= markPolicy.band * (1 + 1e-12);
    const known = { basis: 0, at: instant(BEGIN - 1) };
    expect(sure(markOf({ ...base, last }, markPolicy, unmarked)).mark).toBe(index);
    const byBook = sure(markOf({ ...base, book }, markPolicy, known));
    expect(Math.abs(byBook.mark / index - 1)).toBeLessThanOrEqual(markPolicy.band * 3e-5);
    const both = sure(markOf({ ...base, book, last }, markPolicy, known));
    expect(within(both.mark)).toBe(true);
    const reach = [both.fromIndex, mid, trade].sort((left, right) => left - right);
    if (both.mid !== undefined && both.source !== 'band') expect(both.mark).toBeCloseTo(reach[1]!, 9);
  }),
);

law(
  'M-228 a settlement average lies among its samples, and what was seen and what was not make the window',
  fc.property(
    fc.array(fc.record({ wait: fc.integer({ min: 1, max: 200_000 }), value: real(50, 150) }), {
      minLength: 1,
      maxLength: 60,
    }),
    fc.integer({ min: 1, max: 3_600_000 }),
    (steps, passed) => {
      let at = BEGIN - 30_000;
      const samples = steps.map(({ wait, value }) => {
        at += wait;
        return { at: instant(at), value };
      });
      const policy = { ...averagePolicy, observedMin: 0 };
      const expiry = instant(BEGIN + averagePolicy.window);
      const found = settlementAverage(samples, expiry, instant(BEGIN + passed), policy);
      if (isRefusal(found)) return;
      const values = samples.map(({ value }) => value);
      expect(found.value).toBeGreaterThanOrEqual(Math.min(...values) * (1 - 1e-12));
      expect(found.value).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-12));
      const begun = Math.min(passed, averagePolicy.window);
      const missed = found.gaps.reduce((sum, { from, to }) => sum + (to - from), 0);
      expect(missed + found.observedShare * begun).toBeCloseTo(begun, 5);
      expect(found.fixedShare).toBe(begun / averagePolicy.window);
    },
  ),
);

law(
  'M-229 collateral is never worth more than the value, and less than two venues besides the own give the low side or nothing',
  fc.property(journals, (journal) => {
    for (const { combined } of served(play(journal))) {
      for (const own of [undefined, 'venue-0']) {
        const level = collateralLevel(combined, own);
        if (isRefusal(level)) {
          expect(combined.venues).toEqual(['venue-0']);
          continue;
        }
        expect(level.usd).toBeLessThanOrEqual(combined.value);
        const others = combined.venues.filter((venue) => venue !== own).length;
        if (others < 2 || healthOf([combined]).mode === 'halt') expect(level.side).toBe('low');
      }
    }
  }),
);
