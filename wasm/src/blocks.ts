// Lanes in blocks of neighbours, for the pruned sweep: in a block what an account loses is near a straight line, so two numbers say what it cannot be below.

import type { Lane } from '@plimsoll/core';

/** Lanes of a block: few for few lanes, where a block too many costs more than the blocks there are. */
export type BlockSize = 4 | 8;
const FEW_LANES = 256;
/** Blocks are bounded four at a time. */
export const BLOCKS_STEP = 4;

/** Where a lane stands on a grid of spot by vol, and which lanes differ from it in nothing else. */
export interface GridPlace {
  readonly kin: string;
  readonly spot: number;
  readonly vol: number;
}

/** Lanes block by block. Any blocks that hold every lane give the same answer; those of neighbours give it sooner. */
export interface LaneBlocks {
  readonly size: BlockSize;
  /** The lane in every place; a block that lacks lanes repeats its last, and a block of nothing, there for the count of four, has -1. */
  readonly lanes: Int32Array;
  /** How far every place is from its block's first lane to its last, 0 to 1. */
  readonly shares: Float64Array;
  /** So many blocks come first that hold all lanes maintenance sees. */
  readonly blocksSeen: number;
}

/**
 * The place of a lane: its first spot move (relative, or in ranges) and its first vol move; kin is all the rest of it but its line and netting.
 * @example gridPlace(lane) // { kin: '...', spot: -0.16, vol: 0.25 }
 */
export function gridPlace({ moves, smile, damp, plain }: Lane): GridPlace {
  const spot = moves.find(({ kind }) => kind === 'spot');
  const vol = moves.find(({ kind }) => kind === 'vol');
  const others = moves.filter((move) => move !== spot && move !== vol);
  const [ranges, relative] = [spot && 'ranges' in spot, spot && 'relative' in spot];
  const kin = JSON.stringify([
    { ...spot, ...(ranges && { ranges: 0 }), ...(relative && { relative: 0 }) },
    { ...vol, ...(vol && { size: 0 }) },
    ...[others, smile, damp, plain ?? false],
  ]);
  const at =
    spot === undefined ? 0 : 'ranges' in spot ? spot.ranges : spot.kind === 'spot' ? spot.relative : 0;
  return { kin, spot: at, vol: vol?.kind === 'vol' ? vol.size : 0 };
}

/** A lane, how far along its run it stands, and which run of its kin it is of. */
interface Standing {
  readonly lane: number;
  readonly along: number;
  readonly across: number;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | number): T[][] {
  const groups = new Map<string | number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Runs of a kin along whichever of spot and vol has more places; one run along spot where the grid has too few in a row. */
function runsOf(lanes: readonly number[], places: readonly GridPlace[], size: BlockSize): Standing[][] {
  const count = (key: 'spot' | 'vol') => new Set(lanes.map((lane) => places[lane]![key])).size;
  const [along, across] =
    count('spot') >= count('vol') ? (['spot', 'vol'] as const) : (['vol', 'spot'] as const);
  const place = (lane: number, key: 'spot' | 'vol') => places[lane]![key];
  const standings = (key: 'spot' | 'vol'): Standing[] =>
    lanes.map((lane) => ({ lane, along: place(lane, key), across: place(lane, across) }));
  const runs = groupBy(standings(along), (standing) => standing.across);
  const isGrid = runs.length * size <= lanes.length;
  return (isGrid ? runs : [standings('spot')]).map((run) =>
    run.toSorted((a, b) => a.along - b.along || a.across - b.across || a.lane - b.lane),
  );
}

/** Cuts a run into blocks. A block ends where a stretch of lanes that maintenance sees, or does not, begins that fills a block alone; shorter ones are mixed. */
function cut(run: readonly Standing[], seen: Uint8Array, size: BlockSize): Standing[][] {
  const isSeen = (k: number) => seen[run[k]!.lane] === 1;
  const fills = run.map(() => 1);
  for (let k = run.length - 2; k >= 0; k--) if (isSeen(k) === isSeen(k + 1)) fills[k] = fills[k + 1]! + 1;
  const blocks: Standing[][] = [];
  for (let from = 0; from < run.length; ) {
    let to = from + 1;
    while (to < Math.min(run.length, from + size)) {
      if (isSeen(to) !== isSeen(to - 1) && fills[to]! >= size) break;
      to++;
    }
    blocks.push(run.slice(from, to));
    from = to;
  }
  return blocks;
}

/**
 * Blocks of lanes that are neighbours in spot at one vol, or in vol at one spot where there are more vols. `seen[s]` is 1 where maintenance sees lane `s`. Without
 * a size it is four up to 256 lanes and eight beyond.
 * @example blockLanes(book.lanes.map(gridPlace), plan.seen.maintenance)
 */
export function blockLanes(
  places: readonly GridPlace[],
  seen: Uint8Array,
  size: BlockSize = places.length > FEW_LANES ? 8 : 4,
): LaneBlocks {
  const lanes = places.map((_, lane) => lane);
  const kin = groupBy(lanes, (lane) => places[lane]!.kin);
  const families = kin.filter((family) => family.length >= size);
  const strays = kin.filter((family) => family.length < size).flat();
  const blocks = [...families, ...(strays.length > 0 ? [strays] : [])]
    .flatMap((family) => runsOf(family, places, size))
    .flatMap((run) => cut(run, seen, size));
  const isSeen = (block: readonly Standing[]) => block.some(({ lane }) => seen[lane] === 1);
  const filled = (some: readonly Standing[][]) => [
    ...some,
    ...Array.from({ length: (BLOCKS_STEP - (some.length % BLOCKS_STEP)) % BLOCKS_STEP }, () => []),
  ];
  const first = filled(blocks.filter(isSeen));
  const all = [...first, ...filled(blocks.filter((block) => !isSeen(block)))];
  const laid = {
    lanes: new Int32Array(size * all.length).fill(-1),
    shares: new Float64Array(size * all.length),
  };
  all.forEach((block, k) => {
    lay(block, size * k, size, laid);
  });
  return { size, ...laid, blocksSeen: first.length };
}

function lay(
  block: readonly Standing[],
  at: number,
  size: BlockSize,
  { lanes, shares }: Pick<LaneBlocks, 'lanes' | 'shares'>,
): void {
  const [first, last] = [block[0], block.at(-1)];
  if (first === undefined || last === undefined) return;
  const width = last.along - first.along;
  for (let j = 0; j < size; j++) {
    const { lane, along } = block[j] ?? last;
    lanes[at + j] = lane;
    shares[at + j] = width > 0 && width < Number.POSITIVE_INFINITY ? (along - first.along) / width : 0;
  }
}
