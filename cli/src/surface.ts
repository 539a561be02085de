// plimsoll surface: the fitted smile per expiry, next to the quotes it came from.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fitReport, isRefusal, type Refusal, refuse, writeMarket } from '@plimsoll/core';
import type { Command } from 'commander';
import { addMarketOptions, loadMarket, loadSnapshot, type MarketOptions } from './load.ts';
import { giveUp, remark, say, sayJson } from './output.ts';
import { surfaceSvg } from './surface-svg.ts';
import { saySurface, surfaceJson } from './surface-table.ts';
import { narrow, type SurfaceView, viewOf } from './surface-view.ts';

interface SurfaceOptions extends MarketOptions {
  readonly underlying?: readonly string[];
  readonly expiry?: readonly string[];
  readonly svg?: string;
  readonly save?: string;
  readonly quotes?: boolean;
  readonly json?: boolean;
}

/** Adds the verb `surface`. */
export function addSurface(program: Command): void {
  addMarketOptions(program.command('surface'))
    .description('the fitted smile per expiry next to its quotes: table, picture, arbitrage checks')
    .option('--underlying <coin...>', 'only these coins, e.g. BTC')
    .option('--expiry <date...>', 'only these expiries, e.g. 27MAR26')
    .option('--quotes', 'every strike: bid, mid, ask and model volatility')
    .option('--svg <file>', 'write a picture of what is shown')
    .option('--save <file>', 'write the whole fitted market as JSON, for --market')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll surface --chain chain.csv.gz --underlying BTC --svg smiles.svg\n  plimsoll surface --chain btc.json eth.json --save market.json --quotes --expiry 27MAR26',
    )
    .action(runSurface);
}

async function runSurface(options: SurfaceOptions): Promise<void> {
  const clash = clashOf(options);
  if (clash !== undefined) return giveUp(clash);
  const whole = await loadSurface(options);
  if (isRefusal(whole)) return giveUp(whole);
  const view = narrow(whole, options);
  if (isRefusal(view)) return giveUp(view);
  const tell = options.json ? remark : say;
  const written: string[] = [];
  const outputs = [
    [options.svg, 'picture', () => surfaceSvg(view)],
    [options.save, 'market', () => writeMarket(view.market)],
  ] as const;
  for (const [path, what, text] of outputs) {
    if (path === undefined) continue;
    const failed = await write(path, text());
    if (failed !== undefined) return giveUp(failed);
    written.push(`${what}: ${path}`);
  }
  if (options.json) sayJson(surfaceJson(view));
  else saySurface(view, options.quotes === true);
  if (written.length > 0 && !options.json) say();
  for (const line of written) tell(line);
}

/** Overwriting an input, or one output with the other, is never what was meant. */
function clashOf({ svg, save, chain, market, perpetuals }: SurfaceOptions): Refusal | undefined {
  const taken = new Set(
    [...(chain ?? []), ...(perpetuals ?? []), ...(market ? [market] : [])].map((path) => resolve(path)),
  );
  for (const [option, path] of [
    ['--svg', svg],
    ['--save', save],
  ] as const) {
    if (path === undefined) continue;
    if (taken.has(resolve(path)))
      return refuse(
        'malformed',
        `${path} is already named by another option; write to another file.`,
        option,
      );
    taken.add(resolve(path));
  }
  return undefined;
}

async function write(path: string, text: string): Promise<Refusal | undefined> {
  try {
    await writeFile(path, text);
    return undefined;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return refuse(
      'malformed',
      `The file cannot be written (${code}); check its folder and permissions.`,
      path,
    );
  }
}

async function loadSurface(options: SurfaceOptions): Promise<SurfaceView | Refusal> {
  if (options.market !== undefined || options.chain === undefined) {
    const loaded = await loadMarket(options);
    return isRefusal(loaded) ? loaded : viewOf(loaded.market, loaded.notes);
  }
  const snapshot = await loadSnapshot(options);
  if (isRefusal(snapshot)) return snapshot;
  const report = fitReport(snapshot);
  return isRefusal(report) ? report : viewOf(report.market, snapshot.notes ?? [], { snapshot, report });
}
