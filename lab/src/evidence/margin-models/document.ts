// docs/evidence/margin-models.md: every model of our own on years of real prices, what is claimed of the house model, and what the numbers say.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Choice } from '../../backtest/study/choosing.ts';
import type { LineOf, Tested } from '../../backtest/study/figures.ts';
import { WALKED } from '../../backtest/study/walks.ts';
import { preface } from '../markdown.ts';
import { chainsPart, type OnChains, readChains } from './chains.ts';
import { comparedWith, coverageClaim, halvesClaim, levelled, type Pairs, testsOf } from './claims.ts';
import { crisisSection } from './crises.ts';
import { CRISES, type CrisisFound } from './crisis-part.ts';
import {
  CHOSEN_BY,
  type CoinFigures,
  choicesTable,
  coinsTable,
  forwardPaths,
  forwardWords,
  omegaTable,
  pathTable,
  pooledTable,
  readCoins,
} from './forward.ts';
import {
  frontierTable,
  halvingWords,
  type Point,
  perpetualFrontier,
  readDrivenFrontier,
} from './frontier.ts';
import { CHECKED_DATES, type ForwardFound, type PerpetualsFound } from './perpetual-parts.ts';
import { foundOf, type Kept, runParts } from './pool.ts';
import { type ModelFigures, readDriven, readPerpetuals, type TableModel } from './reading.ts';
import { FRONTIER, SPANS } from './sources.ts';
import { booksTable, halvesTable, levelTable, pText, timesTable } from './tables.ts';
import { apartText, DRIVEN, dayOf, LIMITS, perpetualWords, READING, spanText } from './words.ts';

/** The point of the frontier at which the house model is by default. */
const DEFAULT_POINT = 'dmr, elasticity 0.5';

/** How the long part of the work is done. */
export interface StudyOptions {
  /** Where results of parts are kept; absent, under the folder of the system for what may be thrown away. */
  readonly cache?: string;
  readonly workers?: number;
}

const NAMES = Object.keys(WALKED);
const one = (models: readonly TableModel[], name: string) => models.find(({ model }) => model === name)!;

/** Tests of one line together: how many of its phases, and the smallest p. */
function grouped(found: readonly Tested[], all: readonly Tested[]): string {
  const nameOf = ({ name }: Tested) => name.split(' from ')[0]!;
  const names = [...new Set(found.map(nameOf))];
  if (names.length === 0) return 'none';
  return names
    .map((name) => {
      const own = found.filter((one) => nameOf(one) === name);
      const phases = all.filter((one) => nameOf(one) === name).length;
      return `${name} (${own.length} of ${phases} tests, p from ${pText(own[0]!.pValue)})`;
    })
    .join('; ');
}

function coverageWords(tests: readonly Tested[]): string[] {
  const { battery, holds } = coverageClaim(tests);
  const livesByTime = battery.holm.some(({ name }) => name.includes('fly of one day'));
  return [
    `**At its defaults \`dmr\` never under-covers at 5 %, one-sided: ${holds ? 'holds' : 'does not hold'}.** ${battery.tests} tests: every book, both lines, every history below, from the first window on and at every phase at which windows may begin;`,
    `rejected one by one: ${battery.rejected.length}; false alarms that the level allows where every line holds: at most ${battery.expected.toFixed(1)}; still rejected with the family held to 5 % (Holm): ${battery.holm.length} (M-192).`,
    '',
    `- Rejected one by one: ${grouped(battery.rejected, tests)}.`,
    `- After Holm: ${grouped(battery.holm, tests)}.`,
    ...(livesByTime
      ? ['- A fly of one day lives by time, which neither lanes nor windows let pass (M-187).']
      : []),
    '',
  ];
}

function halvesWords(pairs: readonly Pairs[], line: LineOf): string[] {
  const { figures, missed, ownMoves } = halvesClaim(pairs, line);
  const verdict = missed.length === 0 ? 'holds' : 'does not hold everywhere';
  return [
    `**Peak to trough and largest rises of the ${line} requirement are at most half of plain filtered history’s: ${verdict}.** ${figures - missed.length} of ${figures} figures are.`,
    ...(missed.length === 0
      ? []
      : [
          `Of the ${missed.length} that are not, ${ownMoves} are not under \`grid\` either, whose ranges never move: there it is the book that changes (gamma, strikes coming near, days passing), and no governor of`,
          `parameters can halve that. The other ${missed.length - ownMoves} are what following the market costs.`,
        ]),
    '',
  ];
}

