// plimsoll breaker: what a shock would set off among the accounts of a venue before it comes, and what that asks of who adds to the crowd.

import { writeFile } from 'node:fs/promises';
import {
  type AccountLadder,
  assess,
  formatInstant,
  isRefusal,
  ladderOf,
  type Position,
  type Product,
  parseProduct,
  price,
  type Refusal,
  readParameters,
  refuse,
  type Usd,
  underlyingOf,
} from '@plimsoll/core';
import {
  type BreakerPolicy,
  breaker,
  breakerDefaults,
  type Cascade,
  cascade,
  crowdingCharge,
  type Depth,
  type Side,
} from '@plimsoll/core/governor';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';
import { breakerJson, sayBreaker } from './breaker-say.ts';
import { breakerSvg } from './breaker-svg.ts';
import { addCrowdOptions, type CrowdOptions, coinsOf, loadVenue, type Venue } from './crowd.ts';
import { readMoney } from './move-words.ts';
import { giveUp, sayJson } from './output.ts';

interface BreakerOptions extends CrowdOptions {
  readonly depth: readonly string[];
  readonly policy?: string;
  readonly svg?: string;
}

export function addBreaker(program: Command): void {
  addCrowdOptions(program.command('breaker'))
    .description(
      'the breaker: liquidation ladder of each coin, where the cascade of a shock comes to rest, and the multiplier on what adds to the crowd',
    )
    .requiredOption(
      '--depth <coin=usd...>',
      'dollars of orders that move the price by 1 %, e.g. BTC=50m, or down/up BTC=40m/60m: what stood in thin hours, not the moment',
    )
    .option(
      '--policy <file>',
      'what differs from the default policy (JSON): shock, closedShare, depthShare, ...',
    )
    .option('--svg <file>', 'also draw ladders and fixed points there')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll breaker --chain chain.csv.gz --accounts venue.csv --depth BTC=50m ETH=20m --svg breaker.svg',
    )
    .action(async (options: BreakerOptions) => {
      const answer = await breakerAnswer(options);
      if (isRefusal(answer)) return giveUp(answer);
      if (options.svg !== undefined) {
        const failed = await draw(options.svg, options.accounts, answer);
        if (failed !== undefined) return giveUp(failed);
      }
      if (options.json) return sayJson(breakerJson(answer));
      sayBreaker(options.accounts, answer);
    });
}

/** What one more dollar-sized position of a perpetual would be asked on a side. */
export interface Increase {
  readonly side: Side;
  readonly product: string;
  /** Dollars of the position that is added by somebody who has none. */
  readonly exposure: number;
  readonly initial: Usd;
  readonly charge: Usd;
}

/** One coin: its ladder, and what the shock sets off on either side. */
export interface CoinBreaker {
  readonly coin: string;
  readonly index: number;
  /** Dollars that move the price by its whole self. */
  readonly depth: Depth;
  readonly ladder: AccountLadder;
  readonly cascades: Readonly<Record<Side, Cascade>>;
  readonly increases: readonly Increase[];
}

export interface BreakerAnswer {
  readonly venue: Venue;
  readonly policy: BreakerPolicy;
  readonly coins: readonly CoinBreaker[];
  /** Coins that contracts stand on and no depth was given for. */
  readonly unjudged: readonly string[];
}

/** Crossings are found to a thousandth of a percent of the price. */
const TOLERANCE = 1e-5;
const EXPOSURE = 1_000_000;

async function breakerAnswer(options: BreakerOptions): Promise<BreakerAnswer | Refusal> {
  const policy = await readPolicy(options.policy);
  if (isRefusal(policy)) return policy;
  const depths = readDepths(options.depth);
  if (isRefusal(depths)) return depths;
  const venue = await loadVenue(options);
  if (isRefusal(venue)) return venue;
  const coins: CoinBreaker[] = [];
  for (const [coin, depth] of depths) {
    const found = breakerOf(coin, depth, policy, venue);
    if (isRefusal(found)) return found;
    coins.push(found);
  }
  const unjudged = coinsOf(venue).filter((coin) => !depths.has(coin));
  return { venue, policy, coins, unjudged };
}

