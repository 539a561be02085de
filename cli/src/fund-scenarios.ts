// The stresses that a fund is held against where nobody gives any: what happened, and the tails that the model itself looks into (M-172).

import {
  type Extreme,
  extremesOf,
  type FactorHistory,
  formatInstant,
  type Instant,
  type Move,
  type RiskBook,
} from '@plimsoll/core';

/** A stress with its name and where it comes from. */
export interface Stress {
  readonly name: string;
  readonly source: string;
  /** Whether it happened, is a tail of the model, which counts there in part, or was given. */
  readonly kind: 'happened' | 'tail' | 'given';
  readonly moves: readonly Move[];
}

/** Hours inside which a history's farthest moves are taken: the horizon of initial margin. */
const HOURS = 24;

// Ratios of hourly closes at most a day apart, at the two of them where BTC went farthest, Binance spot and, from 2020 on, USDT perpetuals; vols are Deribit's 30-day index, which did not exist in 2020:
// that they doubled then is assumed. `plimsoll fund --history` finds the farthest in the bars themselves; a test looks for all of them there.
export const RECORD: readonly (readonly [name: string, btc: number, eth: number, vol: number])[] = [
  ['12 March 2020, vol assumed to double', -0.464, -0.478, 1],
  ['13 March 2020, rebound', 0.358, 0.365, 0],
  ['19 May 2021', -0.198, -0.307, 0.224],
  ['20 May 2021, rebound', 0.183, 0.215, -0.144],
  ['9 November 2022', -0.161, -0.24, 0.619],
];
const RECORD_SOURCE = 'on record, hourly closes within a day';
const UNSCALED = { short: 0, long: 0, dteFloor: 1 };
/** A coin without a history of its own moves half as far again as the one it is taken for (M-162). */
const PROXY_BETA = 1.5;
const FALL_MOST = -0.99;

function borrowed(relative: number): number {
  return Math.max(FALL_MOST, PROXY_BETA * relative);
}

function onRecord(coins: readonly string[]): Stress[] {
  return RECORD.map(([name, btc, eth, vol]) => {
    const own: Readonly<Record<string, number>> = { BTC: btc, ETH: eth };
    const spots = coins.map((coin): Move => {
      return { kind: 'spot', relative: own[coin] ?? borrowed(btc), underlying: coin };
    });
    const vols: Move[] = vol === 0 ? [] : [{ kind: 'vol', form: 'relative', size: vol, scaling: UNSCALED }];
    return { name, source: RECORD_SOURCE, kind: 'happened', moves: [...spots, ...vols] };
  });
}

/** The coin with most factors, the first of equals. */
function referenceOf({ factors }: FactorHistory, kind: 'spot' | 'vol'): string | undefined {
  const count = (coin: string) => factors.filter(({ of }) => of === coin).length;
  const own = factors.filter((factor) => factor.kind === kind).map(({ of }) => of);
  return own.reduce<string | undefined>(
    (best, coin) => (best === undefined || count(coin) > count(best) ? coin : best),
    undefined,
  );
}

/** What coins without a history do in an extreme: as the one with most factors, spots half as far again (M-162). */
function withBorrowed({ moves }: Extreme, history: FactorHistory, coins: readonly string[]): Move[] {
  const more = coins.flatMap((coin) =>
    (['spot', 'vol'] as const).flatMap((kind): Move[] => {
      const has = history.factors.some((factor) => factor.kind === kind && factor.of === coin);
      const from = referenceOf(history, kind);
      const move = moves.find((one) => one.kind === kind && 'underlying' in one && one.underlying === from);
      if (has || move === undefined) return [];
      if (move.kind === 'spot') return [{ ...move, relative: borrowed(move.relative), underlying: coin }];
      return move.kind === 'vol' ? [{ ...move, underlying: coin }] : [];
    }),
  );
  return [...moves, ...more];
}

/** The farthest moves of a history, those between the same dates once. */
function ofHistory(history: FactorHistory, coins: readonly string[]): Stress[] {
  const seen = new Set<string>();
  return extremesOf(history, HOURS)
    .filter(({ of }) => coins.includes(of))
    .flatMap((extreme): Stress[] => {
      const { of, side, from, to } = extreme;
      const [began, ended] = [from, to].map((time) => formatInstant(time as Instant).slice(0, 16));
      const span = `${began} to ${ended}`;
      if (seen.has(span)) return [];
      seen.add(span);
      const name = `${of}'s farthest ${side === 'down' ? 'fall' : 'rise'}`;
      return [
        {
          name,
          source: `--history, ${span}`,
          kind: 'happened',
          moves: withBorrowed(extreme, history, coins),
        },
      ];
    });
}

/** Lanes in which spot moves far and which count in part: as stresses they count whole. Ranges say the same for both lines. */
function farTails({ standing }: RiskBook, model: string): Stress[] {
  const seen = new Set<string>();
  return standing.flatMap((lane): Stress[] => {
    const far = lane.moves.some((move) => move.kind === 'spot' && 'relative' in move);
    const own = lane.moves.some((move) => 'underlying' in move && move.underlying !== undefined);
    const key = JSON.stringify(lane.moves);
    if (lane.damp === 1 || lane.window !== undefined || !far || own || seen.has(key)) return [];
    seen.add(key);
    const name = lane.id.replace(/^[a-z]+\/tail/, 'tail ');
    return [
      {
        name,
        source: `${model}'s own far tail, in full`,
        kind: 'tail',
        moves: lane.moves as readonly Move[],
      },
    ];
  });
}

/** The stresses where none are given: a history's extremes, else those on record, and the model's far tails. */
export function defaultStresses(
  book: RiskBook,
  model: string,
  coins: readonly string[],
  history: FactorHistory | undefined,
): Stress[] {
  const happened = history === undefined ? onRecord(coins) : ofHistory(history, coins);
  return [...happened, ...farTails(book, model)];
}
