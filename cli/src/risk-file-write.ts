// plimsoll risk-file write and sign: from a market to a file, and a name under it.

import {
  assetProduct,
  formatInstant,
  isRefusal,
  type MarginBook,
  type Product,
  packRiskFile,
  parseDecimal,
  productsOf,
  type Refusal,
  type RiskHeader,
  type RiskSignature,
  refuse,
  sealPackedFile,
  sealRiskFile,
  writeRiskFile,
} from '@plimsoll/core';
import { signBytes } from '@plimsoll/lab';
import type { Command } from 'commander';
import { withHistoryOf } from './history.ts';
import { loadPortfolio, refuseStrangers } from './judge.ts';
import { addMarketOptions, type Loaded, loadMarket, type MarketOptions } from './load.ts';
import { addModelOptions, type Chosen, chooseModel, type ModelOptions } from './models.ts';
import { giveUp, remark, say, sayJson } from './output.ts';
import { loadProducts } from './products.ts';
import { loadPems, loadRiskFile, timeOption, writeBytes } from './risk-file-disk.ts';

interface WriteOptions extends MarketOptions, ModelOptions {
  readonly products?: string;
  readonly portfolio?: readonly string[];
  readonly out: string;
  readonly packed?: string;
  readonly sign?: readonly string[];
  readonly published?: string;
  readonly effective?: string;
  readonly expires?: string;
  readonly sequence?: string;
  readonly previous?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export function addRiskFileWrite(verb: Command): void {
  addModelOptions(addMarketOptions(verb.command('write')))
    .description('write the book of a market: every product it lists, or those of some accounts')
    .requiredOption('--out <file>', 'where to write it; a name that ends in .gz is compressed')
    .option('--portfolio <file...>', 'only the products of these accounts (default: everything listed)')
    .option('--products <file>', 'a module that knows products of your own (docs/extend.md)')
    .option('--packed <file>', 'also write the packed form, 16 bits a cell, which never asks for less')
    .option('--sign <key.pem...>', 'sign with these Ed25519 private keys')
    .option('--published <time>', 'when it is published (UTC)')
    .option('--effective <time>', 'from when on it counts')
    .option('--expires <time>', 'until when it counts')
    .option('--sequence <number>', "the publisher's count of files")
    .option('--previous <file>', 'the file before this one, to be named by its digest')
    .option('--reason <text>', 'why it is published')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll risk-file write --chain chain.csv.gz --out risk.json --sign risk-desk.pem --effective 2026-03-02T10:00 --expires 2026-03-02T11:00',
    )
    .action(runWrite);
}

async function runWrite(options: WriteOptions): Promise<void> {
  const header = await headerOf(options);
  if (isRefusal(header)) return giveUp(header);
  const book = await loadBook(options);
  if (isRefusal(book)) return giveUp(book);
  const content = writeRiskFile(book, header);
  if (isRefusal(content)) return giveUp(content);
  const signatures = await signaturesOf(content, options.sign ?? []);
  if (isRefusal(signatures)) return giveUp(signatures);
  const failed = await writeBytes(options.out, sealRiskFile(content, signatures));
  if (failed !== undefined) return giveUp(failed);
  const packed = options.packed === undefined ? undefined : await writePacked(options, book, header);
  if (isRefusal(packed)) return giveUp(packed);
  report(options, book, content.length, signatures);
}

/** Writes the packed form beside the exact one, signed by the same keys. */
async function writePacked(
  { packed, sign }: WriteOptions,
  book: MarginBook,
  header: RiskHeader,
): Promise<Refusal | undefined> {
  const content = packRiskFile(book, header);
  if (isRefusal(content)) return content;
  const signatures = await signaturesOf(content, sign ?? []);
  return isRefusal(signatures) ? signatures : writeBytes(packed!, sealPackedFile(content, signatures));
}

function report(
  { out, packed, json }: WriteOptions,
  { model, risk }: MarginBook,
  bytes: number,
  signatures: readonly RiskSignature[],
): void {
  const counts = { products: risk.products.length, lanes: risk.lanes.length, refused: risk.refused.size };
  if (json) {
    sayJson({ file: out, packed: packed ?? null, model, bytes, ...counts, book: risk.digest, signatures });
    return;
  }
  say(`Written to ${out}: ${counts.products} products in ${counts.lanes} scenarios, ${bytes} bytes.`);
  if (packed !== undefined) say(`Written to ${packed}: the same, packed.`);
  say(`  ${model} of ${formatInstant(risk.levels.at)}, book ${risk.digest.slice(0, 12)}`);
  for (const { publicKey } of signatures) say(`  signed by ${publicKey}`);
  if (counts.refused > 0)
    remark(`  ${counts.refused} products have no row; the file says why, each by name.`);
}

