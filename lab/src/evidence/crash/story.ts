// The tables of docs/evidence/crash.md that are about what was done: calls, closings, what was withheld, who paid, the change of parameters.

import { dollarsText, markdownTable, quantileOf, shareText } from '../markdown.ts';
import { keptOf, oneSided } from './checks.ts';
import { type Call, ENDS, type End } from './notes.ts';
import { HABITS } from './plans.ts';
import type { Outcome } from './run.ts';
import { timeText } from './tables.ts';

const END_WORDS: Readonly<Record<End, string>> = {
  deposit: 'deposit',
  trade: 'single trade',
  'top-up': 'top-up',
  market: 'market came back',
  deadline: 'deadline',
  maintenance: 'below maintenance',
  open: 'still open',
};

const counted = (calls: readonly Call[], end: End) => calls.filter((call) => call.end === end).length;

/** Who was called, and how it ended. */
export function callsPart({ notes, plans, answers }: Outcome): string[] {
  const { calls, topUps } = notes;
  const habitOf = new Map(plans.map(({ id, habit }) => [id, habit]));
  const rows = HABITS.map((habit) => {
    const own = calls.filter(({ account }) => habitOf.get(account) === habit);
    const accounts = new Set(own.map(({ account }) => account)).size;
    return [habit, String(accounts), String(own.length), ...ENDS.map((end) => String(counted(own, end)))];
  });
  const all = ['all', String(new Set(calls.map(({ account }) => account)).size), String(calls.length)];
  const cures = calls.map(({ cure }) => cure);
  const short = calls.filter(
    ({ answered, end }) => answered && (end === 'deadline' || end === 'maintenance'),
  );
  return [
    '## Calls',
    '',
    'By what the account does when it is called: accounts, calls, and how those calls ended.',
    '',
    markdownTable(
      ['habit', 'accounts', 'calls', ...ENDS.map((end) => END_WORDS[end])],
      [...rows, [...all, ...ENDS.map((end) => String(counted(calls, end)))]],
    ),
    '',
    `Stated deposits: middle ${dollarsText(quantileOf(cures, 0.5))}, largest ${dollarsText(Math.max(...cures))} dollars; ${calls.filter(({ trades }) => trades > 0).length} of ${calls.length} calls stated at least one single trade that cures. Answers sent: ${answers.deposits} deposits, ${answers.trades} trades`,
    `(${answers.refused} refused); ${answers.late} came when the account was not called any more, ${answers.noTrade} would have been trades where none was stated and were deposits. ${short.length} calls were answered as stated and ended in a closing all the same,`,
    `because the market had moved on. Links were drawn ${topUps.count} times for ${dollarsText(topUps.dollars)} dollars in all; who is topped up in time is not called.`,
    '',
  ];
}

/** What was closed by force. */
export function closingsPart({ notes, plans }: Outcome): string[] {
  const { forced, changes } = notes;
  const bookOf = new Map(plans.map(({ id, book }) => [id, book]));
  const books = [...new Set(plans.map(({ book }) => book))];
  const rows = books.flatMap((book) => {
    const own = forced.filter(({ account }) => bookOf.get(account) === book);
    if (own.length === 0) return [];
    const accounts = new Set(own.map(({ account }) => account)).size;
    const [notional, cost] = sums(own);
    return [[book, String(accounts), String(own.length), ...money(notional, cost)]];
  });
  const [notional, cost] = sums(forced);
  const accounts = new Set(forced.map(({ account }) => account)).size;
  const closings = changes.filter(({ status }) => status === 'liquidating');
  const late = closings.filter(({ why }) => why === 'the deadline has passed').length;
  const once = new Map<string, number>();
  for (const { account } of closings) once.set(account, (once.get(account) ?? 0) + 1);
  const most = Math.max(0, ...once.values());
  return [
    '## Closings',
    '',
    `${closings.length} closings began, ${late} because a deadline had passed and ${closings.length - late} below maintenance, of ${once.size} accounts; one account ${most} times: a closing stops at the call line, so that the next fall calls again.`,
    'Forced trades by book: notional is dollars of underlying, cost is dollars beyond the mark.',
    '',
    markdownTable(
      ['book', 'accounts', 'trades', 'notional', 'cost', 'cost / notional'],
      [...rows, ['all', String(accounts), String(forced.length), ...money(notional, cost)]],
    ),
    '',
  ];
}

const money = (notional: number, cost: number) => [
  dollarsText(notional),
  dollarsText(cost),
  shareText(cost / notional, 2),
];

function sums(forced: Outcome['notes']['forced']): [number, number] {
  return forced.reduce(([notional, cost], one) => [notional + one.notional, cost + one.cost], [0, 0]);
}

function countedText(all: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort((left, right) => right[1] - left[1]);
}

