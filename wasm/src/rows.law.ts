// Books whose rows the kernel made against core's own.

import {
  buildRiskBook,
  digestValue,
  type ExpiryLanes,
  isRefusal,
  type LaneRoom,
  laneRoom,
  type Market,
  type Refusal,
  type RiskBook,
  revaluing,
  type Slice,
  type StrikeRows,
  standardScenarios,
  underlyingOf,
} from '@plimsoll/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { market } from '../../core/test/sample.ts';
import { kernelRows, openKernel } from './index.ts';
import { kernelBody } from './rows.ts';
import { placeExpiry } from './rows-layout.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const kernel = sure(await openKernel());

it('rows of every product in markets near and far, to the bit, and books of one digest', () => {
  const method = sure(kernelRows(kernel));
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      fc.subarray([...standardScenarios.lanes], { minLength: 1 }),
      (price, bend, lanes) => {
        const moved = {
          ...market,
          underlyings: market.underlyings.map((coin) => ({
            ...coin,
            index: coin.index * price,
            perpetual: coin.perpetual * price,
            slices: coin.slices.map((slice) => ({
              ...slice,
              forward: slice.forward * price,
              deforms: [{ kind: 'scale', factor: bend } as const],
            })),
          })),
        };
        const ranges = () => ({ maintenance: 0.1, initial: 0.2 });
        const [mine, theirs] = [method, undefined].map((how) =>
          sure(buildRiskBook(everything as never, moved as unknown as Market, lanes, ranges, how)),
        ) as [RiskBook, RiskBook];
        expect(digestValue([...mine.rows])).toBe(digestValue([...theirs.rows]));
        expect(mine.digest).toBe(theirs.digest);
      },
    ),
    { numRuns: 40 },
  );
});

// Doubles of fast-check are spread over their bits, so most of them are next to zero; half of these are spread over the range.
const near = (min: number, max: number) =>
  fc.oneof(
    fc.double({ min, max, noNaN: true }),
    fc.integer({ min: 0, max: 1_000_003 }).map((share) => min + ((max - min) * share) / 1_000_003),
  );
const deform = fc.oneof(
  fc.record({ kind: fc.constant('scale' as const), factor: near(0, 4) }),
  fc.record({ kind: fc.constant('shift' as const), points: near(-1, 1) }),
  fc.record({ kind: fc.constant('floor' as const), vol: near(0, 2) }),
  fc.record({
    kind: fc.constant('skew' as const),
    form: fc.constantFrom('linear' as const, 'absolute' as const),
    slope: near(-5, 5),
    cap: near(-1, 1),
  }),
  fc.record({
    kind: fc.constant('wing' as const),
    size: near(-1, 3),
    start: near(0, 1),
    width: near(0.01, 1),
  }),
);
const lane = fc.record({
  logShift: near(-5, 5),
  invShift: near(1e-3, 1e3),
  scale: near(0, 1e6),
  rootYears: fc.oneof(near(0, 3), fc.constantFrom(0, 1e-13, 50)),
  factor: fc.oneof(near(0, 4), fc.constantFrom(0, 1)),
  damp: near(0, 1),
  node: fc.nat(3),
  deforms: fc.oneof(fc.constant(undefined), fc.array(deform, { maxLength: 5 })),
});
const term = fc.record({
  a: near(0, 1),
  b: near(0, 1),
  rho: near(-0.9, 0.9),
  m: near(-1, 1),
  sigma: near(0.01, 2),
});
const smileOf = fc.record({ near: term, far: term, mix: fc.constantFrom(0, 0.3, 1) });
const place = sure(placeExpiry(kernel));
const everyday = market as unknown as Market;

type LaneOf = typeof lane extends fc.Arbitrary<infer T> ? T : never;

