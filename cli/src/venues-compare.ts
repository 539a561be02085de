// plimsoll venues compare: a venue's answers on an account, and ours beside every number.

import {
  accountsOf,
  type Comparison,
  compareAccount,
  EXACTNESS_LEVELS,
  type ExactnessLevel,
  formatInstant,
  isRefusal,
  type Market,
  marketOf,
  mergeReports,
  type PriceCheck,
  parseDecimal,
  parseInstant,
  pricesBeside,
  type Refusal,
  readParameters,
  readVenueAnswer,
  refuse,
  sentence,
  type Tally,
  type Tolerance,
  tallyOf,
  toleranceDefault,
  type VenueAccount,
  type VenueReport,
  venueSide,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';
import { type Judged, judge } from './judge.ts';
import { addMarketOptions, type Loaded, loadMarket, type MarketOptions } from './load.ts';
import { type Chosen, chooseModel, knownModels } from './models.ts';
import { EXIT_REFUSED, giveUp, sayJson } from './output.ts';
import { comparedJson, sayCompared } from './venues-compare-table.ts';

interface CompareOptions extends MarketOptions {
  readonly from: readonly string[];
  readonly model?: string;
  readonly params?: string;
  readonly asOf?: string;
  readonly paramHistory?: readonly string[];
  readonly tolerance?: string;
  readonly hold: string;
  readonly json?: boolean;
}

export function addVenuesCompare(verb: Command): void {
  addMarketOptions(verb.command('compare'))
    .description("a venue's answers on an account beside ours, term by term and cell by cell")
    .requiredOption(
      '--from <file...>',
      'answers as they came: Deribit, OKX or Derive (docs/venues/README.md)',
    )
    .option('--model <name>', 'margin model (default: the one of the account)')
    .option('--params <file>', 'parameters that differ from those of the day and of the answer (JSON)')
    .option('--as-of <day>', "the venue's parameters as they stood on a day (default: the day of the answer)")
    .option('--param-history <file...>', "newer sets of venues' parameters")
    .option('--tolerance <share>', `how far two numbers may be apart (default: ${toleranceDefault.relative})`)
    .option('--hold <level>', `terms that must agree: ${EXACTNESS_LEVELS.join(', ')}, or nearer`, 'exact')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExit code 0: every term that must agree does; 1: not so.\n\nExample:\n  plimsoll venues compare --from simulate.json\n  plimsoll venues compare --from summaries.json positions.json --chain chain.csv.gz',
    )
    .action(async (options: CompareOptions) => {
      const found = await compareAll(options);
      if (isRefusal(found)) return giveUp(found);
      if (options.json) sayJson(comparedJson(found));
      else sayCompared(found);
      if (!found.agrees) process.exitCode = EXIT_REFUSED;
    });
}

/** An account beside ours, or why it could not be judged. */
export interface ComparedAccount {
  readonly account: VenueAccount;
  readonly judged: Judged | Refusal;
  readonly comparison?: Comparison;
}

/** Everything that is said of a comparison. */
export interface ComparedAll {
  readonly report: VenueReport;
  readonly chosen: Chosen;
  readonly market: Market;
  /** Whether the market is the answer's own. */
  readonly own: boolean;
  readonly prices: readonly PriceCheck[];
  readonly accounts: readonly ComparedAccount[];
  readonly tolerance: Tolerance;
  readonly hold: ExactnessLevel;
  /** The numbers of `hold` or nearer that were compared. */
  readonly tally: Tally;
  readonly agrees: boolean;
  readonly notes: readonly string[];
}

async function compareAll(options: CompareOptions): Promise<ComparedAll | Refusal> {
  const tolerance = readTolerance(options.tolerance);
  if (isRefusal(tolerance)) return tolerance;
  const hold = EXACTNESS_LEVELS.find((level) => level === options.hold);
  if (hold === undefined) {
    return refuse('malformed', `'${options.hold}' is none of ${EXACTNESS_LEVELS.join(', ')}.`, '--hold');
  }
  const report = await loadReport(options.from);
  if (isRefusal(report)) return report;
  const loaded = await marketFor(report, options);
  if (isRefusal(loaded)) return loaded;
  const found = await modelFor(report, loaded.market, options);
  if (isRefusal(found)) return found;
  const { chosen } = found;
  const accounts = accountsOf(report).flatMap((account) => {
    const one = compareOne(account, loaded, chosen, tolerance);
    return one === undefined ? [] : [one];
  });
  const own = options.chain === undefined && options.market === undefined;
  const tally = tallyAll(accounts, hold);
  return {
    report,
    chosen,
    market: loaded.market,
    own,
    prices: own ? [] : pricesBeside(report, loaded.market),
    accounts,
    tolerance,
    hold,
    tally,
    // An account that holds something and could not be judged agrees with nothing.
    agrees:
      tally.compared === tally.agree &&
      accounts.every(
        ({ comparison, account }) => comparison !== undefined || account.portfolio.positions.length === 0,
      ),
    notes: [...report.notes, ...loaded.notes, ...found.notes],
  };
}

