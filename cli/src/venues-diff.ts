// plimsoll venues diff: what a venue changed between two days, and what that does to a portfolio.

import {
  type ChargeName,
  type DatedParameters,
  type Difference,
  differencesOf,
  dollars,
  historyOf,
  isRefusal,
  LINE_NAMES,
  type Line,
  type LineName,
  type MarginModel,
  type ModelParameters,
  type Refusal,
  refuse,
  type Usd,
} from '@plimsoll/core';
import type { Command } from 'commander';
import colors from 'picocolors';
import { describeLane } from './describe.ts';
import { type Judged, judge, loadPortfolio } from './judge.ts';
import { addMarketOptions, loadMarket, type MarketOptions } from './load.ts';
import { sweeps } from './margin.ts';
import { chargeTotals, marginJson } from './margin-json.ts';
import { knownModels, modelOf, setOn } from './models.ts';
import { giveUp, heading, money, say, sayJson, signed, table } from './output.ts';
import { loadProducts } from './products.ts';
import { marked, sayLegend } from './venue-words.ts';
import { differenceRows } from './venues-values.ts';

interface DiffOptions extends MarketOptions {
  readonly from?: string;
  readonly to?: string;
  readonly portfolio?: string;
  readonly products?: string;
  readonly paramHistory?: readonly string[];
  readonly json?: boolean;
}

export function addVenuesDiff(verb: Command): void {
  addMarketOptions(verb.command('diff'))
    .argument('<model>', "a venue's model")
    .description('what changed between two days, and what it does to a portfolio')
    .option('--from <day>', 'the earlier day (default: that of the set before --to)')
    .option('--to <day>', 'the later day (default: that of the last set)')
    .option('--param-history <file...>', "newer sets of venues' parameters")
    .option('--portfolio <file>', 'the account to show the effect on; needs a market')
    .option('--products <file>', 'a module that knows products of your own (docs/extend.md)')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll venues diff MODEL --from 2024-06-17 --to 2026-09-23 --portfolio desk-1.json --chain chain.csv.gz',
    )
    .action(async (name: string, options: DiffOptions) => {
      const found = await diffOf(name, options);
      if (isRefusal(found)) return giveUp(found);
      if (options.json) return sayJson(diffJson(found));
      sayDiff(found);
    });
}

type Dated = DatedParameters<ModelParameters>;

interface Diff {
  readonly model: MarginModel;
  readonly from: Dated;
  readonly to: Dated;
  readonly differences: readonly Difference[];
  readonly effect?: { readonly before: Judged; readonly after: Judged };
}

async function diffOf(name: string, options: DiffOptions): Promise<Diff | Refusal> {
  const known = await knownModels(options.paramHistory);
  if (isRefusal(known)) return known;
  const model = modelOf(known, name, 'venues diff');
  if (isRefusal(model)) return model;
  const pair = pairOf(model, options);
  if (isRefusal(pair)) return pair;
  const { from, to } = pair;
  const differences = differencesOf(from.parameters, to.parameters);
  const effect = await effectOf(model, pair, options);
  if (isRefusal(effect)) return effect;
  return { model, from, to, differences, ...(effect === undefined ? {} : { effect }) };
}

/** The two sets; by default the last and the one before it. */
function pairOf(model: MarginModel, { from, to }: DiffOptions): { from: Dated; to: Dated } | Refusal {
  const history = historyOf(model);
  if (isRefusal(history)) return { ...history, where: 'venues diff' };
  const later = to === undefined ? history.at(-1)! : setOn(history, to, '--to');
  if (isRefusal(later)) return later;
  const before = history[Math.max(0, history.indexOf(later) - 1)]!;
  const earlier = from === undefined ? before : setOn(history, from, '--from');
  return isRefusal(earlier) ? earlier : { from: earlier, to: later };
}

