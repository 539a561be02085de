// plimsoll surface: the fitted smile per expiry, next to the quotes it came from.

import type { Command } from 'commander';
import { addMarketOptions } from './load.ts';

/** Adds the verb `surface`. */
export function addSurface(program: Command): void {
  addMarketOptions(program.command('surface')).description(
    'the fitted smile per expiry, next to its quotes; a picture with --svg',
  );
}
