// docs/evidence/simulation.md: what was simulated, what was planted and found, what was met.

import type { Hunt } from './hunt.ts';
import { MET } from './met.ts';
import { failureLine, type Sums } from './tally.ts';
import type { WorldModel } from './world.ts';

interface Plan {
  readonly runs: number;
  readonly first: number;
  readonly inputs: number;
  readonly jobs: number;
  readonly model: WorldModel | undefined;
}

const number = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const byCount = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));

function runsOf({ runs, first, inputs }: Plan, sums: Sums): string {
  const clean =
    sums.failures.length === 0
      ? 'Nothing was broken in any of them.'
      : `${sums.failures.length} were broken:\n\n${sums.failures.map((failure) => `- ${failureLine(failure, inputs)}`).join('\n')}`;
  return `${number(runs)} seeds from ${first} on, ${inputs} steps each: ${number(sums.inputs)} inputs, ${number(sums.crashes)} crashes or refused writes that were recovered
from, ${number(sums.twice)} runs run twice to the same digest. ${clean}

${table(
  ['through, under', 'runs'],
  byCount(sums.ways).map(([way, count]) => [way, number(count)]),
)}`;
}

/** The document, from the sums of runs and the hunts for planted defects. @example simulationDocument(plan, sums, hunts).startsWith('# Simulation') // true */
export function simulationDocument(plan: Plan, sums: Sums, hunts: readonly Hunt[]): string {
  const { runs, first, inputs, jobs } = plan;
  const missed = hunts.filter((found) => found.runs === undefined).length;
  const verdict =
    missed === 0 ? 'All were found.' : `${missed} were not found, so the clean runs do not count.`;
  return `# Simulation

Seeded worlds drive the engine and its journal, and an auditor that shares no code with them looks at every input: rules M-245 to M-248 of [the engine](../engine.md).
Everything here was printed by \`npm run simulate -- --runs ${runs} --seed ${first} --inputs ${inputs} --jobs ${jobs} --out docs/evidence/simulation.md\`.

## Runs

${runsOf(plan, sums)}

## Planted defects

The silence of an auditor counts only when it speaks where something is wrong. ${hunts.length} defects were planted one by one around the engine and the journal, and runs made from seed ${first} on until it was found. ${verdict}

${table(
  ['defect', 'found in run', 'by rule', 'what was said'],
  hunts.map(({ name, runs: in_, rule, what }) => [
    name,
    in_ === undefined ? 'not found' : String(in_),
    rule,
    what,
  ]),
)}

## Defects met

What simulated venues met in the engine itself. Seeds and steps are those of the worlds of that time, which have changed since; each is a row of \`core/src/engine/met.test.ts\` now.

${table(
  ['seed', 'step', 'model', 'rule', 'what was wrong'],
  MET.map(({ seed, step, model, rule, what }) => [
    String(seed),
    step === undefined ? '' : String(step),
    model,
    rule,
    what,
  ]),
)}

## What happened in them

How often each fact was decided, refusals by their reason and statuses by their name. A venue where nothing happens is clean as well.

${table(
  ['fact', 'times'],
  byCount(sums.kinds).map(([kind, count]) => [kind, number(count)]),
)}
`;
}