/** Everything that is claimed, and what is held against it. */
function claimsPart(tests: readonly Tested[], pairs: readonly Pairs[]): string[] {
  return [
    '## What is claimed, and what the numbers say',
    '',
    ...coverageWords(tests),
    ...halvesWords(pairs, 'maintenance'),
    ...halvesWords(pairs, 'initial'),
    'Maintenance is what forces selling, so it sees governed quantities only; initial sees the market of now as well and rises with it by design. Multiplying a requirement by a constant changes neither peak to',
    'trough nor a relative rise, so equal coverage (M-191) does not matter here; it does for what is called for and what it costs, further down.',
    '',
    halvesTable(pairs),
    '',
  ];
}

function modelsPart(title: string, what: readonly string[], models: readonly TableModel[]): string[] {
  const refused = models.filter((model) => model.refused > 0);
  return [
    `## ${title}`,
    '',
    ...what,
    ...refused.map((model) => `${model.model} refused ${model.refused} times: ${model.refusal}`),
    '',
    '### Maintenance',
    '',
    booksTable(models, 'maintenance'),
    '',
    '### Initial',
    '',
    booksTable(models, 'initial'),
    '',
    '### At equal coverage',
    '',
    'Plain FHS times the least constant at which it is breached no more often than `dmr`. **Cost**: mean `dmr` over that. **Largest call**: the most that the requirement of what is held',
    'rose within five days, as a share of the underlying.',
    '',
    levelTable(levelled(one(models, 'dmr'), one(models, 'fhs'))),
    '',
  ];
}

function forwardPart({ choices, paths, coins, forward }: Study): string[] {
  return [
    '## Walk-forward',
    '',
    `On the first day of each year the candidate with the least ${CHOSEN_BY} on BTC and ETH, long and short, both lines, since ${dayOf(SPANS.perpetuals.from)} was taken, among those of which no line`,
    'was rejected on that past. SF: shortfalls; APC: largest rise of five days; ref: plain FHS on the same dates (M-190). Ranges are reviewed then too: so many times the anchor vol of four hours.',
    `In closed form (M-190), which differs from the model itself by at most ${apartText(forward.apart)} of it where both were asked.`,
    '',
    choicesTable(choices),
    '',
    `${choices.filter(({ candidate }) => candidate.elasticity === 0).length} of the ${choices.length} choices stay at the anchor (elasticity 0). The trade-off decides. What ${dayOf(choices.at(-2)!.at)} would have chosen by other weights of shortfalls:`,
    '',
    omegaTable(choices.at(-2)!),
    '',
    'The joined path of the years, beside the defaults and plain FHS on the same dates:',
    '',
    pathTable(paths),
    '',
    forwardWords(paths[0]!, coins),
    '',
    '### Coins that nobody had looked at',
    '',
    `Linear perpetuals of ${coins.length} coins, ${spanText('coins')}, each with its own history, every 4 h. **Defaults**: what is not named has ranges of 22 % and 35 %. **Frozen**: the last row above, chosen on BTC and ETH before the`,
    `first hour of this file. Breaches of longs / shorts, bold where they are too many. All in closed form (M-190), which differs from the model itself by at most ${apartText(Math.max(...coins.map(({ apart }) => apart)))} of it at ${CHECKED_DATES} dates of each coin.`,
    '',
    '#### Maintenance',
    '',
    coinsTable(coins, 'maintenance'),
    '',
    '#### Initial',
    '',
    coinsTable(coins, 'initial'),
    '',
    'All coins as one. Coins fall together, so windows of different coins are not independent, and p is too small here:',
    '',
    pooledTable(coins),
    '',
  ];
}

async function crisesPart(kept: Kept): Promise<string[]> {
  const parts: string[] = [
    '## Two crashes by themselves',
    '',
    'A long, maintenance / initial, hour by hour. **At the line**: who stood just above maintenance at the close of any bar from two days before the fall to a day after it and was closed at the lowest price of the',
    'next four hours: what was missing, per dollar of open interest, at the worst and on the mean over those closes. **Came in at initial**: who came in with just the initial requirement at such a close, and was closed',
    'so from the first close at which what was left was below maintenance; its mean flatters small requirements, whose accounts are closed before the worst. Lows are those of the bars: of five and thirty minutes where there are any, else of an hour.',
    '',
  ];
  for (const { id } of CRISES) parts.push(...crisisSection(await foundOf<CrisisFound>(kept, id)));
  return parts;
}

