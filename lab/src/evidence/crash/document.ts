// docs/evidence/crash.md: February 2026 through the engine, 2,000 accounts, from the calm before to the calm after.

import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isRefusal, stateDigest } from '@plimsoll/core';
import { openMargin } from '@plimsoll/wasm';
import { preface } from '../markdown.ts';
import { statusPlot } from './plot.ts';
import { realScene } from './real.ts';
import { type Outcome, runScene } from './run.ts';
import { callsPart, changePart, checksPart, closingsPart, fundPart, withheldPart } from './story.ts';
import { accountsPart, pathPart, shadowPart, standingsPart } from './tables.ts';

export const ACCOUNTS = 2_000;
const COMMAND = fileURLToPath(new URL('../../../bin/evidence.js', import.meta.url));
/** Longest that another Node may take for the same run. */
const OTHER_MS_MAX = 3_600_000;

/** What a run took: seconds of processor, and the machine in words. */
export interface Took {
  readonly seconds: number;
  readonly machine: string;
}

/** The same run once more: which Node, and the digest of its last state. */
export interface Again {
  readonly node: string;
  readonly digest: string;
}

function againPart(outcome: Outcome, again: readonly Again[], { seconds, machine }: Took): string[] {
  const digest = stateDigest(outcome.stage.state);
  const same = again.filter((one) => one.digest === digest);
  const judged = outcome.judged;
  return [
    '## The same again',
    '',
    `Digest of the last state, after ${outcome.stage.state.seq} inputs: \`${digest}\`.`,
    ...(again.length === 0
      ? []
      : [
          `Books were made and slices judged by WebAssembly where a model lets it. Run again by itself, everybody judged one by one in TypeScript (\`npm run evidence -- ../shared/data crash --digest\`), it is the same ${same.length} of ${again.length} times: ${again.map((one) => `Node ${one.node}${one.digest === digest ? '' : `, **another: ${one.digest}**`}`).join('; ')}.`,
        ]),
    '',
    `The run took ${seconds.toFixed(0)} seconds of processor on one thread of ${machine}, from opening the first account to the last market: ${((seconds * 1e6) / judged).toFixed(0)} microseconds for each of ${judged} judgements of an account on a market,`,
    'everything counted: the books of three models, standings by the model that counts and the one beside, calls with their cures, closings.',
    '',
  ];
}

/** The document of a run, however it was come by. */
export function crashReport(outcome: Outcome, again: readonly Again[], took: Took): string {
  return [
    preface('February 2026 through the engine', 'npm run evidence -- ../shared/data crash'),
    'Real chains from 2 to 7 February 2026, a seeded path between them, and accounts that are called, cured and closed by the engine ([how](../engine.md)). Main is margined by `grid`, retail by `static`, `span`',
    'is computed beside. Policy: the engine’s defaults, two hands for parameters. What is real: the quotes at the snapshots, the hours between, funding. What is made: the accounts, what they do, the minutes, the hour of disagreement.',
    '',
    ...standingsPart(outcome),
    ...callsPart(outcome),
    ...closingsPart(outcome),
    ...withheldPart(outcome),
    ...fundPart(outcome),
    ...changePart(outcome),
    ...shadowPart(outcome),
    ...accountsPart(outcome),
    ...pathPart(outcome),
    ...checksPart(outcome),
    ...againPart(outcome, again, took),
  ].join('\n');
}

/** The digest of the crash's last state. @example await crashDigest('../shared/data', say) */
export async function crashDigest(data: string, say: (line: string) => void): Promise<string> {
  const { scene, snapshot } = await realScene(data, ACCOUNTS, say);
  return stateDigest(runScene(scene, snapshot, say).stage.state);
}

const run = promisify(execFile);

/** Both are started at once: this process is about to be busy and hears of nothing until it is done. */
async function runAgain(node: string, data: string): Promise<Again> {
  const [version, digest] = await Promise.all([
    run(node, ['--version']),
    run(node, [COMMAND, data, 'crash', '--digest'], { timeout: OTHER_MS_MAX }),
  ]);
  return { node: version.stdout.trim().replace(/^v/, ''), digest: digest.stdout.trim() };
}

/** The document and its picture. `nodes` are binaries of Node that run the same again. */
export async function crashDocument(
  data: string,
  say: (line: string) => void,
  nodes: readonly string[],
): Promise<{ text: string; svg: string }> {
  // Beside this one: they are other processes, and what they take is not counted.
  const others = nodes.map((node) => runAgain(node, data));
  const { scene, snapshot } = await realScene(data, ACCOUNTS, say);
  const began = process.cpuUsage();
  const kernel = await openMargin();
  const outcome = runScene(scene, snapshot, say, isRefusal(kernel) ? undefined : kernel);
  const { user, system } = process.cpuUsage(began);
  const machine = `${cpus()[0]?.model ?? process.arch}, Node ${process.version}`;
  const again = await Promise.all(others);
  const took = { seconds: (user + system) / 1e6, machine };
  return { text: crashReport(outcome, again, took), svg: statusPlot(outcome) };
}
