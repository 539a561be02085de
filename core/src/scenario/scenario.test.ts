import { describe, expect, it } from 'vitest';
import { AT, expiryIn, market } from '../../test/sample.ts';
import { underlyingOf, volAt } from '../market/index.ts';
import {
  lanes48,
  later,
  resolveLane,
  type Shock,
  shift,
  standardScenarios,
  TERM_SCALING,
  termFactor,
  volDeforms,
} from './index.ts';

const shock = (moves: Shock['moves'], rest: Partial<Shock> = {}): Shock => ({
  id: 'test',
  moves,
  smile: 'sticky-strike',
  damp: 1,
  netting: 'sum',
  line: 'initial',
  ...rest,
});
const btc = underlyingOf(market, 'BTC')!;

describe('M-11 term scaling of vol shocks', () => {
  // quant.md 3.5: (30/T)^p for T = 1, 7, 15, 30, 90, 180, 365 days.
  it.each([
    [1, 2.774],
    [7, 1.547],
    [15, 1.231],
    [30, 1],
    [90, 0.867],
    [180, 0.792],
    [365, 0.723],
  ])('%d days', (days, want) => {
    expect(termFactor(days / 365, TERM_SCALING)).toBeCloseTo(want, 3);
  });

  it('does not grow inside the last day', () => {
    expect(termFactor(0.1 / 365, TERM_SCALING)).toBe(termFactor(1 / 365, TERM_SCALING));
  });

  const tenors = {
    nodes: [
      { days: 0, factor: 0.5 },
      { days: 30, factor: 0.35 },
      { days: 60, factor: 0.25 },
    ],
  };
  it.each([
    [0, 0.5],
    [15, 0.425],
    [30, 0.35],
    [45, 0.3],
    [60, 0.25],
    [365, 0.25],
  ])('%d days, stated tenor by tenor', (days, want) => {
    expect(termFactor(days / 365, tenors)).toBeCloseTo(want, 14);
  });

  it('is flat before the first node, and nothing where there is none', () => {
    expect(termFactor(1 / 365, { nodes: [{ days: 7, factor: 0.4 }] })).toBe(0.4);
    expect(termFactor(1, { nodes: [] })).toBe(1);
  });
});

describe('M-13 skew shocks', () => {
  // quant.md 3.5: T = 30/365, k = +-0.2: cap .221331, k* .688059, factor 1.064335 / .935665 (linear), 1.064335 (absolute).
  const skew = (form: 'linear' | 'absolute', size: number) =>
    shock([
      {
        kind: 'skew',
        form,
        size,
        capBase: 0.25,
        capSlope: -0.1,
        kStarMin: 0.01,
        width: 4,
        volReference: 0.6,
      },
    ]);

  it('has the published slope and cap', () => {
    const [deform] = volDeforms(skew('linear', 1), 'BTC', 30 / 365);
    expect(deform).toMatchObject({ kind: 'skew' });
    const { slope, cap } = deform as { slope: number; cap: number };
    expect(cap).toBeCloseTo(0.221331, 6);
    expect(cap / slope).toBeCloseTo(0.688059, 6);
    expect(1 + 0.2 * slope).toBeCloseTo(1.064335, 6);
  });

  it('rotates one way, then the other', () => {
    const slice = btc.slices[2]!;
    const vol = (size: number) =>
      volAt(underlyingOf(shift(market, skew('linear', size)), 'BTC')!.slices[2]!, slice.forward * 1.2);
    const base = volAt(slice, slice.forward * 1.2);
    expect(vol(1)).toBeGreaterThan(base);
    expect(vol(1) + vol(-1)).toBeCloseTo(2 * base, 12);
  });
});

