// What `plimsoll breaker` prints: the light of each side, what it asks of an increase, and the rungs.

import { formatInstant, formatUsd } from '@plimsoll/core';
import type { Cascade, Side } from '@plimsoll/core/governor';
import colors from 'picocolors';
import type { BreakerAnswer, CoinBreaker } from './breaker.ts';
import { sayVenueHead } from './crowd.ts';
import { figure, heading, money, percent, say, signed, table } from './output.ts';

/** Rungs said of a side by default; JSON has all. */
const SAID = 12;
const SIDES = ['down', 'up'] as const satisfies readonly Side[];
const PAINTS = { green: colors.green, amber: colors.yellow, red: colors.red } as const;
const CROWDS = { down: 'longs', up: 'shorts' } as const;

function cascadeJson({ shock, rest, closed, amplification, light, multiplier, reduceOnly }: Cascade) {
  const found = { rest: rest ?? null, amplification: amplification ?? null };
  return { light, shock, ...found, closed, multiplier, reduceOnly };
}

/** The answer for programs; `rest` is `null` where nothing comes to rest below the boundary. */
export function breakerJson({ venue, policy, coins, unjudged }: BreakerAnswer) {
  const { book, parameters, treatment, owners, debtors, notes } = venue;
  return {
    at: formatInstant(book.risk.levels.at),
    model: book.model,
    parameters: { version: parameters.version, digest: book.parameters },
    treatment,
    owners,
    pools: debtors.length,
    policy,
    coins: coins.map(({ coin, index, depth, ladder, cascades, increases }) => {
      const sides = SIDES.map((side) => {
        const { exposure, product, initial, charge } = increases.find((one) => one.side === side)!;
        const increase = { product, exposure, initial: formatUsd(initial), charge: formatUsd(charge) };
        return [side, { depth: depth[side], ...cascadeJson(cascades[side]), increase, rungs: ladder[side] }];
      });
      return { coin, index, ...Object.fromEntries(sides) };
    }),
    unjudged,
    notes,
  };
}

function sayCoin({ coin, depth, cascades, increases }: CoinBreaker): void {
  heading(`${coin}: what a shock would set off`);
  const row = (name: string, of: (side: Side) => string) => [name, of('down'), of('up')];
  const increase = (side: Side) => increases.find((one) => one.side === side)!;
  const asked = ({ multiplier, reduceOnly }: Cascade, side: Side) => {
    if (reduceOnly) return `${CROWDS[side]} may only reduce`;
    return multiplier === 1 ? 'nothing more' : `${figure(multiplier, 4)} times`;
  };
  table(
    ['', 'price falls, longs are sold', 'price rises, shorts are bought'],
    [
      row('light', (side) => PAINTS[cascades[side].light](cascades[side].light)),
      row('depth, USD for 1 %', (side) => money(depth[side] / 100)),
      row('shock x0', (side) => percent(cascades[side].shock, 2)),
      row('comes to rest at x*', (side) =>
        cascades[side].rest === undefined ? 'nowhere' : percent(cascades[side].rest, 2),
      ),
      row('amplification', (side) =>
        cascades[side].amplification === undefined ? '' : figure(cascades[side].amplification, 4),
      ),
      row('closed by force, USD', (side) => money(cascades[side].closed)),
      row('increase of initial margin counts', (side) => asked(cascades[side], side)),
      row(`initial of ${figure(increase('down').exposure, 7)} USD ${increase('down').product}`, (side) =>
        money(increase(side).initial),
      ),
      row('  and for crowding', (side) => {
        const charge = money(increase(side).charge);
        return cascades[side].reduceOnly ? `${charge}, were it let in` : charge;
      }),
    ],
  );
}

function sayRungs({ coin, index, ladder, cascades }: CoinBreaker, side: Side): void {
  const rungs = ladder[side];
  if (rungs.length === 0) {
    say();
    say(`  ${coin} ${side}: nobody within 50 % of the price is closed.`);
    return;
  }
  const sign = side === 'down' ? -1 : 1;
  heading(`${coin} ${side}: ${rungs.length} ${rungs.length === 1 ? 'rung' : 'rungs'}, nearest first`);
  let sum = 0;
  const { rest = Number.POSITIVE_INFINITY } = cascades[side];
  const rows = rungs.map(({ move, dollars, account }) => {
    sum += dollars;
    return [
      move === 0 ? 'below now' : signed(percent(sign * move, 2)),
      figure(index * (1 + sign * move), 6),
      money(dollars),
      money(sum),
      move <= rest ? 'reached' : '',
      account,
    ];
  });
  table(['move', 'price', 'closed USD', 'up to here', '', 'account'], rows.slice(0, SAID), [4, 5]);
  if (rows.length > SAID) say(`  and ${rows.length - SAID} more; --json lists all`);
}

/** Tables for people. */
export function sayBreaker(file: string, answer: BreakerAnswer): void {
  const { venue, policy, coins, unjudged } = answer;
  sayVenueHead(file, venue);
  const { closedShare, depthShare, amber, red } = policy;
  say(
    `  of each position ${percent(closedShare)} is closed on average, ${percent(depthShare)} of the depth is left in a stress; amber from ${amber}, red beyond ${red}`,
  );
  for (const found of coins) {
    sayCoin(found);
    for (const side of SIDES) sayRungs(found, side);
  }
  if (unjudged.length === 0) return;
  say();
  say(`  Not judged: ${unjudged.join(', ')}; give --depth for each.`);
}