/** What was compared in all accounts together. */
export function tallyAll(accounts: readonly ComparedAccount[], hold: ExactnessLevel): Tally {
  const each = accounts.flatMap(({ comparison }) =>
    comparison === undefined ? [] : [tallyOf(comparison, hold)],
  );
  const sum = (key: keyof Tally) => each.reduce((total, one) => total + one[key], 0);
  return { compared: sum('compared'), agree: sum('agree') };
}

function readTolerance(text: string | undefined): Tolerance | Refusal {
  if (text === undefined) return toleranceDefault;
  const relative = parseDecimal(text, '--tolerance');
  if (isRefusal(relative)) return relative;
  if (relative >= 0 && relative < 1) return { ...toleranceDefault, relative };
  return refuse('out-of-range', 'it is a share of the number, from 0 to below 1.', '--tolerance');
}

async function loadReport(paths: readonly string[]): Promise<VenueReport | Refusal> {
  const reports: VenueReport[] = [];
  for (const path of paths) {
    const text = await readText(path);
    if (isRefusal(text)) return text;
    const report = readVenueAnswer(text, path);
    if (isRefusal(report)) return report;
    reports.push(report);
  }
  return mergeReports(reports);
}

/** The market given, or the answer's own. */
async function marketFor(report: VenueReport, options: CompareOptions): Promise<Loaded | Refusal> {
  if (options.chain !== undefined || options.market !== undefined) return loadMarket(options);
  const at = options.at === undefined ? undefined : parseInstant(options.at, '--at');
  if (isRefusal(at)) return at;
  const market = marketOf(report, at ?? report.at);
  return isRefusal(market) ? market : { market, asked: market.at, listed: [], notes: [] };
}

/** The model, with the set of the day and what the answer itself states laid over it. */
async function modelFor(
  report: VenueReport,
  market: Market,
  options: CompareOptions,
): Promise<{ readonly chosen: Chosen; readonly notes: readonly string[] } | Refusal> {
  const name = options.model ?? report.model;
  if (name === undefined) {
    const said = 'the answers do not say which margin system the account has; name a model.';
    return refuse('unknown-model', said, '--model');
  }
  const known = await knownModels(options.paramHistory);
  if (isRefusal(known)) return known;
  const day = options.asOf ?? dayIn(known[name]?.facts?.history, formatInstant(market.at).slice(0, 10));
  const history = options.paramHistory === undefined ? {} : { paramHistory: options.paramHistory };
  const base = await chooseModel({ model: name, ...history, ...(day === undefined ? {} : { asOf: day }) });
  if (isRefusal(base)) return base;
  const stated = report.parameters;
  const laid =
    stated === undefined || name !== report.model
      ? base.parameters
      : readParameters(JSON.stringify(stated), 'the answer', base.parameters, base.model.form);
  if (isRefusal(laid)) return laid;
  const notes = laid === base.parameters ? [] : ['parameters that the answer states are used.'];
  if (options.params === undefined) return { chosen: { ...base, parameters: laid }, notes };
  const text = await readText(options.params);
  if (isRefusal(text)) return text;
  const parameters = readParameters(text, options.params, laid, base.model.form);
  return isRefusal(parameters) ? parameters : { chosen: { ...base, parameters }, notes };
}

/** The day of the market, or the first day there is a set; undefined for a model without sets. */
function dayIn(history: readonly { readonly effective: string }[] | undefined, day: string) {
  const first = history?.[0]?.effective;
  return first === undefined || day >= first ? (first === undefined ? undefined : day) : first;
}

/** One account; nothing where it holds nothing and the venue asks nothing of it. */
function compareOne(
  account: VenueAccount,
  loaded: Loaded,
  chosen: Chosen,
  tolerance: Tolerance,
): ComparedAccount | undefined {
  const { positions, orders } = account.portfolio;
  const asks = account.amounts.some(({ amount, means }) => means.kind !== 'none' && amount !== 0);
  if (positions.length + orders.length === 0 && !asks) return undefined;
  const judged = judge(account.portfolio, loaded, chosen);
  if (isRefusal(judged)) return { account, judged };
  const { model, book, standing } = judged;
  const side = venueSide(book, standing.requirement);
  const compared = { account, model, book, standing, ...(side === undefined ? {} : { side }) };
  return { account, judged, comparison: compareAccount(compared, tolerance) };
}

/** What stands for an account that could not be judged. */
export function refusedWords({ judged }: ComparedAccount): string | undefined {
  return isRefusal(judged) ? sentence(judged) : undefined;
}
