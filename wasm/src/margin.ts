// All of margin that the kernel does, for whoever wants it where it can be had: models whose rows it fills, and the body that judges crowds.

import { type FiguresBody, isRefusal, type models, modelsWith, type Refusal } from '@plimsoll/core';
import { wasmFigures } from './figures.ts';
import { openKernel } from './kernel.ts';
import { kernelRows } from './rows.ts';

/** Models and body of one kernel; what they answer is what core's own answer, to the bit. */
export interface KernelMargin {
  readonly models: typeof models;
  readonly body: FiguresBody;
}

/**
 * Models and body with a kernel of their own. Refuses a runtime that has none: whoever is refused uses core's.
 * @example const margin = await openMargin(); if (!isRefusal(margin)) new Desk(new Map(Object.entries(margin.models)), margin.body)
 */
export async function openMargin(): Promise<KernelMargin | Refusal> {
  const kernel = await openKernel();
  if (isRefusal(kernel)) return kernel;
  const rows = kernelRows(kernel);
  return isRefusal(rows) ? rows : { models: modelsWith(rows), body: wasmFigures(kernel) };
}
