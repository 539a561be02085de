// The twelve books on real chains, as the document has them.

import type { ChainsFound } from './chains-part.ts';
import { foundOf, type Kept } from './pool.ts';
import { figuresOfRun, type TableModel } from './reading.ts';
import { booksTable } from './tables.ts';
import { dayOf } from './words.ts';

/** How far from the end of a horizon the last snapshot of a path may stand. */
const CHAIN_SLACK_MS = 7_200_000;

/** One model over the chains. */
export interface OnChains {
  readonly model: string;
  readonly chains: ChainsFound;
  readonly figures: TableModel;
}

/** Every model over the chains. */
export async function readChains(kept: Kept): Promise<OnChains[]> {
  const found: OnChains[] = [];
  const all = await foundOf<Readonly<Record<string, ChainsFound>>>(kept, 'chains');
  for (const [model, chains] of Object.entries(all)) {
    const figures = { ...figuresOfRun(model, chains.run, CHAIN_SLACK_MS), hours: new Map() };
    found.push({ model, chains, figures });
  }
  return found;
}

/** Their section. */
export function chainsPart(found: readonly OnChains[]): string[] {
  const models = found.map(({ figures }) => figures);
  const looks = found.find(({ model }) => model === 'dmr')!.chains;
  const { from, to, snapshots } = found.find(({ model }) => model === 'grid')!.chains;
  return [
    '## The twelve books on real chains',
    '',
    `Deribit’s chains, ${snapshots} snapshots from ${dayOf(from)} to ${dayOf(to)}: one a day, four a day around the crash of February 2026. Models that look back end with their history, ${dayOf(looks.to)}, after ${looks.snapshots} snapshots; BTC’s vol is DVOL, then`,
    'what the chains themselves say. Losses are by the venue’s marks, at snapshots only; a snapshot a day tests the initial line and none of four hours (M-186), and its power is what it is.',
    '',
    booksTable(models, 'initial'),
    '',
    ...models.flatMap(({ model, refused, refusal }) =>
      refused === 0 ? [] : [`\`${model}\` refused ${refused} times: ${refusal}`, ''],
    ),
  ];
}
