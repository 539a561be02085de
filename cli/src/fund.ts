// plimsoll fund: what the insurance fund of a venue must bear, and how far the market must go until it is gone.

import {
  type Axis,
  type Debtors,
  debtorsOf,
  type FundNeed,
  type FundSize,
  fundSize,
  isRefusal,
  type Move,
  type Refusal,
  type ReverseStress,
  refuse,
  reverseStress,
  type Usd,
  usd,
} from '@plimsoll/core';
import type { Command } from 'commander';
import { addCrowdOptions, type CrowdOptions, coinsOf, loadVenue, type Venue } from './crowd.ts';
import { fundJson, sayFund } from './fund-say.ts';
import { defaultStresses, type Stress } from './fund-scenarios.ts';
import { doubtCoins, readMoney, readStress } from './move-words.ts';
import { giveUp, sayJson } from './output.ts';

interface FundOptions extends CrowdOptions {
  readonly fund?: string;
  readonly stress?: readonly string[];
  readonly cover: string;
}

export type Cover = 'cover2' | 'total';

export function addFund(program: Command): void {
  addCrowdOptions(program.command('fund'))
    .description(
      'the insurance fund: what is left unpaid after stresses, who leaves it, the size that bears it, and how far the market must go until a fund is gone',
    )
    .option('--fund <usd>', 'dollars in the fund, e.g. 5m (default: none)')
    .option(
      '--stress <moves...>',
      'stresses of your own instead of the default ones, e.g. "BTC=-40%,ETH=-50%,vol=+60%"',
    )
    .option(
      '--cover <whose>',
      'whose shortfalls the fund must bear: cover2, the two owners that leave most; or total',
      'cover2',
    )
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll fund --chain chain.csv.gz --accounts venue.csv --fund 5m\n  plimsoll fund --chain chain.csv.gz --accounts venue.json --stress "BTC=-40%,ETH=-50%,vol=+60%" --cover total --json',
    )
    .action(async (options: FundOptions) => {
      const answer = await fundAnswer(options);
      if (isRefusal(answer)) return giveUp(answer);
      if (options.json) return sayJson(fundJson(answer));
      sayFund(options.accounts, answer);
    });
}

/** A stress and what it would leave unpaid. */
export interface Borne {
  readonly stress: Stress;
  readonly need: FundNeed;
}

/** A direction followed until the fund is gone; no `found` where it never is. */
export interface Followed {
  readonly direction: string;
  /** The farthest size that was looked at, and in what sizes are counted. */
  readonly farthest: number;
  readonly unit: 'share' | 'times';
  readonly found?: ReverseStress;
}

export interface FundAnswer {
  readonly venue: Venue;
  readonly cover: Cover;
  readonly fund: Usd;
  readonly given: boolean;
  readonly borne: readonly Borne[];
  readonly size: FundSize;
  /** The same of what happened alone, where the model's tails stand beside it. */
  readonly happened?: FundSize;
  readonly followed: readonly Followed[];
}

async function fundAnswer(options: FundOptions): Promise<FundAnswer | Refusal> {
  const { cover } = options;
  if (cover !== 'cover2' && cover !== 'total') {
    return refuse('malformed', `'${cover}' is neither cover2 nor total.`, '--cover');
  }
  const dollars = options.fund === undefined ? 0 : readMoney(options.fund, '--fund');
  if (isRefusal(dollars)) return dollars;
  const fund = usd(BigInt(Math.round(dollars * 1e8)));
  const own = readStresses(options.stress ?? []);
  if (isRefusal(own)) return own;
  const venue = await loadVenue(options);
  if (isRefusal(venue)) return venue;
  for (const { moves } of own) {
    const doubt = doubtCoins(moves, venue.market, '--stress');
    if (doubt !== undefined) return doubt;
  }
  const coins = coinsOf(venue);
  const { book, market } = venue;
  const stresses = own.length > 0 ? own : defaultStresses(book.risk, book.model, coins, market.history);
  const debtors = debtorsOf(venue.debtors);
  if (isRefusal(debtors)) return debtors;
  const borne: Borne[] = [];
  for (const stress of stresses) {
    const need = debtors.needAfter(stress.name, stress.moves);
    if (isRefusal(need)) return need;
    borne.push({ stress, need });
  }
  const size = fundSize(borne.map(({ need }) => need));
  if (isRefusal(size)) return size;
  const past = borne.filter(({ stress }) => stress.kind === 'happened').map(({ need }) => need);
  const happened = past.length === 0 ? undefined : fundSize(past);
  if (isRefusal(happened)) return happened;
  const followed = followAll(coins, own, { debtors, fund, cover });
  if (isRefusal(followed)) return followed;
  const given = options.fund !== undefined;
  const answer: FundAnswer = { venue, cover, fund, given, borne, size, followed };
  return happened === undefined ? answer : { ...answer, happened };
}