/** Who should have been closed and was not, and why. */
export function withheldPart({ notes, scene, stage }: Outcome): string[] {
  const rows = countedText(notes.withheld.map(({ why }) => why)).map(([why, count]) => [why, String(count)]);
  const { from, to, coin } = scene.quarrel;
  const held = notes.withheld.filter(({ at }) => at >= from && at < to);
  const accounts = [...new Set(held.map(({ account }) => account))];
  const closed = accounts.filter((account) =>
    notes.forced.some((one) => one.account === account && one.at >= to),
  );
  const bankrupt = accounts.filter((account) => stage.account(account).status === 'bankrupt');
  return [
    '## Withheld',
    '',
    `From ${timeText(from)} to ${timeText(to)} the sources of ${coin} disagree, by the scene’s own word, and may close nobody who holds anything in it. Each reason is said once for an account until it changes.`,
    '',
    ...(rows.length === 0 ? ['Nothing was withheld.'] : [markdownTable(['why', 'times'], rows)]),
    '',
    `${accounts.length} accounts waited in that hour; ${closed.length} of them were closed once it was over, ${bankrupt.length} are bankrupt at the end.`,
    '',
  ];
}

const coins = (sums: ReadonlyMap<string, bigint>) =>
  sums.size === 0
    ? 'nothing'
    : [...sums].map(([asset, units]) => `${(Number(units) / 1e8).toFixed(4)} ${asset}`).join(', ');

/** Who paid what nobody had. */
export function fundPart({ notes, samples }: Outcome): string[] {
  const broke = notes.changes.filter(({ status }) => status === 'bankrupt');
  const worst = samples.reduce((most, sample) => (sample.worst.equity < most.worst.equity ? sample : most));
  return [
    '## The fund',
    '',
    `${new Set(broke.map(({ account }) => account)).size} accounts went bankrupt. The fund paid ${coins(notes.insurance)}; missing: ${coins(notes.missing)}. The least equity that any account was seen with is ${dollarsText(worst.worst.equity)} dollars, of ${worst.worst.account} on the market of ${timeText(worst.at)}.`,
    '',
  ];
}

/** What was said of new parameters, and what came of them. */
export function changePart({ change, scene }: Outcome): string[] {
  const { proposed, again, came, before } = change;
  const { called, closed } = came;
  const strangers = [...called, ...closed].filter((id) => ![...again.called, ...again.closed].includes(id));
  const spared = again.called.filter((id) => !called.includes(id));
  const toppedUp = spared.filter((id) => came.toppedUp.includes(id)).length;
  const named = Object.entries(before).map(([status, count]) => `${count} ${status}`);
  const hit = [...called, ...closed];
  const of = hit.filter((id) => proposed.named.includes(id)).length;
  return [
    '## New parameters',
    '',
    `At ${timeText(scene.change.proposed)} one hand proposes ranges wider by a quarter for the main group, another signs at ${timeText(scene.change.signed)}, and they count from ${timeText(scene.change.from)} on.`,
    '',
    markdownTable(
      ['', 'called', 'closed'],
      [
        ['said when proposed', String(proposed.called), String(proposed.closed)],
        ['said again a moment before', String(again.called.length), String(again.closed.length)],
        ['came', String(called.length), String(closed.length)],
      ],
    ),
    '',
    `A moment before nothing else is different, so that what is said then must come: ${strangers.length} accounts were hit that were not named, and ${spared.length} were named and not called, ${toppedUp} of them because they were topped up, which is not looked ahead`,
    `for. In the hours after the proposal the market moved: of the ${proposed.named.length} accounts that it named${named.length === 0 ? '' : ` (${named.join(', ')} just before)`}, ${of} were among the ${hit.length} that were hit.`,
    '',
  ];
}

/** What must hold. */
export function checksPart({ notes, stage }: Outcome): string[] {
  const rows = keptOf(stage.state, notes.outside).map(({ asset, held, outside }) => [
    asset,
    String(held),
    String(outside),
    held === outside ? 'equal' : '**not equal**',
  ]);
  const lone = oneSided(stage.state);
  const refusals = countedText(
    notes.refusals.map(({ kind, message }) => `${kind}: ${message.replace(/[0-9][0-9.]*/g, 'so many')}`),
  );
  return [
    '## What must hold',
    '',
    'Units of 1e-8: balances less costs of positions over all accounts, the venue’s own among them, and deposits less withdrawals.',
    '',
    markdownTable(['asset', 'held', 'came in', ''], rows),
    '',
    `Products whose lots do not sum to zero: ${lone.length}. Settled contracts: ${notes.settled}. Accounts that could not be judged: ${[...notes.unjudged.values()].reduce((sum, count) => sum + count, 0)}. Inputs refused: ${refusals.length === 0 ? 'none' : refusals.map(([message, count]) => `${count} (${message})`).join('; ')}.`,
    '',
  ];
}
