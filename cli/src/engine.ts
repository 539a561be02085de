// plimsoll engine, verify, replay: inputs through the engine into a journal, the journal held against its chain, everything decided again.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  type FiguresBody,
  formatInstant,
  type Instant,
  isRefusal,
  type MarginModel,
  models,
  parseInstant,
  type Refusal,
  readInput,
  refuse,
  stateDigest,
} from '@plimsoll/core';
import {
  type AccountState,
  type Desk,
  type Fact,
  type Models,
  STATUSES,
  type State,
} from '@plimsoll/core/engine';
import { Keeper, openMemory, openSqlite, readSqlite, replayRecords, verifySqlite } from '@plimsoll/server';
import { openMargin } from '@plimsoll/wasm';
import type { Command } from 'commander';
import { sayFacts } from './engine-say.ts';
import { giveUp, heading, money, remark, say, sayJson, table } from './output.ts';

const byName = (all: typeof models): Models => new Map(Object.entries(all) as [string, MarginModel][]);
const known = byName(models);
/** Longest line of an inputs file: a market of some thousand quotes is about a megabyte. */
const LINE_LENGTH_MAX = 67_108_864;
/** Inputs between two words of progress. */
const PROGRESS_EACH = 10_000;

interface EngineOptions {
  readonly inputs: string;
  readonly journal?: string;
  readonly json?: boolean;
}

interface JournalOptions {
  readonly journal: string;
  readonly json?: boolean;
}

export function addEngine(program: Command): void {
  program
    .command('engine')
    .description('take inputs through the engine: what is accepted, who is called, what is closed')
    .requiredOption(
      '--inputs <file>',
      'a line each: the time (ISO 8601), a space, the input as JSON; see docs/engine.md',
    )
    .option('--journal <file>', 'write everything down in this SQLite file, and go on where it ended')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', '\nExample:\n  plimsoll engine --inputs demo/day.inputs --journal demo/day.journal')
    .action(ended(runEngine));
  program
    .command('verify')
    .description('hold a journal against its chain of digests; names the first bad record')
    .requiredOption('--journal <file>', 'a journal, in use or not')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', '\nExample:\n  plimsoll verify --journal demo/day.journal')
    .action(ended(runVerify));
  program
    .command('replay')
    .description('decide every input of a journal again and compare: facts entry by entry, then the state')
    .requiredOption('--journal <file>', 'a journal, in use or not')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', '\nExample:\n  plimsoll replay --journal demo/day.journal')
    .action(ended(runReplay));
}

function ended<T>(run: (options: T) => Promise<Refusal | undefined>): (options: T) => Promise<void> {
  return async (options) => {
    const failed = await run(options);
    if (failed !== undefined) giveUp(failed);
  };
}

/** The lines of a file with their numbers; refuses a file that cannot be read. */
async function* linesOf(file: string): AsyncGenerator<readonly [line: string, number: number]> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    if (line.trim() !== '') yield [line, number];
  }
}

/** Takes a file's inputs one by one; the first line that cannot be read ends it, and what was taken before it stays taken. */
async function takeAll(
  keeper: Keeper,
  file: string,
  look: (at: Instant, kind: string, facts: readonly Fact[]) => void,
): Promise<number | Refusal> {
  let count = 0;
  for await (const [line, number] of linesOf(file)) {
    const where = `${file} line ${number}`;
    if (line.length > LINE_LENGTH_MAX)
      return refuse('too-large', `it is longer than ${LINE_LENGTH_MAX} characters; shorten it.`, where);
    const space = line.indexOf(' ');
    const at = parseInstant(space < 0 ? line : line.slice(0, space), where);
    if (isRefusal(at)) return at;
    const input = readInput(line.slice(space + 1), where, known);
    if (isRefusal(input)) return input;
    const taken = await keeper.take(input, at);
    if (isRefusal(taken)) return taken;
    look(at, input.kind, taken.facts);
    count++;
    if (count % PROGRESS_EACH === 0) remark(`  ${count} inputs`);
  }
  return count;
}

/** Models with the kernel in them and its body, where this runtime has one; what is decided does not depend on it. */
async function judging(): Promise<{ readonly models: Models; readonly body?: FiguresBody }> {
  const kernel = await openMargin();
  if (!isRefusal(kernel)) return { models: byName(kernel.models), body: kernel.body };
  remark(`  note: accounts are judged one by one in TypeScript; ${kernel.message}`);
  return { models: known };
}

