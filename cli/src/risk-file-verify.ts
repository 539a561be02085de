// plimsoll risk-file verify: whether a file is whole, who vouches for it, and whether its time has come.

import {
  formatInstant,
  type Instant,
  instant,
  isRefusal,
  parseDecimal,
  parseInstant,
  type Refusal,
  type RiskFile,
  refuse,
} from '@plimsoll/core';
import { isSignedBy, publicKeyOf } from '@plimsoll/lab';
import type { Command } from 'commander';
import colors from 'picocolors';
import { EXIT_REFUSED, giveUp, heading, say, sayJson, table } from './output.ts';
import { loadPems, loadRiskFile } from './risk-file-disk.ts';

interface VerifyOptions {
  readonly key?: readonly string[];
  readonly least?: string;
  readonly at?: string;
  readonly json?: boolean;
}

export function addRiskFileVerify(verb: Command): void {
  verb
    .command('verify')
    .argument('<file>', 'a risk file; gzip or not')
    .description('whether a file is whole, which keys signed it, and whether it counts at a time')
    .option('--key <pub.pem...>', 'keys that are trusted; without any, signatures are only checked')
    .option('--least <k>', 'how many of them must have signed (default: all)')
    .option('--at <time>', 'the UTC time to judge by (default: now)')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExit code 0: whole, signatures right, enough of the trusted keys, and its time has come; 1: not so.\n\nExample:\n  plimsoll risk-file verify risk.json --key desk-a.pub.pem desk-b.pub.pem --least 1 --at 2026-03-02T10:30',
    )
    .action(runVerify);
}

async function runVerify(path: string, options: VerifyOptions): Promise<void> {
  const at = options.at === undefined ? instant(Date.now()) : parseInstant(options.at, '--at');
  if (isRefusal(at)) return giveUp(at);
  const trusted = await loadTrusted(options.key ?? []);
  if (isRefusal(trusted)) return giveUp(trusted);
  const least = leastOf(options, trusted.size);
  if (isRefusal(least)) return giveUp(least);
  const file = await loadRiskFile(path);
  if (isRefusal(file)) return giveUp(file);
  const verdict = judge(file, trusted, least, at);
  if (options.json) sayJson({ file: path, ...verdict });
  else sayVerdict(path, file, verdict);
  if (verdict.faults.length > 0) process.exitCode = EXIT_REFUSED;
}

/** Raw key in hex -> the file it came from. */
async function loadTrusted(paths: readonly string[]): Promise<Map<string, string> | Refusal> {
  const pems = await loadPems(paths);
  if (isRefusal(pems)) return pems;
  const trusted = new Map<string, string>();
  for (const { path, text } of pems) {
    const key = publicKeyOf(text, path);
    if (isRefusal(key)) return key;
    const earlier = trusted.get(key);
    if (earlier !== undefined)
      return refuse('duplicate', `It is the same key as ${earlier}; give it once.`, path);
    trusted.set(key, path);
  }
  return trusted;
}

function leastOf({ least }: VerifyOptions, keys: number): number | Refusal {
  if (least === undefined) return keys;
  const count = parseDecimal(least, '--least');
  if (isRefusal(count) || (Number.isInteger(count) && count >= 1 && count <= keys)) return count;
  const mend = keys === 0 ? 'name the keys it counts with --key' : `--key names ${keys}`;
  return refuse('out-of-range', `it must be a whole number of trusted keys; ${mend}.`, '--least');
}

/** What was found; without faults the file may be used. */
interface Verdict {
  readonly digest: string;
  readonly at: string;
  readonly header: Readonly<Record<string, string | number>>;
  readonly model: string;
  readonly parameters: { readonly id: string; readonly version: string; readonly digest: string };
  readonly market: { readonly at: string; readonly source: string; readonly digest: string };
  readonly book: {
    readonly products: number;
    readonly lanes: number;
    readonly refused: number;
    readonly digest: string;
  };
  readonly signatures: readonly {
    readonly publicKey: string;
    readonly valid: boolean;
    readonly trusted: string | null;
  }[];
  readonly faults: readonly string[];
}

function judge(file: RiskFile, trusted: ReadonlyMap<string, string>, least: number, at: Instant): Verdict {
  const { header, model, book, digest, content } = file;
  const { levels, products, lanes, refused } = book.risk;
  const signatures = file.signatures.map((signature) => {
    const valid = isSignedBy(content, signature);
    return { publicKey: signature.publicKey, valid, trusted: trusted.get(signature.publicKey) ?? null };
  });
  return {
    digest,
    at: formatInstant(at),
    header: Object.fromEntries(
      Object.entries(header).map(([key, value]) => [key, key.endsWith('At') ? formatInstant(value) : value]),
    ),
    model: model.id,
    parameters: { id: book.given.id, version: book.given.version, digest: book.parameters },
    market: { at: formatInstant(levels.at), source: levels.source, digest: levels.digest },
    book: { products: products.length, lanes: lanes.length, refused: refused.size, digest: book.risk.digest },
    signatures,
    faults: [...signatureFaults(signatures, least), ...timeFaults(file, at)],
  };
}

function signatureFaults(signatures: Verdict['signatures'], least: number): string[] {
  const wrong = signatures.filter(({ valid }) => !valid).map(({ publicKey }) => publicKey);
  const faults = wrong.map((key) => `the signature of ${key} is not of this content.`);
  const count = signatures.filter(({ valid, trusted }) => valid && trusted !== null).length;
  if (count < least) faults.push(`${count} of the trusted keys signed it and ${least} must have.`);
  return faults;
}

function timeFaults({ header: { effectiveAt, expiresAt } }: RiskFile, at: Instant): string[] {
  const faults: string[] = [];
  if (effectiveAt !== undefined && at < effectiveAt) {
    faults.push(`it is not effective before ${formatInstant(effectiveAt)}; this is ${formatInstant(at)}.`);
  }
  if (expiresAt !== undefined && at >= expiresAt) {
    faults.push(`it expired at ${formatInstant(expiresAt)}; this is ${formatInstant(at)}.`);
  }
  return faults;
}

function sayVerdict(path: string, { header }: RiskFile, verdict: Verdict): void {
  const { book, market, parameters, model, signatures, faults } = verdict;
  say(`${colors.bold(path)}  ${model} ${parameters.version}  ${market.at}  ${colors.dim(market.source)}`);
  say(
    `  ${book.products} products in ${book.lanes} scenarios, ${book.refused} refused; content ${verdict.digest}`,
  );
  const words = Object.entries(verdict.header).map(([key, value]) => [key, String(value)]);
  if (Object.keys(header).length > 0) table(['of the file', 'stated'], words, [0, 1]);
  heading(`Signatures: ${signatures.length}`);
  const rows = signatures.map(({ publicKey, valid, trusted }) => [
    publicKey,
    valid ? 'right' : colors.red('wrong'),
    trusted ?? 'not among --key',
  ]);
  if (rows.length > 0) table(['key', 'signature', 'trusted as'], rows, [0, 1, 2]);
  say();
  for (const fault of faults) say(colors.red(`  refused: ${fault}`));
  if (faults.length === 0) say('  may be used.');
}
