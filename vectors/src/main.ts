// The conformance runner: `npm run conformance -- DIR`. Exit code 0 nothing failed, 1 something failed or could not be read, 2 usage.

import { isRefusal, sentence } from '@plimsoll/core';
import { readFolder } from './read.ts';
import { jsonOf, summaryOf, textOf } from './report.ts';
import { runFile } from './run.ts';

/** What a run leaves behind. */
export interface Said {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
}

const USAGE = `usage: npm run conformance -- DIR [--json]

Reads every *.json file of DIR that is shaped like field.json, derive.json or venues.json, answers the suites this project
knows and prints, per suite, the cases run, passed, failed and skipped and the worst error against its tolerance.

  --json   the same as JSON
  --help   this text

example: npm run conformance -- ../shared/vectors
`;

/** Runs the command on its arguments; nothing is printed here. @example main(['../shared/vectors']).code // 0 */
export function main(args: readonly string[]): Said {
  if (args.includes('--help') || args.includes('-h')) return { code: 0, out: USAGE, err: '' };
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--json');
  if (unknown !== undefined) return usage(`option ${unknown} is not known`);
  const places = args.filter((arg) => arg !== '--json');
  const directory = places[0];
  if (directory === undefined || directory === '') return usage('no directory is given');
  if (places.length > 1) return usage(`${places.length} directories are given; give one`);
  const folder = readFolder(directory);
  if (isRefusal(folder)) return { code: 1, out: '', err: `conformance: ${sentence(folder)}\n` };
  const runs = folder.files.map(runFile);
  const { cases, failed, waiting } = summaryOf(runs);
  if (cases === 0 && waiting === 0) {
    return {
      code: 1,
      out: '',
      err: `conformance: ${directory}: the vector files hold no case; nothing was run.\n`,
    };
  }
  const asJson = args.includes('--json');
  const out = asJson ? jsonOf(directory, runs, folder.ignored) : textOf(runs, folder.ignored);
  return { code: failed === 0 ? 0 : 1, out, err: '' };
}

function usage(problem: string): Said {
  return { code: 2, out: '', err: `conformance: ${problem}.\n${USAGE}` };
}

/** Runs the command as a process. A reader that closes the pipe early (`| head`) is no error. */
export function start(process: NodeJS.Process): void {
  process.stdout.on('error', () => {});
  const { code, out, err } = main(process.argv.slice(2));
  process.exitCode = code;
  process.stdout.write(out);
  process.stderr.write(err);
}
