// What `plimsoll venues compare` prints: terms and vectors as tables, or as JSON.

import { EXACTNESS_LEVELS, formatInstant, type Pair, type TermRow, type VectorRow } from '@plimsoll/core';
import colors from 'picocolors';
import { figure, heading, say, table } from './output.ts';
import { markOf } from './venue-words.ts';
import { type ComparedAccount, type ComparedAll, refusedWords, tallyAll } from './venues-compare.ts';

const number = (value: number | undefined): string => (value === undefined ? '-' : figure(value, 10));
const gap = (value: number | undefined): string => (value === undefined ? '-' : figure(value, 3));

function verdict({ agrees }: { readonly agrees: boolean | undefined }): string {
  if (agrees === undefined) return '';
  return agrees ? 'agrees' : colors.red('differs');
}

/** Who, by which model and market; then every account; then what the marks mean. */
export function sayCompared(all: ComparedAll): void {
  const { report, chosen, market } = all;
  const who = report.account ?? report.venue;
  const at = formatInstant(market.at);
  say(
    `${colors.bold(who)}  ${chosen.model.id} ${chosen.parameters.version}  ${at}  ${colors.dim(market.source)}`,
  );
  for (const { source, call } of report.answers) say(colors.dim(`  ${source}: ${call}`));
  for (const note of all.notes) say(colors.dim(`  note: ${note}`));
  sayPrices(all);
  for (const account of all.accounts) sayAccount(account);
  say();
  const marks = '= exact, ~ partly, ? indicative, without a mark no rule of margin or none of ours';
  say(colors.dim(`  ${marks}`));
  sayVerdict(all);
}

/** What the exit code says: how many numbers had to agree, and whether they do. Where there was none, that. */
function sayVerdict({ accounts, agrees, tally: { compared, agree }, tolerance, hold }: ComparedAll): void {
  const what = hold === 'exact' ? hold : `${hold} or nearer`;
  if (compared === 0 && agrees) {
    const next = EXACTNESS_LEVELS.find((level) => tallyAll(accounts, level).compared > 0);
    say(
      next === undefined
        ? '  nothing was compared.'
        : `  nothing ${what} was compared; --hold ${next} asks for more.`,
    );
    return;
  }
  const within = `within ${tolerance.relative} of the larger or ${tolerance.absolute} of a unit`;
  const words = agrees ? 'agrees' : colors.red('does not agree');
  say(`  what is ${what} ${words} (${agree} of ${compared} terms and vectors ${within}).`);
}

function sayPrices({ own, prices }: ComparedAll): void {
  if (own) {
    say(colors.dim('  prices: the answer states them all'));
    return;
  }
  if (prices.length === 0) return;
  heading('Prices of the answer and of the market');
  table(
    ['', 'of', 'venue', 'market', 'difference'],
    prices.map(({ price, ours }) => [
      price.kind,
      `${price.of} in ${price.unit}`,
      number(price.value),
      number(ours),
      ours === undefined ? '-' : `${figure((ours / price.value - 1) * 1e4, 3)} bp`,
    ]),
    [0, 1],
  );
}

function sayAccount(one: ComparedAccount): void {
  const { account, comparison } = one;
  heading(account.portfolio.account);
  if (comparison === undefined) {
    say(colors.red(`  not compared: ${refusedWords(one)}`));
    return;
  }
  const rows = comparison.terms.map((row) => [
    markOf(row.exactness?.level),
    row.amount.path,
    row.amount.unit,
    number(row.venue),
    number(row.ours),
    gap(row.difference),
    verdict(row),
  ]);
  table(['', 'term', 'unit', 'venue', 'ours', 'difference', ''], rows, [0, 1, 2, 6]);
  sayVectors(comparison.vectors);
  sayWhy(comparison.terms);
}

function sayVectors(vectors: readonly VectorRow[]): void {
  if (vectors.length === 0) return;
  heading('Vectors, cell by cell');
  table(
    ['', 'vector', 'unit', 'cells', 'agree', 'farthest apart', 'venue', 'ours', 'difference'],
    vectors.map(({ vector, cells, worst, exactness }) => [
      markOf(exactness?.level),
      vector.path,
      vector.unit,
      String(cells.length),
      String(cells.filter(({ agrees }) => agrees === true).length),
      worst?.name ?? '-',
      number(worst?.venue),
      number(worst?.ours),
      gap(worst?.difference),
    ]),
    [0, 1, 2, 5],
  );
}

/** Why each number that differs, or has nothing beside it, may do so; a reason once. */
function sayWhy(terms: readonly TermRow[]): void {
  const open = terms.filter(({ agrees }) => agrees !== true);
  const reasons = new Map<string, string[]>();
  for (const { why, amount } of open) reasons.set(why, [...(reasons.get(why) ?? []), amount.path]);
  if (reasons.size === 0) return;
  heading('Why they may differ, or have nothing beside them');
  for (const [why, paths] of reasons) {
    const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
    say(`  ${paths[0]}${more}: ${why}`);
  }
}

const pairJson = ({ venue, ours, difference, agrees }: Pair) => ({
  venue,
  ours: ours ?? null,
  difference: difference ?? null,
  agrees: agrees ?? null,
});

function accountJson(one: ComparedAccount) {
  const { account, comparison } = one;
  const head = { account: account.portfolio.account };
  if (comparison === undefined) return { ...head, refused: refusedWords(one), terms: [], vectors: [] };
  return {
    ...head,
    terms: comparison.terms.map((row) => ({
      path: row.amount.path,
      unit: row.amount.unit,
      ...(row.amount.underlying === undefined ? {} : { underlying: row.amount.underlying }),
      ...pairJson(row),
      beside: row.amount.beside ?? 0,
      exactness: row.exactness?.level ?? null,
      why: row.why,
    })),
    vectors: comparison.vectors.map(({ vector, cells, worst, exactness, agrees }) => ({
      path: vector.path,
      unit: vector.unit,
      exactness: exactness?.level ?? null,
      agrees: agrees ?? null,
      worst: worst === undefined ? null : { name: worst.name, ...pairJson(worst) },
      cells: cells.map((cell) => ({ name: cell.name, ...pairJson(cell) })),
    })),
  };
}

/** The answer of `venues compare --json`. */
export function comparedJson(all: ComparedAll) {
  const { report, chosen, market, tolerance, hold, tally, agrees, notes } = all;
  return {
    venue: report.venue,
    answers: report.answers,
    model: chosen.model.id,
    parameters: { version: chosen.parameters.version },
    at: formatInstant(market.at),
    market: { source: market.source, own: all.own, digest: market.digest },
    prices: all.prices.map(({ price, ours }) => ({ ...price, ours: ours ?? null })),
    accounts: all.accounts.map(accountJson),
    tolerance,
    hold,
    ...tally,
    agrees,
    notes,
  };
}