/** Everything that was found. */
interface Study {
  readonly kept: Kept;
  readonly found: PerpetualsFound;
  readonly forward: ForwardFound;
  readonly driven: readonly TableModel[];
  readonly perpetuals: readonly TableModel[];
  readonly points: readonly Point[];
  readonly chains: readonly OnChains[];
  readonly choices: readonly Choice[];
  readonly paths: readonly ModelFigures[];
  readonly coins: readonly CoinFigures[];
}

async function readStudy(kept: Kept): Promise<Study> {
  const found = await foundOf<PerpetualsFound>(kept, 'perpetuals');
  const forward = await foundOf<ForwardFound>(kept, 'forward');
  return {
    ...{ kept, found, forward },
    driven: await readDriven(kept, NAMES),
    perpetuals: readPerpetuals(found),
    points: await readDrivenFrontier(kept),
    chains: await readChains(kept),
    choices: await foundOf<Choice[]>(kept, 'choices'),
    paths: forwardPaths(forward, found),
    coins: await readCoins(kept),
  };
}

function claimsOf({ driven, perpetuals, chains, coins, points }: Study): string[] {
  const daily = points.find(({ name }) => name === DEFAULT_POINT)!.books;
  const tests = [
    ...testsOf('driven surfaces', one(driven, 'dmr').books),
    ...testsOf('driven surfaces, once a day', daily),
    ...testsOf('perpetuals', one(perpetuals, 'dmr').books),
    ...testsOf('real chains', chains.find(({ model }) => model === 'dmr')!.figures.books),
    ...coins.flatMap(({ dmr }) => testsOf('unseen coins', dmr.books)),
  ];
  const pairsOf = (name: string, models: readonly TableModel[]): Pairs => {
    const fhs = one(models, 'fhs');
    return {
      name,
      own: comparedWith(one(models, 'dmr'), fhs),
      fixed: comparedWith(one(models, 'grid'), fhs),
    };
  };
  return claimsPart(tests, [pairsOf('twelve books, driven', driven), pairsOf('perpetuals', perpetuals)]);
}

function frontierPart({ points: books, found }: Study): string[] {
  const alone = perpetualFrontier(found);
  const words = (points: typeof books) => [
    ...['', halvingWords(points, 'maintenance'), halvingWords(points, 'initial'), ''],
  ];
  return [
    '## The frontier',
    '',
    'The house model at other elasticities, all else at its default. Sums of breaches and shortfalls over all books, means over books of everything else; **at most half**: of peak to trough and the three rises of',
    'every book, against plain FHS.',
    '',
    `### The twelve books, once a day, ${dayOf(FRONTIER.from)} to ${dayOf(FRONTIER.to)}`,
    '',
    frontierTable(books),
    ...words(books),
    `### Perpetuals of BTC and ETH, long and short, ${spanText('perpetuals')}, every 4 h`,
    '',
    frontierTable(alone),
    ...words(alone),
  ];
}

function timePart({ driven }: Study): string[] {
  return [
    '## Time',
    '',
    'Microseconds a margin, the share of its book of scenarios included, two processes at once:',
    '',
    timesTable([['twelve books', driven]]),
    '',
  ];
}

/** Runs what is missing of the parts and writes down what they found. */
export async function marginModelsDocument(
  data: string,
  say: (line: string) => void,
  { cache, workers = 2 }: StudyOptions = {},
): Promise<string> {
  const kept = await runParts(data, cache ?? join(tmpdir(), 'plimsoll-evidence'), workers, say);
  const study = await readStudy(kept);
  const { driven, perpetuals } = study;
  const parts = [
    preface('Margin models on years of real prices', 'npm run evidence -- ../shared/data margin-models'),
    ...READING,
    ...claimsOf(study),
    ...modelsPart('The twelve books on driven surfaces', [DRIVEN], driven),
    ...modelsPart('Perpetuals', [perpetualWords(study.found.apart)], perpetuals),
    ...chainsPart(study.chains),
    ...frontierPart(study),
    ...forwardPart(study),
    ...(await crisesPart(kept)),
    ...timePart(study),
    ...LIMITS,
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}