describe('M-13 other shapes', () => {
  const slice = (moves: Shock['moves'], at: number) =>
    underlyingOf(shift(market, shock(moves)), 'BTC')!.slices[at]!;
  const ratio = (moves: Shock['moves'], at: number, strike: number) =>
    volAt(slice(moves, at), strike) / volAt(btc.slices[at]!, strike);

  it('a twist moves the front by its front, the back by the mix of both', () => {
    const twist = [{ kind: 'term', front: 0.2, back: -0.125, pivotDays: 30 }] as const;
    expect(ratio(twist, 0, 65_000)).toBeCloseTo(1.2, 12);
    const weight = 30 / 116;
    expect(ratio(twist, 3, 65_000)).toBeCloseTo(1 + 0.2 * weight - 0.125 * (1 - weight), 12);
  });

  it('wings leave the middle alone, rise, and stop', () => {
    const { forward, years } = btc.slices[3]!;
    const unit = 0.6 * Math.sqrt(years);
    const at = (distance: number) => forward * Math.exp(distance * unit);
    for (const size of [0.15, -0.15]) {
      const wing = [{ kind: 'wing', size, start: 1.5, volReference: 0.6 }] as const;
      expect(ratio(wing, 3, at(1.4))).toBe(1);
      expect(ratio(wing, 3, at(-2))).toBeCloseTo(1 + size / 2, 12);
      expect(ratio(wing, 3, at(5))).toBeCloseTo(1 + size, 12);
    }
  });

  it('an upward vol shock has a floor', () => {
    const scaling = { short: 0, long: 0, dteFloor: 1 };
    const up = [{ kind: 'vol', form: 'relative', size: 0.1, scaling, floor: 0.9 }] as const;
    expect(volAt(slice(up, 2), 65_000)).toBe(0.9);
  });

  it('par brings a stable asset back from either side', () => {
    const off = {
      ...market,
      pegs: new Map([
        ['USD', 1],
        ['USDC', 0.9],
        ['USDT', 1.02],
      ]),
    };
    const back = shift(off, shock([{ kind: 'par' }]));
    expect([...back.pegs.values()]).toEqual([1, 1, 1]);
  });
});

describe('M-10 a shocked market is a market', () => {
  const crash = shift(market, shock([{ kind: 'spot', relative: -0.2 }]));
  const coin = underlyingOf(crash, 'BTC')!;

  it('moves index, perpetual and forwards together', () => {
    expect(coin.index).toBeCloseTo(52_000, 8);
    expect(coin.perpetual / btc.perpetual).toBeCloseTo(0.8, 14);
    expect(coin.slices.map((slice, i) => slice.forward / btc.slices[i]!.forward)).toEqual(
      btc.slices.map(() => expect.closeTo(0.8, 14)),
    );
  });

  it('sticky strike keeps the vol of a strike, sticky moneyness the vol of a moneyness', () => {
    const before = btc.slices[1]!;
    expect(volAt(coin.slices[1]!, 60_000)).toBe(volAt(before, 60_000));
    const sticky = shift(market, shock([{ kind: 'spot', relative: -0.2 }], { smile: 'sticky-moneyness' }));
    expect(volAt(underlyingOf(sticky, 'BTC')!.slices[1]!, 48_000)).toBeCloseTo(volAt(before, 60_000), 12);
  });

  it('keeps the basis where a spot move says so: everything moves by the dollars of the index', () => {
    const keeps = { kind: 'spot', relative: -0.2, keeps: 'basis' } as const;
    const moved = underlyingOf(shift(market, shock([keeps])), 'BTC')!;
    expect(moved.index).toBeCloseTo(52_000, 8);
    expect(moved.perpetual).toBeCloseTo(btc.perpetual - 13_000, 8);
    expect(moved.futures[0]!.forward).toBeCloseTo(btc.futures[0]!.forward - 13_000, 8);
    moved.slices.forEach((slice, i) => {
      expect(slice.forward).toBeCloseTo(btc.slices[i]!.forward - 13_000, 8);
      expect(slice.smileForward).toBe(btc.slices[i]!.smileForward);
    });
    // One after the other: down 20 % by dollars, then up 10 % of what each is; and the other way round.
    const rise = { kind: 'spot', relative: 0.1 } as const;
    const both = (moves: Shock['moves']) => underlyingOf(shift(market, shock(moves)), 'BTC')!;
    expect(both([keeps, rise]).perpetual).toBeCloseTo((btc.perpetual - 13_000) * 1.1, 8);
    expect(both([rise, keeps]).perpetual).toBeCloseTo(btc.perpetual * 1.1 - 14_300, 8);
    expect(both([rise, keeps]).index).toBeCloseTo(57_200, 8);
  });

  it('ranges are resolved with whatever else the move says', () => {
    const lane = {
      ...standardScenarios.lanes[0]!,
      moves: [{ kind: 'spot', ranges: 0.5, keeps: 'basis' }],
    } as const;
    const [move] = resolveLane(lane, { maintenance: 0.12, initial: 0.2 }).moves;
    expect(move).toEqual({ kind: 'spot', relative: 0.06, keeps: 'basis' });
  });

  it('a move of one coin leaves the others alone', () => {
    const one = shift(market, shock([{ kind: 'spot', relative: -0.2, underlying: 'ETH' }]));
    expect(underlyingOf(one, 'BTC')!.index).toBe(btc.index);
    expect(underlyingOf(one, 'ETH')!.index).toBeCloseTo(1_520, 8);
  });

  it('M-20 only the unfixed part of a settlement average moves', () => {
    const half = { ...btc, slices: [{ ...btc.slices[0]!, unfixed: 0.5 }] };
    const moved = shift({ ...market, underlyings: [half] }, shock([{ kind: 'spot', relative: -0.2 }]));
    expect(moved.underlyings[0]!.slices[0]!.forward / half.slices[0]!.forward).toBeCloseTo(0.9, 14);
  });

  it('a peg move spares the dollar', () => {
    const broken = shift(market, shock([{ kind: 'peg', relative: -0.1 }]));
    expect(broken.pegs.get('USD')).toBe(1);
    expect(broken.pegs.get('USDC')).toBeCloseTo(0.8991, 12);
  });

  it('basis moves forwards against the index, premium the perpetual', () => {
    const moved = underlyingOf(
      shift(
        market,
        shock([
          { kind: 'basis', size: 0.01, add: 0.5, multiple: 2 },
          { kind: 'premium', relative: 0.03 },
        ]),
      ),
      'BTC',
    )!;
    expect(moved.index).toBe(btc.index);
    expect(moved.perpetual / btc.perpetual).toBeCloseTo(1.03, 14);
    const { years, forward } = btc.slices[3]!;
    expect(moved.slices[3]!.forward / forward).toBeCloseTo(1 + 0.005 + 0.02 * years, 14);
  });

  it('time passes without anything else', () => {
    const aged = later(market, 2);
    expect(aged.at - AT).toBe(2 * 86_400_000);
    expect(aged.underlyings[0]!.slices.map((slice) => slice.expiry)).not.toContain(expiryIn(1));
    const before = btc.slices[1]!;
    const after = aged.underlyings[0]!.slices[0]!;
    expect(volAt(after, 60_000)).toBe(volAt(before, 60_000));
    expect(after.years).toBeCloseTo(9 / 365, 12);
  });
});

