// What `plimsoll fund` prints: stresses and what they leave unpaid, who leaves it, and how far the market must go.

import {
  dollars,
  type FundNeed,
  type FundSize,
  formatInstant,
  formatUsd,
  type Move,
  type Usd,
} from '@plimsoll/core';
import colors from 'picocolors';
import { sayVenueHead } from './crowd.ts';
import type { Followed, FundAnswer } from './fund.ts';
import { figure, heading, money, percent, say, signed, table } from './output.ts';

/** Owners said by default; JSON has all. */
const SAID = 10;

function ownersJson({ owners }: FundNeed) {
  return owners.map(({ owner, shortfall }) => ({ owner, shortfall: formatUsd(shortfall) }));
}

function needJson(need: FundNeed) {
  return { total: formatUsd(need.total), cover2: formatUsd(need.cover2), owners: ownersJson(need) };
}

function sizeJson({ cover2, total }: FundSize) {
  return {
    cover2: { stress: cover2.scenario, amount: formatUsd(cover2.cover2) },
    total: { stress: total.scenario, amount: formatUsd(total.total) },
  };
}

/** The answer for programs; `null` where a direction never exhausts the fund. */
export function fundJson({ venue, cover, fund, given, borne, size, happened, followed }: FundAnswer) {
  const { book, parameters, treatment, owners, debtors, notes } = venue;
  return {
    at: formatInstant(book.risk.levels.at),
    model: book.model,
    parameters: { version: parameters.version, digest: book.parameters },
    treatment,
    owners,
    pools: debtors.length,
    cover,
    fund: given ? formatUsd(fund) : null,
    stresses: borne.map(({ stress, need }) => {
      return { name: stress.name, source: stress.source, moves: stress.moves, ...needJson(need) };
    }),
    size: sizeJson(size),
    ...(happened === undefined ? {} : { happened: sizeJson(happened) }),
    reverse: followed.map(({ direction, unit, farthest, found }) => {
      const gone =
        found === undefined ? null : { size: found.size, survived: found.survived, ...needJson(found.need) };
      return { direction, unit, farthest, gone };
    }),
    notes,
  };
}

const COVER_WORDS = { cover2: 'the two owners that leave most', total: 'all owners' } as const;

/** A stress in words, as `--stress` takes them where it can. @example movesWords([{ kind: 'spot', relative: -0.4 }]) // 'spot -40.0 %' */
export function movesWords(moves: readonly Move[]): string {
  const words = moves.map((move) => {
    const of =
      ('underlying' in move ? move.underlying : undefined) ?? ('asset' in move ? move.asset : undefined);
    const name =
      move.kind === 'spot' && of !== undefined
        ? of
        : [move.kind, ...(of === undefined ? [] : [of])].join(' ');
    if (move.kind === 'vol' && move.form === 'points')
      return `${name} ${signed((100 * move.size).toFixed(1))} pt`;
    if ('relative' in move) return `${name} ${signed(percent(move.relative, 1))}`;
    return 'size' in move ? `${name} ${signed(percent(move.size, 1))}` : name;
  });
  return words.join(', ');
}

function sayStresses({ borne, cover, fund, given }: FundAnswer): void {
  heading('Stresses');
  table(
    ['stress', 'moves', 'from'],
    borne.map(({ stress: { name, moves, source } }) => [name, movesWords(moves), source]),
    [0, 1, 2],
  );
  heading('Left unpaid after a jump, USD');
  const afterwards = (need: FundNeed) => {
    const left = (fund - need[cover]) as Usd;
    return left < 0n ? colors.red(money(left)) : money(left);
  };
  table(
    ['stress', 'all owners', 'largest two', 'short', ...(given ? ['fund after'] : []), 'largest'],
    borne.map(({ stress, need }) => [
      stress.name,
      money(need.total),
      money(need.cover2),
      String(need.owners.length),
      ...(given ? [afterwards(need)] : []),
      need.owners[0]?.owner ?? 'nobody',
    ]),
    [0, given ? 5 : 4],
  );
}

function sizeWords(what: string, { cover2, total }: FundSize): string {
  if (total.total === 0n) return `  ${what}: nobody leaves anything unpaid, no fund is needed.`;
  return `  ${what}: a fund of ${money(cover2.cover2)} USD if the two largest owners default (${cover2.scenario}), ${money(total.total)} USD if all do (${total.scenario}).`;
}

function saySize({ size, happened, cover }: FundAnswer): void {
  say();
  if (happened !== undefined) say(sizeWords('To bear what happened', happened));
  say(sizeWords('To bear all of these', size));
  const worst = size[cover];
  if (worst.owners.length === 0) return;
  heading(`Who leaves what: ${worst.scenario}, USD`);
  const rows = worst.owners
    .slice(0, SAID)
    .map(({ owner, shortfall }) => [
      owner,
      money(shortfall),
      percent(dollars(shortfall) / dollars(worst.total), 1),
    ]);
  table(['owner', 'unpaid', 'of all'], rows);
  const more = worst.owners.length - SAID;
  if (more > 0) say(`  and ${more} more; --json lists all`);
}

function farWords({ direction, unit }: Followed, size: number): string {
  if (unit === 'times') return `${figure(size, 4)} times`;
  return signed(percent(direction.endsWith('down') ? -size : size, 2));
}

function sayReverse({ followed, fund, given, cover }: FundAnswer): void {
  const what = given
    ? `How far until a fund of ${money(fund)} USD is gone`
    : 'How far until the first dollar is missing';
  heading(`${what}, counting ${COVER_WORDS[cover]}`);
  table(
    ['direction', 'gone at', 'left unpaid there', 'largest'],
    followed.map((one) => {
      const { direction, farthest, found } = one;
      if (found === undefined) return [direction, `not within ${farWords(one, farthest)}`, '', ''];
      const { size, need } = found;
      return [
        direction,
        size === 0 ? 'gone already' : farWords(one, size),
        money(need[cover]),
        need.owners[0]?.owner ?? '',
      ];
    }),
    [0, 3],
  );
}

/** Tables for people. */
export function sayFund(file: string, answer: FundAnswer): void {
  sayVenueHead(file, answer.venue);
  sayStresses(answer);
  saySize(answer);
  sayReverse(answer);
}
