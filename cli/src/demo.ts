// plimsoll demo: the whole path on a market that the project simulates, for whoever has no data yet.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ChainSnapshot,
  fitMarket,
  formatInstant,
  grid,
  gridDefaults,
  instant,
  isRefusal,
  type OptionQuote,
  parseDecimal,
  type Refusal,
  readChainCsv,
  readPerpetualsCsv,
  readPortfolioJson,
  refuse,
  withFutures,
  writeInput,
} from '@plimsoll/core';
import { simulateChain, simulateDay, writeChainCsv, writePerpetualsCsv } from '@plimsoll/lab';
import { sayExplanation } from './explain.ts';
import { type Judged, judge } from './judge.ts';
import { marginJson } from './margin-json.ts';
import { giveUp, say, sayJson } from './output.ts';

// A fixed moment: the demonstration is the same on every day of the year.
const DEMO_AT = instant(Date.UTC(2026, 2, 2, 9, 30));
const SEED_MAX = 0xffff_ffff;

interface DemoOptions {
  readonly seed: string;
  readonly save?: string;
  readonly json?: boolean;
}

/** The expiry nearest to so many days from the snapshot, among those of a coin. */
function optionNear(
  snapshot: ChainSnapshot,
  coin: string,
  days: number,
  moneyness: number,
  right: 'call' | 'put',
) {
  const distance = ({ product, forward }: OptionQuote) => {
    const dte = (product.expiry - snapshot.at) / 86_400_000;
    return Math.abs(dte - days) / days + 10 * Math.abs(product.strike / forward - moneyness);
  };
  const own = snapshot.options.filter(
    ({ product }) => product.underlying === coin && product.right === right,
  );
  return own.reduce((best, quote) => (distance(quote) < distance(best) ? quote : best)).product.id;
}

/** A desk that is short a strangle, long a later call, hedged with the perpetual, and keeps its collateral in coins. */
function sampleBook(snapshot: ChainSnapshot): string {
  const near = (days: number, moneyness: number, right: 'call' | 'put', coin = 'BTC') =>
    optionNear(snapshot, coin, days, moneyness, right);
  const book = {
    account: 'sample desk',
    cash: { USD: '150000' },
    collateral: { BTC: '4' },
    positions: [
      { product: near(30, 1.15, 'call'), quantity: '-10' },
      { product: near(30, 0.87, 'put'), quantity: '-10' },
      { product: near(90, 1.1, 'call'), quantity: '6' },
      { product: near(30, 0.95, 'put', 'ETH'), quantity: '-40' },
      { product: 'BTC-PERPETUAL', quantity: '120000' },
      { product: 'ETH-PERPETUAL', quantity: '-60000' },
    ],
  };
  return `${JSON.stringify(book, undefined, 2)}\n`;
}

type DemoFiles = Readonly<Record<'chain.csv' | 'perpetuals.csv' | 'portfolio.json', string>>;

/** A day of a small venue as a file of inputs: the time, a space, the input. */
function dayFile(seed: number): string | Refusal {
  const day = simulateDay(seed);
  if (isRefusal(day)) return day;
  return day.map(({ at, input }) => `${formatInstant(at)} ${writeInput(input)}\n`).join('');
}

/** Judges what the files say, so that whoever runs the other verbs on them finds the same numbers and digests. */
function judgeFiles(files: DemoFiles): Judged | Refusal {
  const chain = readChainCsv(files['chain.csv'], { source: 'simulated chain' });
  if (isRefusal(chain)) return chain;
  const marks = readPerpetualsCsv(files['perpetuals.csv'], { source: 'simulated marks', at: chain.at });
  if (isRefusal(marks)) return marks;
  const portfolio = readPortfolioJson(files['portfolio.json'], 'sample book');
  if (isRefusal(portfolio)) return portfolio;
  const market = fitMarket(withFutures(chain, marks));
  if (isRefusal(market)) return market;
  return judge(
    portfolio,
    { market, asked: market.at, listed: [], notes: [] },
    { model: grid, parameters: gridDefaults },
  );
}

async function save(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<Refusal | undefined> {
  try {
    await mkdir(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      'malformed',
      `the files cannot be written there (${code}); choose another folder.`,
      '--save',
    );
  }
}

/** Simulates, fits, judges, explains; with `--save` leaves the files for the other verbs. */
export async function demo(options: DemoOptions): Promise<void> {
  const seed = parseDecimal(options.seed, '--seed');
  if (isRefusal(seed)) return giveUp(seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
    return giveUp(refuse('out-of-range', `the seed is a whole number from 0 to ${SEED_MAX}.`, '--seed'));
  }
  const simulated = simulateChain({ seed, at: DEMO_AT }).at(-1)!;
  const files: DemoFiles = {
    'chain.csv': writeChainCsv([simulated]),
    'perpetuals.csv': writePerpetualsCsv([simulated]),
    'portfolio.json': sampleBook(simulated),
  };
  const judged = judgeFiles(files);
  if (isRefusal(judged)) return giveUp(judged);
  if (options.save !== undefined) {
    const day = dayFile(seed);
    if (isRefusal(day)) return giveUp(day);
    const failed = await save(options.save, { ...files, 'day.inputs': day });
    if (failed !== undefined) return giveUp(failed);
  }
  if (options.json) return sayJson(marginJson(judged));
  sayExplanation(judged);
  say();
  if (options.save === undefined) {
    say('This market was simulated. To keep its files and try the other verbs: plimsoll demo --save DIR');
    return;
  }
  const at = (name: string) => join(options.save!, name);
  say(`Written to ${options.save}. Try:`);
  say(
    `  plimsoll margin --chain ${at('chain.csv')} --perpetuals ${at('perpetuals.csv')} --portfolio ${at('portfolio.json')}`,
  );
  say(`  plimsoll surface --chain ${at('chain.csv')} --svg ${at('surface.svg')}`);
  say(`  plimsoll engine --inputs ${at('day.inputs')} --journal ${at('day.journal')}`);
}