function breakerOf(coin: string, depth: Depth, policy: BreakerPolicy, venue: Venue): CoinBreaker | Refusal {
  const market = underlyingOf(venue.market, coin);
  if (market === undefined) {
    const coins = venue.market.underlyings.map(({ underlying }) => underlying).join(', ');
    return refuse('no-market', `the market has no ${coin}; it has ${coins}.`, '--depth');
  }
  const subjects = venue.debtors.map(({ subject }) => subject);
  const ladder = ladderOf(subjects, coin, TOLERANCE);
  if (isRefusal(ladder)) return ladder;
  const cascades = breaker(ladder, depth, policy);
  if (isRefusal(cascades)) return cascades;
  const increases: Increase[] = [];
  for (const side of ['down', 'up'] as const) {
    const increase = increaseOf(coin, side, cascades[side].multiplier, venue);
    if (isRefusal(increase)) return increase;
    increases.push(increase);
  }
  return { coin, index: market.index, depth, ladder, cascades, increases };
}

/** Initial margin of a perpetual worth a million where there was none, and what the breaker adds (M-157). */
function increaseOf(
  coin: string,
  side: Side,
  multiplier: number,
  { market, model, parameters }: Venue,
): Increase | Refusal {
  const product = parseProduct(`${coin}-PERPETUAL`) as Position['product'] | Refusal;
  if (isRefusal(product)) return product;
  const mark = price(product, market);
  if (isRefusal(mark)) return mark;
  const sign = side === 'down' ? 1 : -1;
  // An inverse perpetual is held in dollars.
  const positions = [{ product, quantity: sign * EXPOSURE }];
  const asset = { kind: 'asset', id: product.settleAsset, underlying: product.settleAsset } as Product;
  const book = model.book([product, asset], market, parameters);
  if (isRefusal(book)) return book;
  const standing = assess({ account: 'newcomer', balances: [], positions, orders: [] }, book, model);
  if (isRefusal(standing)) return standing;
  const initial = standing.requirement.initial.amount;
  const widening = {
    exposureBefore: 0,
    exposureAfter: sign * EXPOSURE,
    initialBefore: 0n as Usd,
    initialAfter: initial,
  };
  const charge = crowdingCharge(widening, side, multiplier);
  return { side, product: product.id, exposure: EXPOSURE, initial, charge };
}

/** A cascade of nothing doubts a policy. */
function doubtPolicy(policy: BreakerPolicy): Refusal | undefined {
  const found = cascade([], 1, policy);
  return isRefusal(found) ? found : undefined;
}

async function readPolicy(path: string | undefined): Promise<BreakerPolicy | Refusal> {
  if (path === undefined) return breakerDefaults;
  const text = await readText(path);
  if (isRefusal(text)) return text;
  const base = { id: 'breaker', version: '1', ...breakerDefaults };
  return readParameters<typeof base>(text, path, base, { fields: {}, doubt: doubtPolicy });
}

const DEPTH = /^([A-Z0-9]+)=([^/=]+)(?:\/([^/=]+))?$/i;
/** A percent's depth moves the price by its whole self a hundred times over. */
const PERCENTS = 100;

function readDepths(words: readonly string[]): Map<string, Depth> | Refusal {
  const depths = new Map<string, Depth>();
  for (const word of words) {
    const [, name, first, second = first] = DEPTH.exec(word) ?? [];
    if (name === undefined) {
      return refuse('malformed', `'${word}' is not COIN=USD; write for example BTC=50m.`, '--depth');
    }
    const [down, up] = [readMoney(first!, '--depth'), readMoney(second!, '--depth')];
    if (isRefusal(down)) return down;
    if (isRefusal(up)) return up;
    if (!(down > 0 && up > 0)) return refuse('out-of-range', 'a depth is above zero.', '--depth');
    const coin = name.toUpperCase();
    if (depths.has(coin)) return refuse('duplicate', `${coin} has a depth already; give one.`, '--depth');
    depths.set(coin, { down: PERCENTS * down, up: PERCENTS * up });
  }
  return depths;
}

async function draw(path: string, file: string, answer: BreakerAnswer): Promise<Refusal | undefined> {
  const { book } = answer.venue;
  const made = `${file}, ${book.model}, ${formatInstant(book.risk.levels.at)}, ${book.risk.levels.source}`;
  try {
    await writeFile(path, breakerSvg(answer, made));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      'malformed',
      `The file cannot be written (${code}); check its folder and permissions.`,
      path,
    );
  }
}