async function loadBook(options: WriteOptions): Promise<MarginBook | Refusal> {
  const chosen = await chooseModel(options);
  if (isRefusal(chosen)) return chosen;
  const stranger = refuseStrangers(options.peg ?? [], chosen.parameters);
  if (stranger !== undefined) return stranger;
  const found = await loadMarket(options);
  if (isRefusal(found)) return found;
  const loaded = await withHistoryOf(found, options);
  if (isRefusal(loaded)) return loaded;
  for (const note of loaded.notes) remark(`  note: ${note}`);
  const products = await productsFor(options, loaded, chosen);
  return isRefusal(products) ? products : chosen.model.book(products, loaded.market, chosen.parameters);
}

/** The products of the accounts that are named, or everything: what is listed, its coins, and all that the parameters call stable. */
async function productsFor(
  { portfolio, products: module }: WriteOptions,
  { market, listed }: Loaded,
  { parameters }: Chosen,
): Promise<Product[] | Refusal> {
  if (portfolio === undefined) {
    const coins = market.underlyings.map(({ underlying }) => underlying);
    return [...listed, ...[...coins, ...Object.keys(parameters.pegs)].map(assetProduct)];
  }
  const resolve = module === undefined ? undefined : await loadProducts(module);
  if (isRefusal(resolve)) return resolve;
  const products: Product[] = [];
  for (const path of portfolio) {
    const account = await loadPortfolio(path, resolve);
    if (isRefusal(account)) return account;
    products.push(...productsOf(account));
  }
  return products;
}

async function headerOf(options: WriteOptions): Promise<RiskHeader | Refusal> {
  const publishedAt = timeOption(options.published, '--published');
  if (isRefusal(publishedAt)) return publishedAt;
  const effectiveAt = timeOption(options.effective, '--effective');
  if (isRefusal(effectiveAt)) return effectiveAt;
  const expiresAt = timeOption(options.expires, '--expires');
  if (isRefusal(expiresAt)) return expiresAt;
  if (effectiveAt !== undefined && expiresAt !== undefined && expiresAt <= effectiveAt) {
    return refuse(
      'out-of-range',
      'it must come after --effective; there would be no time to use the file.',
      '--expires',
    );
  }
  const sequence = options.sequence === undefined ? undefined : parseDecimal(options.sequence, '--sequence');
  if (isRefusal(sequence)) return sequence;
  if (sequence !== undefined && !(Number.isInteger(sequence) && sequence >= 0)) {
    return refuse('out-of-range', 'it must be a whole number, zero or above.', '--sequence');
  }
  const previous = options.previous === undefined ? undefined : await loadRiskFile(options.previous);
  if (isRefusal(previous)) return previous;
  return {
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(previous === undefined ? {} : { previous: previous.digest }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
}

async function signaturesOf(
  content: Uint8Array,
  paths: readonly string[],
): Promise<readonly RiskSignature[] | Refusal> {
  const pems = await loadPems(paths);
  if (isRefusal(pems)) return pems;
  const signatures = new Map<string, RiskSignature>();
  for (const { path, text } of pems) {
    const signature = signBytes(content, text, path);
    if (isRefusal(signature)) return signature;
    if (signatures.has(signature.publicKey)) {
      return refuse('duplicate', 'This key signs already; give every key once.', path);
    }
    signatures.set(signature.publicKey, signature);
  }
  return [...signatures.values()];
}

interface SignOptions {
  readonly key: readonly string[];
  readonly out?: string;
}

export function addRiskFileSign(verb: Command): void {
  verb
    .command('sign')
    .argument('<file>', 'a risk file')
    .description('add signatures to a file that others may have signed: k of n')
    .requiredOption('--key <key.pem...>', 'sign with these Ed25519 private keys')
    .option('--out <file>', 'where to write it (default: over the file)')
    .addHelpText('after', '\nExample:\n  plimsoll risk-file sign risk.json --key second-desk.pem')
    .action(async (path: string, options: SignOptions) => {
      const file = await loadRiskFile(path);
      if (isRefusal(file)) return giveUp(file);
      const added = await signaturesOf(file.content, options.key);
      if (isRefusal(added)) return giveUp(added);
      const keys = new Set(added.map(({ publicKey }) => publicKey));
      const signatures = [...file.signatures.filter(({ publicKey }) => !keys.has(publicKey)), ...added];
      const seal = file.book.risk.units === undefined ? sealRiskFile : sealPackedFile;
      const failed = await writeBytes(options.out ?? path, seal(file.content, signatures));
      if (failed !== undefined) return giveUp(failed);
      say(`Signed by ${signatures.length}: ${options.out ?? path}`);
      for (const { publicKey } of signatures) say(`  ${publicKey}`);
    });
}
