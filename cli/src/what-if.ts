// plimsoll what-if: the same account after a trade, a move, or some time, beside what it is now.

import {
  applyTrade,
  carryBids,
  type Instant,
  isRefusal,
  LINE_NAMES,
  later,
  type Market,
  type Move,
  MS_PER_DAY,
  marketDigest,
  type Portfolio,
  parseDecimal,
  productsOf,
  type Refusal,
  refuse,
  settleExpired,
  shift,
  underlyingOf,
  withEntries,
} from '@plimsoll/core';
import type { Command } from 'commander';
import colors from 'picocolors';
import {
  addBookOptions,
  type BookOptions,
  type Judged,
  judge,
  loadJudged,
  refuseExpired,
  sayHead,
} from './judge.ts';
import { sayOrders, sweeps } from './margin.ts';
import { marginJson } from './margin-json.ts';
import { readMove } from './move-words.ts';
import { figure, giveUp, heading, money, say, sayJson, signed, table } from './output.ts';
import { readTrade } from './trade-words.ts';

interface WhatIfOptions extends BookOptions {
  readonly trade?: readonly string[];
  readonly order?: readonly string[];
  readonly spot?: readonly string[];
  readonly vol?: readonly string[];
  readonly days?: string;
  readonly smile: string;
}

export function addWhatIf(program: Command): void {
  addBookOptions(program.command('what-if'))
    .description(
      'the margin after a trade, an order, a move of spot or vol, or some days, beside the margin now',
    )
    .option('--trade <trade...>', 'e.g. "sell 10 BTC-27MAR26-90000-C @ 0.05" (without @ at the mark)')
    .option('--order <order...>', 'one more open order, e.g. "buy 10 BTC-27MAR26-90000-C @ 0.03"')
    .option('--spot <move...>', 'e.g. -10% for every coin, or BTC=-10%')
    .option('--vol <move...>', 'e.g. +20% of itself, or +5pt; or ETH=+5pt')
    .option('--days <number>', 'let so many days pass; what expires is settled at the moved index')
    .option('--smile <rule>', 'sticky-strike or sticky-moneyness under the move of spot', 'sticky-strike')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll what-if --chain chain.csv.gz --portfolio desk-1.json --trade "buy 5 BTC-27MAR26-60000-P" --spot BTC=-15% --vol +10pt --days 1',
    )
    .action(async (options: WhatIfOptions) => {
      const before = await loadJudged(options);
      if (isRefusal(before)) return giveUp(before);
      const after = imagine(before, options);
      if (isRefusal(after)) return giveUp(after);
      if (options.json) return sayJson({ before: marginJson(before), after: marginJson(after) });
      sayComparison(before, after);
    });
}

function imagine(before: Judged, options: WhatIfOptions): Judged | Refusal {
  const moves = readMoves(options, before.market);
  if (isRefusal(moves)) return moves;
  const days = readDays(options.days);
  if (isRefusal(days)) return days;
  if (options.smile !== 'sticky-strike' && options.smile !== 'sticky-moneyness') {
    return refuse(
      'malformed',
      `'${options.smile}' is neither sticky-strike nor sticky-moneyness.`,
      '--smile',
    );
  }
  const now = before.market;
  const entered = withEntries(before.portfolio, now);
  if (isRefusal(entered)) return entered;
  const traded = applyTrades(entered, options.trade ?? [], before);
  if (isRefusal(traded)) return traded;
  const ordered = addOrders(traded, options.order ?? [], before);
  if (isRefusal(ordered)) return ordered;
  const moved = shift(now, {
    id: 'what-if',
    moves,
    smile: options.smile,
    damp: 1,
    netting: 'sum',
    line: 'initial',
  });
  const at = (now.at + days * MS_PER_DAY) as Instant;
  const settled = settleExpired(ordered, moved, at);
  if (isRefusal(settled)) return settled;
  const aged = carryBids(days === 0 ? moved : later(moved, days), now, productsOf(settled));
  // An imagined market has its own digest, so that its margins are not taken for the observed one's.
  const market = { ...aged, digest: marketDigest(aged) };
  return judge(settled, { market, asked: market.at, listed: [], notes: [] }, before);
}

function applyTrades(portfolio: Portfolio, words: readonly string[], before: Judged): Portfolio | Refusal {
  let traded = portfolio;
  for (const word of words) {
    const trade = readTrade(word, '--trade', before.resolve);
    if (isRefusal(trade)) return trade;
    const after = applyTrade(traded, trade, before.market);
    if (isRefusal(after)) return after;
    traded = after;
  }
  return traded;
}

