// npm run simulate -- --runs N --seed S [--inputs I] [--model M] [--jobs J] [--json] [--mutants] [--out FILE]

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { simulationDocument } from './document.ts';
import { type Hunt, huntAll } from './hunt.ts';
import { runBatch } from './pool.ts';
import { failureLine, noSums, type Sums } from './tally.ts';
import { WORLD_MODELS } from './world.ts';

const USAGE = `simulate: usage: npm run simulate -- --runs N --seed S [--inputs I] [--model ${WORLD_MODELS.join('|')}] [--jobs J] [--json] [--mutants] [--out FILE]
  runs N seeds from S on under audit; --mutants looks for every planted defect; --out writes both as a document. E.g. npm run simulate -- --runs 100 --seed 1\n`;
const RUNS_MAX = 10_000_000;
const JOBS_MAX = 64;
const INPUTS_MAX = 100_000;
/** A planted defect that so many runs do not find is not found. */
const HUNT_RUNS_MAX = 400;
const SAY_EVERY = 100;

function whole(text: string | undefined, otherwise: number, least: number, most: number): number | undefined {
  const value = text === undefined ? otherwise : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

function asked() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      inputs: { type: 'string' },
      model: { type: 'string' },
      jobs: { type: 'string' },
      json: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const runs = whole(values.runs, values.mutants && values.out === undefined ? 0 : 100, 0, RUNS_MAX);
  const first = whole(values.seed, 1, 0, 2 ** 31);
  const inputs = whole(values.inputs, 110, 30, INPUTS_MAX);
  const jobs = whole(values.jobs, 1, 1, JOBS_MAX);
  const model = WORLD_MODELS.find((name) => name === values.model);
  if (runs === undefined || first === undefined || inputs === undefined || jobs === undefined)
    return undefined;
  if (values.model !== undefined && model === undefined) return undefined;
  const { json, mutants, out } = values;
  return { runs, first, inputs, jobs, model, json, mutants: mutants || out !== undefined, out };
}

const say = (line: string) => process.stderr.write(`${line}\n`);

const huntLine = ({ name, runs, seed, rule, what }: Hunt) =>
  runs === undefined ? `${name}: NOT FOUND` : `${name}: found in ${runs} (seed ${seed}): ${rule} ${what}`;

async function batchOf(plan: NonNullable<ReturnType<typeof asked>>): Promise<Sums> {
  const { runs, first, inputs, jobs, model } = plan;
  if (runs === 0) return noSums();
  let said = 0;
  return runBatch({ first, runs, inputs, jobs, ...(model === undefined ? {} : { model }) }, (sums) => {
    if (sums.runs < said + SAY_EVERY) return;
    said = sums.runs;
    say(`${sums.runs} of ${runs} runs, ${sums.failures.length} failed`);
  });
}

function print(plan: NonNullable<ReturnType<typeof asked>>, sums: Sums, hunts: readonly Hunt[]): void {
  if (plan.json) {
    process.stdout.write(`${JSON.stringify({ ...sums, mutants: hunts })}\n`);
    return;
  }
  for (const failure of sums.failures)
    process.stdout.write(`${failureLine(failure, plan.inputs, plan.model)}\n`);
  for (const found of hunts) process.stdout.write(`${huntLine(found)}\n`);
  const { runs, inputs, crashes, twice, judged, failures } = sums;
  const more = `${inputs} inputs, ${crashes} crashes recovered from, ${twice} run twice to the same digest, ${judged} accounts judged by WebAssembly the second time`;
  if (runs > 0) process.stdout.write(`${runs} runs, ${failures.length} failed; ${more}\n`);
}

/** Exit code 0: clean and every planted defect found; 1: not; 2: wrong usage. */
async function main(): Promise<number> {
  let plan: ReturnType<typeof asked>;
  try {
    plan = asked();
  } catch {
    plan = undefined;
  }
  if (plan === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const hunting = plan.mutants
    ? huntAll(plan.first, HUNT_RUNS_MAX, plan.inputs, (found) => say(huntLine(found)))
    : Promise.resolve([]);
  const [hunts, sums] = await Promise.all([hunting, batchOf(plan)]);
  print(plan, sums, hunts);
  const isFound = hunts.every(({ runs }) => runs !== undefined);
  const isClean = sums.failures.length === 0;
  if (plan.out !== undefined) await writeFile(plan.out, simulationDocument(plan, sums, hunts));
  return isFound && isClean ? 0 : 1;
}

process.exitCode = await main();
