// Tables of margin-models.md: books under models, line by line; two models at equal coverage.

import type { LineOf } from '../../backtest/study/figures.ts';
import { markdownTable, shareText } from '../markdown.ts';
import { isHalved, type Levelled, MEASURES, type Pairs } from './claims.ts';
import type { TableModel } from './reading.ts';

/** A share with the digits that its size asks for. */
export function percentText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '-';
  return shareText(value, Math.abs(value) >= 0.995 ? 0 : Math.abs(value) < 0.0995 ? 2 : 1);
}

export const timesText = (value: number | null | undefined) =>
  value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(2);

/** `12 of 8.5`, bold where that is too many. */
export function breachesText({
  breaches,
  expected,
  isRejected,
}: {
  readonly breaches: number;
  readonly expected: number;
  readonly isRejected: boolean;
}): string {
  const text = `${breaches} of ${expected.toFixed(1)}`;
  return isRejected ? `**${text}**` : text;
}

export const pText = (value: number) => (value < 0.001 ? value.toExponential(0) : value.toFixed(3));

const HEAD =
  'book|model|breaches of expected|p|all phases|power 2x|mean|/ static|worst|deepest|beyond|peak/trough|1 h|1 d|5 d|30 d'.split(
    '|',
  );

/** Every book under every model on one line. */
export function booksTable(models: readonly TableModel[], line: LineOf): string {
  const names = models[0]!.books.map(({ book }) => book);
  const rows = names.flatMap((name) =>
    models.flatMap(({ model, books, hours }) => {
      const one = books.find(({ book }) => book === name)?.[line];
      if (one === undefined) return [];
      return [
        [
          ...[name, model, breachesText(one), pText(one.pValue), percentText(one.allPhases.rate)],
          shareText(one.power.twice, 0),
          ...[percentText(one.mean), timesText(one.overStatic), timesText(one.worst)],
          ...[percentText(one.deepest), percentText(one.conditionalShortfall), timesText(one.peakToTrough)],
          percentText(hours.get(name)?.[line]),
          ...[one.rises.day, one.rises.fiveDays, one.rises.month].map(percentText),
        ],
      ];
    }),
  );
  return markdownTable(HEAD, rows, 2);
}

/** Own over other at equal coverage: what it costs, and what is called for. */
export function levelTable(rows: readonly Levelled[]): string {
  const head =
    'book|line|breaches dmr / FHS|constant|mean dmr|mean FHS|cost|largest call of 5 d, dmr|the same, FHS'.split(
      '|',
    );
  return markdownTable(
    head,
    rows.map(({ book, line, breaches, constant, mean, call }) => [
      ...[book, line, breaches.join(' / '), timesText(constant), percentText(mean[0]), percentText(mean[1])],
      ...[timesText(mean[0] / mean[1]), percentText(call[0]), percentText(call[1])],
    ]),
    2,
  );
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** How many are halved, measure by measure, line by line; the middle and the worst ratio. */
export function halvesTable(pairs: readonly Pairs[]): string {
  const rows = pairs.flatMap(({ name, own: compared }) =>
    (['maintenance', 'initial'] as const).flatMap((line) =>
      MEASURES.flatMap((measure) => {
        const own = compared.filter((one) => one.line === line && one.measure === measure);
        if (own.length === 0) return [];
        const ratios = own.map((one) => (one.other > 0 ? one.own / one.other : one.own > 0 ? Infinity : 0));
        const worst = own[ratios.indexOf(Math.max(...ratios))]!;
        const halved = own.filter(isHalved).length;
        return [
          [
            ...[name, line, measure, `${halved} of ${own.length}`, timesText(middle(ratios))],
            ...[timesText(Math.max(...ratios)), worst.book],
          ],
        ];
      }),
    ),
  );
  const head = ['books', 'line', 'measure', 'at most half', 'middle ratio', 'worst ratio', 'worst book'];
  return markdownTable(head, rows, 3);
}

/** Microseconds a margin, books of scenarios included. */
export function timesTable(sets: readonly (readonly [string, readonly TableModel[]])[]): string {
  const names = sets[0]![1].map(({ model }) => model);
  const cell = (models: readonly TableModel[], name: string) => {
    const found = models.find(({ model }) => model === name);
    return found === undefined ? '-' : Math.round(found.microseconds).toLocaleString('en-US');
  };
  return markdownTable(
    ['model', ...sets.map(([name]) => name)],
    names.map((name) => [name, ...sets.map(([, models]) => cell(models, name))]),
  );
}
