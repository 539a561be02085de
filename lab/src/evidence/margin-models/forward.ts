// Walk-forward: what was chosen when, how the joined path fared, and what was frozen on coins that nobody had looked at.

import { formatInstant, instant } from '@plimsoll/core';
import { coverageOf } from '../../backtest/coverage.ts';
import type { Choice } from '../../backtest/study/choosing.ts';
import { COST_WEIGHT, OMEGA } from '../../backtest/study/choosing.ts';
import type { LineOf, Tested } from '../../backtest/study/figures.ts';
import type { Run } from '../../backtest/study/walks.ts';
import { promisedDefaults } from '../../backtest/verdict.ts';
import { markdownTable } from '../markdown.ts';
import { coverageClaim, testsOf } from './claims.ts';
import { COIN_GROUPS, type CoinRuns, type ForwardFound, type PerpetualsFound } from './perpetual-parts.ts';
import { foundOf, type Kept } from './pool.ts';
import { type BookFigures, figuresOfRun, LINES, type ModelFigures } from './reading.ts';
import { COINS, YEARS } from './sources.ts';
import { breachesText, percentText, pText, timesText } from './tables.ts';

const dayOf = (at: number) => formatInstant(instant(at)).slice(0, 10);

function candidateCells({ elasticity, multiple, halfLife, rise, floor, cap }: Choice['candidate']): string[] {
  return [
    ...[String(elasticity), String(multiple), String(halfLife), String(rise)],
    // Without elasticity nothing ever leaves the anchor, so neither binds.
    elasticity === 0 ? '-' : `${floor} to ${cap}`,
  ];
}

const CANDIDATE = ['elasticity', 'range / anchor', 'half-life, h', 'up, h', 'floor to cap'];

/** What was chosen, time by time. */
export function choicesTable(choices: readonly Choice[]): string {
  const rows = choices.map(({ at, candidate, score, held, tried }) => [
    ...[dayOf(at), ...candidateCells(candidate), score.toFixed(3), `${held} of ${tried}`],
  ]);
  return markdownTable(['chosen on', ...CANDIDATE, 'J', 'held on the past'], rows);
}

/** What the last of the years would have chosen at other trade-offs. */
export function omegaTable({ byOmega, candidate, score }: Choice): string {
  const all = [...byOmega, { omega: OMEGA, candidate, score }].sort((a, b) => a.omega - b.omega);
  const rows = all.map((one) => [String(one.omega), ...candidateCells(one.candidate), one.score.toFixed(3)]);
  return markdownTable(['omega', ...CANDIDATE, 'J'], rows);
}

/** A run from a time on. */
function since(run: Run, from: number): Run {
  const traces = run.traces.map((trace) => {
    const first = trace.at.findIndex((at) => at >= from);
    const cut = <T>(column: readonly T[]) => column.slice(first);
    return {
      ...{
        name: trace.name,
        what: trace.what,
        at: cut(trace.at),
        entry: cut(trace.entry),
        gross: cut(trace.gross),
      },
      ...{
        maintenance: cut(trace.maintenance),
        initial: cut(trace.initial),
        swept: cut(trace.swept),
        var: cut(trace.var),
        es: cut(trace.es),
      },
      ...{ lossMaintenance: cut(trace.lossMaintenance), lossInitial: cut(trace.lossInitial) },
    };
  });
  return { ...run, traces };
}

/** The joined path of the years, then the defaults and plain filtered history on the same dates. */
export function forwardPaths({ run }: ForwardFound, { walks }: PerpetualsFound): ModelFigures[] {
  const from = Date.UTC(YEARS[0], 0, 1);
  const same = (name: string, model: string) => figuresOfRun(name, since(walks[model]!, from));
  return [figuresOfRun('walk-forward', run), same('dmr', 'dmr'), same('plain FHS', 'fhs')];
}

/** Books of several models on a line, without what needs a walk by the hour. */
export function pathTable(models: readonly ModelFigures[]): string {
  const rows = LINES.flatMap((line) =>
    models[0]!.books.flatMap(({ book }) =>
      models.map(({ model, books }) => {
        const one = books.find((own) => own.book === book)![line];
        return [
          ...[line, book, model, breachesText(one), pText(one.pValue), percentText(one.mean)],
          ...[timesText(one.worst), percentText(one.conditionalShortfall), timesText(one.peakToTrough)],
          ...[one.rises.day, one.rises.fiveDays, one.rises.month].map(percentText),
        ];
      }),
    ),
  );
  const head = 'line|book|model|breaches of expected|p|mean|worst|beyond|peak/trough|1 d|5 d|30 d'.split('|');
  return markdownTable(head, rows, 3);
}

