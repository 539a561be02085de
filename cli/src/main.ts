// The command `plimsoll`: arguments in, text out. Thinking happens in core.

import { Command, CommanderError } from 'commander';
import { addBacktest } from './backtest.ts';
import { addBreaker } from './breaker.ts';
import { demo } from './demo.ts';
import { addEngine } from './engine.ts';
import { addEstimate } from './estimate.ts';
import { addExplain } from './explain.ts';
import { addFund } from './fund.ts';
import { addMargin } from './margin.ts';
import { EXIT_REFUSED, EXIT_USAGE, VERSION } from './output.ts';
import { addRiskFile } from './risk-file.ts';
import { addSurface } from './surface.ts';
import { addSurvive } from './survive.ts';
import { addVenues } from './venues.ts';
import { addWhatIf } from './what-if.ts';

const program = new Command('plimsoll')
  .description('Dynamic margin requirements for crypto derivatives: computed, explained, enforced.')
  .version(VERSION)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(plimsoll VERB --help shows an example)')
  .exitOverride();

addMargin(program);
addExplain(program);
addWhatIf(program);
addSurvive(program);
addFund(program);
addBreaker(program);
addSurface(program);
addRiskFile(program);
addVenues(program);
addBacktest(program);
addEstimate(program);
addEngine(program);
program
  .command('demo')
  .description('explain the margin of a sample book on a market that the project simulates')
  .option('--seed <number>', 'seed of the simulated market', '7')
  .option('--save <dir>', 'also write the chain, the marks and the portfolio there')
  .option('--json', 'print JSON for programs')
  .addHelpText('after', '\nExample:\n  plimsoll demo --seed 7 --save demo')
  .action(demo);

// Whoever reads our output may stop early (`plimsoll ... | head`); that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(
    `plimsoll: the output cannot be written (${error.code}); nothing after this point was said.\n`,
  );
  process.exit(EXIT_REFUSED);
});

/** A broken promise of our own: said in one sentence, with the stack only for who asks for it. */
function failed(error: unknown): void {
  const { message, stack } = error as Error;
  process.stderr.write(
    `plimsoll: this is a defect of plimsoll, please report it with your command: ${message}\n`,
  );
  if (process.env['PLIMSOLL_DEBUG'] !== undefined) process.stderr.write(`${stack}\n`);
  process.exitCode = EXIT_REFUSED;
}

try {
  await program.parseAsync();
} catch (error) {
  // commander has already printed its sentence; help and version are no errors.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  else failed(error);
}