function addOrders(
  portfolio: Portfolio,
  words: readonly string[],
  { resolve, market }: Judged,
): Portfolio | Refusal {
  const orders = [...portfolio.orders];
  for (const word of words) {
    const trade = readTrade(word, '--order', resolve);
    if (isRefusal(trade)) return trade;
    const { product, quantity, price } = trade;
    if (price === undefined) {
      return refuse('malformed', `'${word}' has no limit; write it after an @.`, '--order');
    }
    orders.push({ product, side: quantity > 0 ? 'buy' : 'sell', quantity: Math.abs(quantity), price });
  }
  const ordered = { ...portfolio, orders };
  return refuseExpired(ordered, market.at) ?? ordered;
}

function readMoves(options: WhatIfOptions, market: Market): Move[] | Refusal {
  const moves: Move[] = [];
  for (const kind of ['spot', 'vol'] as const) {
    const seen = new Set<string>();
    for (const word of options[kind] ?? []) {
      const move = readMove(kind, word, `--${kind}`);
      if (isRefusal(move)) return move;
      const coin = 'underlying' in move ? move.underlying : undefined;
      if (coin !== undefined && underlyingOf(market, coin) === undefined) {
        const coins = market.underlyings.map(({ underlying }) => underlying).join(', ');
        return refuse(
          'no-market',
          `'${word}' moves ${coin}, which this market does not have; it has ${coins}.`,
          `--${kind}`,
        );
      }
      if (seen.has(coin ?? ''))
        return refuse('duplicate', `'${word}' moves the same again; give one move.`, `--${kind}`);
      seen.add(coin ?? '');
      moves.push(move);
    }
  }
  return moves;
}

const DAYS_MAX = 3650;

function readDays(word: string | undefined): number | Refusal {
  if (word === undefined) return 0;
  const days = parseDecimal(word, '--days');
  if (isRefusal(days)) return days;
  return days >= 0 && days <= DAYS_MAX
    ? days
    : refuse('out-of-range', `days must lie between 0 and ${DAYS_MAX}.`, '--days');
}

function sayComparison(before: Judged, after: Judged): void {
  sayHead(before.portfolio.account, { ...before, notes: after.notes });
  const row = (name: string, left: bigint, right: bigint) => [
    name,
    money(left as never),
    money(right as never),
    signed(money((right - left) as never)),
  ];
  heading('Before and after, USD');
  table(
    ['', 'before', 'after', 'change'],
    [
      row('equity', before.standing.equity, after.standing.equity),
      ...LINE_NAMES.map((name) =>
        row(name, before.standing.requirement[name].amount, after.standing.requirement[name].amount),
      ),
      ...LINE_NAMES.map((name) =>
        row(`excess ${name}`, before.standing.excess[name], after.standing.excess[name]),
      ),
      row('withdrawable', before.standing.withdrawable, after.standing.withdrawable),
    ],
  );
  sayOrders(after);
  sayLegChanges(before, after);
  for (const name of LINE_NAMES) {
    if (after.standing.excess[name] < 0n) say(colors.red(`  below ${name} after`));
  }
}

/** Quantities by product, and parts by product, of what is held. */
function heldOf({ book, standing }: Judged) {
  const { contributions, holdings } = standing.requirement;
  const idOf = (row: number) => book.risk.products[row]!.id;
  const ofHoldings = contributions.filter(({ order }) => order === undefined);
  return {
    quantities: new Map(Array.from(holdings.rows, (row, i) => [idOf(row), holdings.quantities[i]!])),
    parts: new Map(ofHoldings.map(({ row, amount }) => [idOf(row), amount])),
  };
}

function sayLegChanges(before: Judged, after: Judged): void {
  const [was, is] = [heldOf(before), heldOf(after)];
  const swept = sweeps(after);
  heading(swept ? 'Legs: quantity, and part in the worst case of the initial line, USD' : 'Legs: quantity');
  table(
    ['product', 'before', 'after', ...(swept ? ['part before', 'part after'] : [])],
    [...new Set([...was.quantities.keys(), ...is.quantities.keys()])].map((id) => [
      id,
      figure(was.quantities.get(id) ?? 0, 8),
      figure(is.quantities.get(id) ?? 0, 8),
      ...(swept ? [money(was.parts.get(id) ?? 0), money(is.parts.get(id) ?? 0)] : []),
    ]),
  );
}
