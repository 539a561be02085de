// The parts of a study, two at a time in processes of their own; what has been found before, by the same code from the same files, is not sought again.

import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PARTS, type Part } from './parts.ts';

const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
/** What makes the numbers: core, and of the lab the walk and the study. What reads and prints them may change without seeking them again. */
const CODE: readonly (readonly [folder: string, names: RegExp])[] = [
  ['../../../../core/dist', /\.js$/],
  [
    '../../backtest',
    /^(engine|plan|past|governing|leaning|holding|scene|chains|surface|study.(linear|candidates|choosing|closed|walks|crisis))\.js$/,
  ],
  ['../../simulate', /\.js$/],
  ['../../governor', /^(rules|bars)\.js$/],
  ['..', /^(books|listed|marks)\.js$/],
  ['.', /^(parts|sources|chains-part|crisis-part|perpetual-parts)\.js$/],
];
const DATA = ['chains', 'prices', 'vol', 'crisis_intraday'];

/** By which results know what they were made of: the code that made them, names and sizes of the data. */
export async function fingerprintOf(data: string): Promise<string> {
  const hash = createHash('sha256');
  for (const [place, makesNumbers] of CODE) {
    const folder = fileURLToPath(new URL(`${place}/`, import.meta.url));
    const names = (await readdir(folder, { recursive: true })).filter((name) => makesNumbers.test(name));
    for (const name of names.sort()) hash.update(name).update(await readFile(join(folder, name)));
  }
  for (const folder of DATA) {
    for (const name of (await readdir(join(data, folder))).sort()) {
      hash.update(`${name} ${(await stat(join(data, folder, name))).size}`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Where the results of a study are kept. */
export interface Kept {
  readonly data: string;
  readonly folder: string;
}

const fileOf = ({ folder }: Kept, id: string) => join(folder, `${id}.json`);

function runPart(kept: Kept, part: Part): Promise<void> {
  const args = [kept.data, part.id, fileOf(kept, 'choices'), fileOf(kept, part.id)];
  return new Promise((done, failed) => {
    const child = fork(worker, args, { execArgv: ['--max-old-space-size=2048'] });
    child.on('error', failed);
    child.on('exit', (code) => {
      if (code === 0) done();
      else failed(new Error(`part ${part.id} ended with code ${code}; run the command again to go on.`));
    });
  });
}

/** All parts of a stage, so many at a time. The first that fails ends the others' queue. */
async function runStage(kept: Kept, parts: readonly Part[], workers: number, say: (line: string) => void) {
  const queue = parts.filter(({ id }) => !existsSync(fileOf(kept, id)));
  let done = parts.length - queue.length;
  const work = async () => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      const began = performance.now();
      try {
        await runPart(kept, part);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
      done++;
      const seconds = Math.round((performance.now() - began) / 1_000);
      say(`margin-models: ${part.id}, ${seconds} s (${done} of ${parts.length} of this stage)`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** Runs what is missing; says what was done. Throws where a part failed, keeping what the others found. */
export async function runParts(
  data: string,
  cache: string,
  workers: number,
  say: (line: string) => void,
): Promise<Kept> {
  const kept = { data, folder: join(cache, await fingerprintOf(data)) };
  await mkdir(kept.folder, { recursive: true });
  say(`margin-models: parts are kept in ${kept.folder}`);
  for (const stage of [1, 2]) {
    const parts = PARTS.filter((part) => part.stage === stage);
    await runStage(kept, parts, workers, say);
  }
  return kept;
}

/** What a part found. */
export async function foundOf<T>(kept: Kept, id: string): Promise<T> {
  return JSON.parse(await readFile(fileOf(kept, id), 'utf8')) as T;
}