function readStresses(words: readonly string[]): Stress[] | Refusal {
  const stresses: Stress[] = [];
  for (const word of words) {
    const moves = readStress(word, '--stress');
    if (isRefusal(moves)) return moves;
    if (stresses.some(({ name }) => name === word)) {
      return refuse('duplicate', `'${word}' is given twice; give it once.`, '--stress');
    }
    stresses.push({ name: word, source: '--stress', kind: 'given', moves });
  }
  return stresses;
}

/** What every direction is followed with. */
interface Follower {
  readonly debtors: Debtors;
  readonly fund: Usd;
  readonly cover: Cover;
}

const even = (count: number, step: number) => Array.from({ length: count }, (_, i) => (i + 1) * step);
/** A percent at a time to half of the price, then wider; up to five times the price. Strikes are not nearer than that where it matters. */
const FALLS = [...even(50, 0.01), ...even(18, 0.025).map((more) => 0.5 + more)];
const RISES = [
  ...even(50, 0.01),
  ...even(20, 0.025).map((more) => 0.5 + more),
  ...even(30, 0.1).map((more) => 1 + more),
];
/** A stress is followed in twentieths, to twice itself where no price falls to zero before. */
const TIMES = even(40, 0.05);
const FALL_MOST = 0.99;

function followAll(
  coins: readonly string[],
  own: readonly Stress[],
  follower: Follower,
): Followed[] | Refusal {
  const { debtors, fund, cover } = follower;
  const followed: Followed[] = [];
  const axes = coins.map((coin): Axis => ({ kind: 'spot', underlying: coin }));
  const all: readonly Axis[] = coins.length > 1 ? [...axes, { kind: 'spot' }] : axes;
  for (const axis of all) {
    const who = ('underlying' in axis && axis.underlying) || 'all coins';
    for (const [way, side, sizes] of [
      ['down', -1, FALLS],
      ['up', 1, RISES],
    ] as const) {
      const direction = `${who} ${way}`;
      const found = reverseStress(fund, cover, sizes, (size) =>
        debtors.needAt(direction, [[axis, side * size]]),
      );
      if (isRefusal(found)) return found;
      followed.push(asFollowed(direction, sizes, 'share', found));
    }
  }
  for (const { name, moves } of own) {
    const sizes = TIMES.filter((times) => moves.every((move) => remains(move, times)));
    const found = reverseStress(fund, cover, sizes, (times) =>
      debtors.needAfter(
        name,
        moves.map((move) => timesOf(move, times)),
      ),
    );
    if (isRefusal(found)) return found;
    followed.push(asFollowed(name, sizes, 'times', found));
  }
  return followed;
}

function asFollowed(
  direction: string,
  sizes: readonly number[],
  unit: Followed['unit'],
  found: ReverseStress | undefined,
): Followed {
  return { direction, farthest: sizes.at(-1)!, unit, ...(found === undefined ? {} : { found }) };
}

/** How far a move of a stress goes. */
function sizeOf(move: Move): number {
  if ('relative' in move) return move.relative;
  return 'size' in move ? move.size : 0;
}

/** Whether a move taken so many times leaves a price. */
function remains(move: Move, times: number): boolean {
  return (move.kind === 'vol' && move.form === 'points') || times * sizeOf(move) > -FALL_MOST || times <= 1;
}

function timesOf(move: Move, times: number): Move {
  if ('relative' in move) return { ...move, relative: times * move.relative };
  return 'size' in move ? { ...move, size: times * move.size } : move;
}