/** The three models of one coin. */
export interface CoinFigures {
  readonly coin: string;
  readonly dmr: ModelFigures;
  readonly frozen: ModelFigures;
  readonly fhs: ModelFigures;
  /** The closed form against the model, relative, at its worst. */
  readonly apart: number;
}

/** Every coin of the unseen file. */
export async function readCoins(kept: Kept): Promise<CoinFigures[]> {
  const found = new Map<string, CoinFigures>();
  for (const group of COIN_GROUPS.keys()) {
    const all = await foundOf<Readonly<Record<string, CoinRuns>>>(kept, `coins-${group}`);
    for (const [coin, { dmr, frozen, fhs, apart }] of Object.entries(all)) {
      found.set(coin, {
        ...{ coin, apart, dmr: figuresOfRun('dmr', dmr) },
        ...{ frozen: figuresOfRun('frozen', frozen), fhs: figuresOfRun('plain FHS', fhs) },
      });
    }
  }
  return COINS.map((coin) => found.get(coin)!);
}

const MODELS = ['dmr', 'frozen', 'fhs'] as const;
const SHOWN = { dmr: 'defaults', frozen: 'frozen', fhs: 'plain FHS' } as const;

/** Breaches of both sides of every coin, and the mean asked. */
export function coinsTable(coins: readonly CoinFigures[], line: LineOf): string {
  const rows = coins.map((own) => {
    const sides = MODELS.map((model) =>
      own[model].books.map((one) =>
        one[line].isRejected ? `**${one[line].breaches}**` : one[line].breaches,
      ),
    );
    const means = MODELS.map((model) => {
      const { books } = own[model];
      return percentText(books.reduce((sum, one) => sum + one[line].mean, 0) / Math.max(1, books.length));
    });
    const expected = own.dmr.books[0]?.[line].expected ?? 0;
    return [own.coin, expected.toFixed(1), ...sides.map((both) => both.join(' / ')), ...means];
  });
  const models = MODELS.map((model) => SHOWN[model]);
  const head = ['coin', 'expected', ...models, ...models.map((model) => `mean, ${model}`)];
  return markdownTable(head, rows);
}

/** All coins as one: breaches of both sides together, of one side alone where one is asked for. */
export function pooledTable(coins: readonly CoinFigures[]): string {
  const sides: readonly (readonly [string, (books: readonly BookFigures[]) => readonly BookFigures[]])[] = [
    ['long', (books) => books.slice(0, 1)],
    ['short', (books) => books.slice(1, 2)],
  ];
  const rows = LINES.flatMap((line) =>
    sides.flatMap(([side, of]) =>
      MODELS.map((model) => {
        const all = coins.flatMap((own) => of(own[model].books)).map((one) => one[line]);
        const windows = all.reduce((sum, one) => sum + one.windows, 0);
        const breaches = all.reduce((sum, one) => sum + one.breaches, 0);
        const hits = Array.from({ length: windows }, (_, i) => i < breaches);
        const pooled = coverageOf(hits, 1 - promisedDefaults.coverage[line])!;
        const deepest = all.reduce((most, one) => Math.max(most, one.worst), 0);
        return [
          ...[line, side, SHOWN[model], String(windows), breachesText(pooled), pText(pooled.pValue)],
          ...[String(all.filter(({ isRejected }) => isRejected).length), timesText(deepest)],
        ];
      }),
    ),
  );
  const head = [
    'line',
    'side',
    'parameters',
    'windows',
    'breaches of expected',
    'p',
    'coins rejected',
    'worst',
  ];
  return markdownTable(head, rows, 3);
}

/** What the tests of what was chosen on the past come to: the joined path, and what was frozen. */
export function forwardWords(path: ModelFigures, coins: readonly CoinFigures[]): string {
  const say = (name: string, tests: readonly Tested[]) => {
    const { battery } = coverageClaim(tests);
    const { rejected, expected, holm } = battery;
    return `${name}: ${battery.tests} tests, ${rejected.length} rejected one by one (false alarms allowed: ${expected.toFixed(1)}), ${holm.length} after Holm`;
  };
  const frozen = coins.flatMap((own) => testsOf('frozen', own.frozen.books));
  return `${say('The joined path', testsOf('forward', path.books))}. ${say('What was frozen, on the coins', frozen)}.`;
}

/** What the choice weighs. */
export const CHOSEN_BY = `\`J = ${OMEGA} SF/SF_ref + ${1 - OMEGA} APC/APC_ref + ${COST_WEIGHT} mean/mean_ref\``;