async function runEngine({ inputs, journal: path, json }: EngineOptions): Promise<Refusal | undefined> {
  const journal = path === undefined ? openMemory() : openSqlite(path);
  if (isRefusal(journal)) return journal;
  const { models: judges, ...body } = await judging();
  const keeper = Keeper.open(journal, judges, body);
  if (isRefusal(keeper)) {
    await journal.close();
    return keeper;
  }
  const facts: { readonly at: string; readonly kind: string; readonly facts: readonly Fact[] }[] = [];
  try {
    if (journal.recovery.said !== undefined) remark(`  note: ${journal.recovery.said}`);
    const count = await takeAll(keeper, inputs, (at, kind, decided) => {
      if (json) facts.push({ at: formatInstant(at), kind, facts: decided });
      else sayFacts(at, kind, decided);
    });
    if (isRefusal(count)) return count;
    const kept = await keeper.snapshot();
    if (kept !== undefined) return kept;
    sayEnd(keeper, count, json === true ? facts : undefined, path);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return refuse('malformed', `The file cannot be read (${code}); check its name and permissions.`, inputs);
  } finally {
    await keeper.close();
  }
}

/** Accounts with what they have and need, those in trouble first. */
function standings(state: State, desk: Desk): { readonly account: AccountState; readonly cells: string[] }[] {
  return state.places
    .filter(({ isHouse }) => !isHouse)
    .map((account) => {
      const figures = desk.figuresOf(state, account);
      const cells = isRefusal(figures)
        ? ['-', '-', '-', '-']
        : [figures.equity, figures.maintenance, figures.release, figures.initial].map(money);
      return { account, cells: [account.id, account.status, ...cells] };
    })
    .sort(
      (a, b) =>
        STATUSES.indexOf(b.account.status) - STATUSES.indexOf(a.account.status) ||
        a.account.place - b.account.place,
    );
}

/** Most accounts of the closing table. */
const ROWS_MAX = 40;

function sayEnd(
  { state, desk }: Keeper,
  count: number,
  facts: readonly object[] | undefined,
  path: string | undefined,
): void {
  const digest = stateDigest(state);
  const all = standings(state, desk);
  if (facts !== undefined) {
    const accounts = all.map(({ cells: [account, status, equity, maintenance, release, initial] }) => ({
      account,
      status,
      equity,
      maintenance,
      release,
      initial,
    }));
    say(
      JSON.stringify(
        { inputs: count, seq: state.seq, state: digest, accounts, decided: facts },
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
        2,
      ),
    );
    return;
  }
  heading('Where they stand');
  table(
    ['account', 'status', 'equity', 'maintenance', 'release', 'initial'],
    all.slice(0, ROWS_MAX).map(({ cells }) => cells),
    [0, 1],
  );
  if (all.length > ROWS_MAX) say(`  and ${all.length - ROWS_MAX} more`);
  say();
  say(`${count} inputs, the last is number ${state.seq}; state ${digest}`);
  if (path !== undefined)
    say(`Written to ${path}. Try: plimsoll verify --journal ${path}, plimsoll replay --journal ${path}`);
}

async function runVerify({ journal, json }: JournalOptions): Promise<Refusal | undefined> {
  const found = verifySqlite(journal);
  if (isRefusal(found)) return found;
  if (json) sayJson({ records: found.records, head: found.head });
  else
    say(`${found.records} records are whole; the chain ends at ${found.head.seq} with ${found.head.digest}`);
  return undefined;
}

async function runReplay({ journal: path, json }: JournalOptions): Promise<Refusal | undefined> {
  const journal = readSqlite(path);
  if (isRefusal(journal)) return journal;
  try {
    const { models: judges, ...body } = await judging();
    const again = replayRecords(journal.written(0), judges, {
      ...body,
      watch: ({ seq }) => {
        if (seq % PROGRESS_EACH === 0) remark(`  ${seq} of ${journal.head.seq}`);
      },
    });
    if (isRefusal(again)) return again;
    const state = stateDigest(again.state);
    if (json) sayJson({ replayed: again.replayed, head: again.head, state });
    else
      say(
        `${again.replayed} inputs were decided again, each to the facts that were written; head ${again.head.digest}, state ${state}`,
      );
    return undefined;
  } finally {
    journal.close();
  }
}