/** An expiry of lanes that no market made, in the columns of a room; the last lane is where nothing moves. */
function made(
  lanes: readonly LaneOf[],
  base: Slice,
  nodes: ExpiryLanes['nodes'],
  { columns, damps }: LaneRoom,
): ExpiryLanes {
  // There are never more nodes than lanes.
  lanes.forEach((own, s) => {
    for (const name of ['logShift', 'invShift', 'scale', 'rootYears', 'factor'] as const) {
      columns[name][s] = own[name];
    }
    columns.floor[s] = 1e-3;
    columns.node[s] = own.node % Math.min(nodes.length, lanes.length);
    columns.simple[s] = own.deforms === undefined ? 1 : 0;
    if (s < damps.length) damps[s] = own.damp;
  });
  const sliceOf = (s: number): Slice => ({ ...base, deforms: lanes[s]!.deforms ?? [] });
  return { count: lanes.length, base, basePeg: 1, nodes, sliceOf, ...columns };
}

/** Rows of strikes by the letters of their rights, some rows apart; and the last row. */
function strikesOf(listed: readonly { strike: number; rights: string }[], gap: number) {
  const sorted = listed.toSorted((left, right) => left.strike - right.strike);
  const places = [-1];
  const rowOf = () => {
    const last = places.at(-1)!;
    places.push(last + 1 + (last === 1 ? gap : 0));
    return places.at(-1)!;
  };
  const entries = sorted.flatMap(({ strike, rights }) => {
    if (rights === 'CC') return [0, 1].map(() => ({ strike, C: rowOf(), P: -1 }));
    const rows = { C: -1, P: -1 };
    for (const right of rights) rows[right as 'C' | 'P'] = rowOf();
    return [{ strike, ...rows }];
  });
  const rows: StrikeRows = {
    count: entries.length,
    strikes: entries.map(({ strike }) => strike),
    calls: entries.map(({ C }) => C),
    puts: entries.map(({ P }) => P),
  };
  return { rows, last: places.at(-1)! };
}

it('an expiry of any smile, bends, strikes and rights, deep and near, at once to expiry and never, to the bit', () => {
  const strike = fc.record({
    strike: near(1e-4, 1e4),
    rights: fc.constantFrom('CP', 'PC', 'C', 'P', 'CC'),
  });
  const smiles = fc.record({
    smile: smileOf,
    other: fc.option(smileOf, { freq: 4 }),
    isStated: fc.boolean(),
  });
  const sample = underlyingOf(everyday, 'BTC')!.slices[0]!;
  fc.assert(
    fc.property(
      fc.array(lane, { minLength: 2, maxLength: 40 }),
      fc.array(near(0.1, 10), { minLength: 1, maxLength: 4 }),
      fc.array(strike, { minLength: 1, maxLength: 7 }),
      smiles,
      fc.nat(2),
      (lanes, forwards, listed, { smile, other, isStated }, gap) => {
        const fitted: Slice = { ...sample, forward: 1, smile, deforms: [] };
        const table = { ks: [-1, 0, 1], vols: [0.9, 0.5, 0] };
        const base = isStated && other === null ? { ...fitted, table } : fitted;
        const nodes = forwards.map((smileForward, n) => ({
          slice: { ...base, smileForward, smile: n === 1 && other !== null ? other : smile },
          peg: 1,
        }));
        const { rows, last } = strikesOf(listed, gap);
        const stride = 16 * (Math.ceil((lanes.length - 1) / 16) + (gap === 1 ? 1 : 0));
        const [mine, theirs] = [0, 1].map(() => new Float64Array((last + 1) * stride)) as [
          Float64Array,
          Float64Array,
        ];
        const body = kernelBody(kernel, place, stride, mine);
        const room = body.room(lanes.length - 1);
        body.fill(made(lanes, base, nodes, room), room.damps, rows);
        const own = laneRoom(lanes.length - 1);
        revaluing(stride, theirs).fill(made(lanes, base, nodes, own), own.damps, rows);
        expect(mine.every((cell, i) => Object.is(cell, theirs[i]))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