/** A portfolio judged under both sets in one market. */
async function effectOf(
  model: MarginModel,
  { from, to }: { readonly from: Dated; readonly to: Dated },
  options: DiffOptions,
): Promise<Diff['effect'] | Refusal> {
  if (options.portfolio === undefined) {
    if (options.chain === undefined && options.market === undefined) return undefined;
    return refuse('malformed', 'a market alone has no margin; add --portfolio FILE.', '--portfolio');
  }
  const resolve = options.products === undefined ? undefined : await loadProducts(options.products);
  if (isRefusal(resolve)) return resolve;
  const portfolio = await loadPortfolio(options.portfolio, resolve);
  if (isRefusal(portfolio)) return portfolio;
  const loaded = await loadMarket(options);
  if (isRefusal(loaded)) return loaded;
  const under = ({ parameters }: Dated) =>
    judge(portfolio, loaded, { model, parameters, ...(resolve === undefined ? {} : { resolve }) });
  const before = under(from);
  if (isRefusal(before)) return before;
  const after = under(to);
  return isRefusal(after) ? after : { before, after };
}

const setJson = ({ effective, source, parameters }: Dated) => ({
  effective,
  source,
  version: parameters.version,
});

function diffJson({ model, from, to, differences, effect }: Diff) {
  const effects =
    effect === undefined
      ? {}
      : { effect: { before: marginJson(effect.before), after: marginJson(effect.after) } };
  return { model: model.id, from: setJson(from), to: setJson(to), differences, ...effects };
}

function sayDiff({ model, from, to, differences, effect }: Diff): void {
  say(`${colors.bold(model.id)}  ${model.facts!.venue}`);
  say(colors.dim(`  ${from.effective}: ${from.source}`));
  say(colors.dim(`  ${to.effective}: ${to.source}`));
  if (differences.length === 0) {
    heading(
      from === to ? `One set holds on both days, that of ${from.effective}` : 'The two sets are the same',
    );
  } else {
    heading(`${differences.length} fields differ`);
    table(['field', from.effective, to.effective], differenceRows(differences), [0, 1, 2]);
  }
  if (effect !== undefined) sayEffect(effect.before, effect.after);
}

const change = (name: string, before: Usd | number, after: Usd | number): string[] => {
  const size = (value: Usd | number) => (typeof value === 'bigint' ? dollars(value) : value);
  return [name, money(before), money(after), signed(money(size(after) - size(before)))];
};

function sayEffect(before: Judged, after: Judged): void {
  const { portfolio, model } = after;
  heading(`${portfolio.account}: the same account and market under both, USD`);
  const [was, is] = [before.standing, after.standing];
  table(
    ['', 'before', 'after', 'change'],
    [
      ...LINE_NAMES.map((line) => change(line, was.requirement[line].amount, is.requirement[line].amount)),
      ...LINE_NAMES.map((line) => change(`excess ${line}`, was.excess[line], is.excess[line])),
      change('withdrawable', was.withdrawable, is.withdrawable),
    ],
  );
  for (const line of ['maintenance', 'initial'] as const) {
    heading(`${line}: from ${sweeps(after) ? 'loss' : 'charges'} to requirement, USD`);
    table(
      ['', 'before', 'after', 'change'],
      chargeRows(model, was.requirement[line], is.requirement[line], sweeps(after)),
    );
  }
  sayLegend(model);
  const worst = (['maintenance', 'initial'] as const).flatMap((line) => [
    ...worstRows('before', line, before),
    ...worstRows('after', line, after),
  ]);
  if (worst.length === 0) return;
  heading('Worst scenario');
  table(['', 'line', 'coin', 'P&L USD', 'scenario'], worst, [0, 1, 2, 4]);
}

function chargeRows(model: MarginModel, was: Line, is: Line, swept: boolean): string[][] {
  const before = new Map(chargeTotals(was).map(({ name, amount }) => [name, amount]));
  const after = new Map(chargeTotals(is).map(({ name, amount }) => [name, amount]));
  const names: ChargeName[] = [...new Set([...before.keys(), ...after.keys()])];
  return [
    ...(swept ? [change(marked(model, 'scenarios', 'swept loss'), was.swept, is.swept)] : []),
    ...names.map((name) => change(marked(model, name, name), before.get(name) ?? 0, after.get(name) ?? 0)),
    change('requirement', was.amount, is.amount),
  ];
}

function worstRows(when: string, line: LineName, { book: { risk }, standing }: Judged): string[][] {
  const { own } = standing.requirement[line].combined;
  return risk.groups.underlyings.flatMap((underlying, u) => {
    const { lane, loss } = own[u]!;
    return lane < 0 ? [] : [[when, line, underlying, money(-loss), describeLane(risk, underlying, lane)]];
  });
}