describe('M-50 a lane in which time passes', () => {
  const passes = (days: number, moves: Shock['moves'] = []) =>
    shift(market, shock([...moves, { kind: 'time', days }])).underlyings[0]!;

  it('brings options nearer to their expiry, at most at it, and moves nothing else', () => {
    const aged = passes(2);
    expect(aged.slices.map(({ years }) => years * 365)).toEqual(
      [0, 9, 23, 114].map((days) => expect.closeTo(days, 9)),
    );
    expect(aged.slices.map(({ forward }) => forward)).toEqual(btc.slices.map(({ forward }) => forward));
    expect(volAt(aged.slices[1]!, 60_000)).toBe(volAt(btc.slices[1]!, 60_000));
    expect({ ...aged, slices: [] }).toEqual({ ...btc, slices: [] });
  });

  it('sizes a vol shock by the time an expiry has today', () => {
    const vol = { kind: 'vol', form: 'points', size: 0.1, scaling: TERM_SCALING } as const;
    const aged = passes(1, [vol]);
    expect(aged.slices[1]!.deforms).toEqual(shift(market, shock([vol])).underlyings[0]!.slices[1]!.deforms);
  });
});

describe('M-12 the standard set', () => {
  it('holds the 48 lanes of the reference grid and distinct names', () => {
    expect(lanes48.length).toBe(48);
    const ids = standardScenarios.lanes.map((lane) => lane.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('damps tails so that a linear position loses 13.86 % at every rung of a 16 % range', () => {
    const ranges = { maintenance: 0.16, initial: 0.16 };
    // quant.md 3.5: dampening factors of Derive's live tails, from the ladder 0.1386 / |move|.
    const factors = lanes48
      .filter((lane) => lane.id.includes('tail'))
      .map((lane) => resolveLane(lane, ranges).damp);
    expect(factors).toEqual(
      [0.21, 0.42, 0.2772, 0.1386, 0.0693, 0.0462, 0.03465, 0.02772].map((x) => expect.closeTo(x, 6)),
    );
  });

  it('states spot in ranges, so one file serves every coin', () => {
    const lane = lanes48.find((candidate) => candidate.id === 'grid/spot-100%r/vol-up')!;
    expect(resolveLane(lane, { maintenance: 0.115, initial: 0.2 }).moves[0]).toEqual({
      kind: 'spot',
      relative: -0.115,
    });
  });
});
