// plimsoll margin: what is needed.

import { isRefusal, LINE_NAMES } from '@plimsoll/core';
import type { Command } from 'commander';
import colors from 'picocolors';
import {
  addTreatmentOption,
  isOwner,
  loadTreated,
  ownerJson,
  sayOwner,
  type TreatedOptions,
} from './accounts.ts';
import { describeLane } from './describe.ts';
import { type Assessed, addBookOptions, sayHead } from './judge.ts';
import { chargeTotals, marginJson } from './margin-json.ts';
import { figure, giveUp, heading, money, sayJson, table } from './output.ts';
import { sayTail } from './tail.ts';
import { marked, sayLegend } from './venue-words.ts';

export function addMargin(program: Command): void {
  addTreatmentOption(addBookOptions(program.command('margin')))
    .description('what margin a portfolio needs: equity, requirement and excess on three lines')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll margin --chain chain.csv.gz --portfolio desk-1.json\n  plimsoll margin --chain btc.json eth.json --portfolio desk-1.csv --json\n  plimsoll margin --chain chain.csv.gz --portfolio fund-a.json --treatment cross',
    )
    .action(async (options: TreatedOptions) => {
      const judged = await loadTreated(options);
      if (isRefusal(judged)) return giveUp(judged);
      if (isOwner(judged)) return options.json ? sayJson(ownerJson(judged)) : sayOwner(judged);
      if (options.json) return sayJson(marginJson(judged));
      sayMargin(judged);
    });
}

/** The first screen: who, when, the three lines. */
export function sayStanding(assessed: Assessed): void {
  const { standing, portfolio } = assessed;
  sayHead(portfolio.account, assessed);
  heading(`Equity ${money(standing.equity)} USD`);
  const rows = LINE_NAMES.map((name) => {
    const excess = money(standing.excess[name]);
    return [
      name === 'release' ? marked(assessed.model, name, name) : name,
      money(standing.requirement[name].amount),
      standing.excess[name] < 0n ? colors.red(excess) : excess,
    ];
  });
  table(['line', 'requirement', 'excess'], [...rows, ['withdrawable', '', money(standing.withdrawable)]]);
}

/** Whether a model sweeps; one that does not has no swept loss, and no leg has a part in it. */
export function sweeps({ book }: Pick<Assessed, 'book'>): boolean {
  return book.risk.lanes.length > 0;
}

/** Every open order with what its fill adds to the swept loss of the initial line. */
export function sayOrders({ book, model, standing, portfolio }: Assessed): void {
  if (portfolio.orders.length === 0) return;
  const { contributions, orders } = standing.requirement;
  heading(
    `${marked(model, 'orders', 'Open orders')}: ${orders === 'exact' ? 'exact, the worst subset of fills' : 'bound, at least the worst subset of fills'}`,
  );
  const parts = new Map(contributions.map((part) => [part.order, part.amount]));
  const swept = sweeps({ book });
  const cells = portfolio.orders.map(({ product, side, quantity, price }, i) => [
    product.id,
    side,
    figure(quantity, 8),
    figure(price, 6),
    figure(book.risk.columns.mark[book.risk.indexOf.get(product.id)!]!, 6),
    ...(swept ? [money(parts.get(i) ?? 0)] : []),
  ]);
  const head = ['product', 'side', 'quantity', 'limit', 'mark', ...(swept ? ['in worst USD'] : [])];
  table(head, cells, [0, 1]);
}

/** Every holding with its sensitivities and its part in the swept loss of the initial line. */
export function sayLegs(judged: Assessed): void {
  const { book, standing } = judged;
  const { columns, products } = book.risk;
  const { contributions, holdings } = standing.requirement;
  const { rows, quantities } = holdings;
  sayOrders(judged);
  if (rows.length === 0) return;
  const ofHoldings = contributions.filter(({ order }) => order === undefined);
  const parts = new Map(ofHoldings.map((part) => [part.row, part.amount]));
  const swept = sweeps(judged);
  const cells = Array.from(rows, (row, i) => {
    const quantity = quantities[i]!;
    return [
      products[row]!.id,
      figure(quantity, 8),
      figure(columns.mark[row]!, 6),
      money(quantity * columns.value[row]!),
      figure(quantity * columns.delta[row]!),
      figure(quantity * columns.gamma[row]!, 3),
      money(quantity * columns.vega[row]!),
      money(quantity * columns.theta[row]!),
      ...(swept ? [money(parts.get(row) ?? 0)] : []),
    ];
  });
  heading('Legs');
  table(
    [
      'product',
      'quantity',
      'mark',
      'value USD',
      'delta coin',
      'gamma',
      'vega USD',
      'theta USD',
      ...(swept ? ['in worst USD'] : []),
    ],
    cells,
  );
}

/** Three lines, worst scenarios, legs and charges. */
export function sayMargin(judged: Assessed): void {
  const { book, model, standing } = judged;
  sayStanding(judged);
  const { underlyings } = book.risk.groups;
  const worst = (['maintenance', 'initial'] as const).flatMap((name) =>
    underlyings.flatMap((underlying, u) => {
      const { lane, loss } = standing.requirement[name].combined.own[u]!;
      return lane < 0 ? [] : [[name, underlying, money(-loss), describeLane(book.risk, underlying, lane)]];
    }),
  );
  if (worst.length > 0) {
    heading('Worst scenario');
    table(['line', 'coin', 'P&L USD', 'scenario'], worst, [0, 1, 3]);
  }
  sayTail(judged);
  sayLegs(judged);
  const { initial, maintenance } = standing.requirement;
  heading(sweeps(judged) ? 'From loss to requirement' : 'From charges to requirement');
  const names = [
    ...new Set([...chargeTotals(initial), ...chargeTotals(maintenance)].map((item) => item.name)),
  ];
  const of = (line: typeof initial, name: string) =>
    chargeTotals(line).find((item) => item.name === name)?.amount ?? 0;
  table(
    ['', 'maintenance', 'initial'],
    [
      ...(sweeps(judged)
        ? [[marked(model, 'scenarios', 'swept loss'), money(maintenance.swept), money(initial.swept)]]
        : []),
      ...names.map((name) => [
        marked(model, name, name),
        money(of(maintenance, name)),
        money(of(initial, name)),
      ]),
      ['requirement', money(maintenance.amount), money(initial.amount)],
    ],
  );
  sayLegend(model);
}
