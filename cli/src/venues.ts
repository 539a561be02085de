// plimsoll venues: the venues' models there are, what each takes, and how near it is to the venue.

import {
  asOf,
  changesOf,
  EXACTNESS_LEVELS,
  exactnessCounts,
  type History,
  historyOf,
  isDay,
  isRefusal,
  type MarginModel,
  type Refusal,
  refuse,
  type Term,
} from '@plimsoll/core';
import type { Command } from 'commander';
import colors from 'picocolors';
import { knownModels, modelOf, setOn } from './models.ts';
import { EXIT_USAGE, giveUp, heading, say, sayJson, table } from './output.ts';
import { markOf } from './venue-words.ts';
import { addVenuesCompare } from './venues-compare.ts';
import { addVenuesDiff } from './venues-diff.ts';
import { parameterRows } from './venues-values.ts';

interface ListOptions {
  readonly asOf?: string;
  readonly paramHistory?: readonly string[];
  readonly json?: boolean;
}

export function addVenues(program: Command): void {
  const verb = program
    .command('venues')
    .description(
      "the venues' models: list, show, diff, compare; parameters by the day, and how exact each term is",
    );
  addList(verb);
  addShow(verb);
  addVenuesDiff(verb);
  addVenuesCompare(verb);
}

function addList(verb: Command): void {
  verb
    .command('list', { isDefault: true })
    .description('every model of a venue: since when its parameters hold, how many of its terms are exact')
    .option('--as-of <day>', 'the parameters as they stood on a day (default: the last)')
    .option('--param-history <file...>', "newer sets of venues' parameters")
    .option('--json', 'print JSON for programs')
    // A word that is no verb arrives here: whoever writes a model's name wants to see the model.
    .allowExcessArguments()
    .action(async (options: ListOptions, { args: [word] }: Command) => {
      const known = await knownModels(options.paramHistory);
      if (isRefusal(known)) return giveUp(known);
      if (word !== undefined) return giveUp(refuseWord(word, known, verb), EXIT_USAGE);
      const { asOf: day } = options;
      if (day !== undefined && !isDay(day)) {
        return giveUp(refuse('malformed', `'${day}' is not a day; write for example 2026-02-15.`, '--as-of'));
      }
      const venues = Object.values(known).filter(({ facts }) => facts !== undefined);
      const listed = venues.map((model) => listedJson(model, day));
      if (options.json) return sayJson(listed);
      sayListed(listed, day);
    });
}

function refuseWord(word: string, known: Readonly<Record<string, MarginModel>>, verb: Command): Refusal {
  const verbs = verb.commands.map((command) => command.name()).join(', ');
  const isVenue = Object.hasOwn(known, word) && known[word]!.facts !== undefined;
  const mend = isVenue
    ? `it is a model; write plimsoll venues show ${word}`
    : `it is none of ${verbs}; for a model write plimsoll venues show MODEL`;
  return refuse('malformed', `${mend}.`, `venues ${word}`);
}

function sayListed(listed: readonly ReturnType<typeof listedJson>[], day: string | undefined): void {
  table(
    ['model', 'venue', 'parameters since', 'sets', ...EXACTNESS_LEVELS],
    listed.map(({ model, venue, since, sets, terms }) => {
      const counts = EXACTNESS_LEVELS.map((one) => String(terms[one]));
      return [model, venue, since ?? `none on ${day}`, String(sets), ...counts];
    }),
    [0, 1, 2],
  );
  say();
  say('  Terms by how exact they are; which and why: plimsoll venues show MODEL');
}

/** `since` is null where no set is known on the day. */
function listedJson(model: MarginModel, day: string | undefined) {
  const { venue, history } = model.facts!;
  const set = day === undefined ? history.at(-1)! : asOf(history as History, day);
  const since = isRefusal(set) ? null : set.effective;
  return { model: model.id, venue, since, sets: history.length, terms: exactnessCounts(model) };
}

function addShow(verb: Command): void {
  verb
    .command('show')
    .argument('<model>', "a venue's model")
    .description('parameters of a day with their source, what changed when, and how exact each term is')
    .option('--as-of <day>', 'the parameters as they stood on a day (default: the last)')
    .option('--param-history <file...>', "newer sets of venues' parameters")
    .option('--json', 'print JSON for programs')
    .addHelpText('after', '\nExample:\n  plimsoll venues show MODEL --as-of 2026-02-15')
    .action(async (name: string, options: ListOptions) => {
      const shown = await shownModel(name, options);
      if (isRefusal(shown)) return giveUp(shown);
      if (options.json) return sayJson(shownJson(shown));
      sayShown(shown);
    });
}

/** A model, its sets, and the place of the one that is shown. */
interface Shown {
  readonly model: MarginModel;
  readonly history: History;
  readonly place: number;
}

async function shownModel(name: string, { asOf: day, paramHistory }: ListOptions): Promise<Shown | Refusal> {
  const known = await knownModels(paramHistory);
  if (isRefusal(known)) return known;
  const model = modelOf(known, name, 'venues show');
  if (isRefusal(model)) return model;
  const history = historyOf(model);
  if (isRefusal(history)) return { ...history, where: 'venues show' };
  const set = day === undefined ? history.at(-1)! : setOn(history, day);
  return isRefusal(set) ? set : { model, history, place: history.indexOf(set) };
}

function exactnessRows({ facts }: MarginModel) {
  return Object.entries(facts!.exactness) as [
    Term,
    NonNullable<NonNullable<MarginModel['facts']>['exactness'][Term]>,
  ][];
}

function shownJson({ model, history, place }: Shown) {
  const { venue, unit, exactness } = model.facts!;
  const { effective, source, parameters } = history[place]!;
  const days = history.map((set) => ({ effective: set.effective, source: set.source }));
  return {
    model: model.id,
    venue,
    unit,
    effective,
    source,
    parameters,
    exactness,
    history: days,
    changes: changesOf(history),
  };
}

function sayShown({ model, history, place }: Shown): void {
  const { venue, unit } = model.facts!;
  const { effective, source, parameters } = history[place]!;
  const next = history[place + 1];
  say(`${colors.bold(model.id)}  ${venue}  ${parameters.version}`);
  say(`  amounts: ${unit}`);
  heading(
    `Parameters since ${effective}${next === undefined ? '' : `, until ${next.effective} took their place`}`,
  );
  say(colors.dim(`  ${source}`));
  table(['field', 'value'], parameterRows(parameters), [0, 1]);
  heading('How exact each term is');
  const rows = exactnessRows(model).map(([term, { level, why }]) => [markOf(level), level, term, why]);
  table(['', 'level', 'term', 'why'], rows, [0, 1, 2, 3]);
  heading('Sets known');
  const changes = changesOf(history);
  const sets = history.map((set, i) => [
    set.effective,
    i === 0 ? 'the first' : `${changes[i - 1]!.differences.length} fields`,
    set.source,
  ]);
  table(['since', 'changed', 'source'], sets, [0, 1, 2]);
}
