// plimsoll risk-file: a book as a file that others can margin with, signed by whoever vouches for it.

import { assess, isRefusal, type Refusal, type Standing } from '@plimsoll/core';
import { newKeys } from '@plimsoll/lab';
import type { Command } from 'commander';
import { type Assessed, loadPortfolio, refuseExpired } from './judge.ts';
import { sayMargin } from './margin.ts';
import { marginJson } from './margin-json.ts';
import { giveUp, money, say, sayJson } from './output.ts';
import { loadRiskFile, writeNew } from './risk-file-disk.ts';
import { addRiskFileVerify } from './risk-file-verify.ts';
import { addRiskFileSign, addRiskFileWrite } from './risk-file-write.ts';

/** Adds the verbs of `risk-file`. */
export function addRiskFile(program: Command): void {
  const verb = program
    .command('risk-file')
    .description('a book as a file: write it, sign it, verify it, margin with it alone')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll risk-file write --chain chain.csv.gz --out risk.json\n  plimsoll risk-file margin --file risk.json --portfolio desk-1.json',
    );
  addRiskFileWrite(verb);
  addRiskFileSign(verb);
  addRiskFileVerify(verb);
  addMarginOfFile(verb);
  addKeys(verb);
}

interface MarginOptions {
  readonly file: string;
  readonly portfolio: string;
  readonly json?: boolean;
}

function addMarginOfFile(verb: Command): void {
  verb
    .command('margin')
    .description('the margin of a portfolio from a risk file alone: equal to the live one of its book')
    .requiredOption('--file <file>', 'the risk file; gzip or not')
    .requiredOption('--portfolio <file>', 'the account: CSV or JSON')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nSignatures and times are not looked at: that is what plimsoll risk-file verify does.\n\nExample:\n  plimsoll risk-file margin --file risk.json --portfolio desk-1.json --json',
    )
    .action(async (options: MarginOptions) => {
      const assessed = await assessByFile(options);
      if (isRefusal(assessed)) return giveUp(assessed);
      if (options.json) return sayJson(marginJson(assessed));
      sayMargin(assessed);
    });
}

async function assessByFile(options: MarginOptions): Promise<Assessed | Refusal> {
  const file = await loadRiskFile(options.file);
  if (isRefusal(file)) return file;
  const { book, model } = file;
  const { products, indexOf } = book.risk;
  // Products whose names are not the venue's are known by the file.
  const portfolio = await loadPortfolio(options.portfolio, (name) => products[indexOf.get(name) ?? -1]);
  if (isRefusal(portfolio)) return portfolio;
  const gone = refuseExpired(portfolio, book.risk.levels.at);
  if (gone !== undefined) return gone;
  const standing = assess(portfolio, book, model);
  if (isRefusal(standing)) return standing;
  return { portfolio, model, parameters: book.given, book, standing, notes: slackNotes(standing) };
}

/** What a packed file may ask too much, line by line. */
function slackNotes({ requirement }: Standing): string[] {
  return (['maintenance', 'initial'] as const).flatMap((line) => {
    const slacks = requirement[line].charges.filter(({ name }) => name === 'packing');
    if (slacks.length === 0) return [];
    const slack = slacks.reduce((sum, { inputs }) => sum + inputs['slack']!, 0);
    return [
      `the file is packed: ${line} is not below that of the exact file and at most ${money(slack)} USD above.`,
    ];
  });
}

interface KeysOptions {
  readonly out: string;
}

function addKeys(verb: Command): void {
  verb
    .command('keys')
    .description('a new Ed25519 key pair: NAME.pem to sign with, NAME.pub.pem to give away')
    .requiredOption('--out <name>', 'where to write the pair; nothing is overwritten')
    .addHelpText('after', '\nExample:\n  plimsoll risk-file keys --out risk-desk')
    .action(async ({ out }: KeysOptions) => {
      const { privateKey, publicKey } = newKeys();
      const files = [
        { path: `${out}.pem`, text: privateKey, mode: 0o600 },
        { path: `${out}.pub.pem`, text: publicKey, mode: 0o644 },
      ];
      for (const { path, text, mode } of files) {
        const failed = await writeNew(path, text, mode);
        if (failed !== undefined) return giveUp(failed);
      }
      say(`Written: ${out}.pem, which nobody else may have, and ${out}.pub.pem, which everybody may.`);
    });
}
