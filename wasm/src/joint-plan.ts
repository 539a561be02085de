// Which lanes may hurt together, as few combinations as give the same worst. A combination is a list of lanes of each coin; its loss is the sum of the least of
// each list, and rounding keeps order, so that a combination whose lists hold those of another is never the milder one: the other is left out. Lanes of a driver
// that leave its partners the same lists count as one list for the same reason.

import type { CombinePlan } from '@plimsoll/core';

/** A lane by its number, or the list `k` of a coin as `~k`. */
type Item = number;

/** Lists of a coin: list `k` is what items `2 k` and `2 k + 1` hold, which are lanes or lists before it. */
export type LeastLists = Int32Array;

/** What is looked through for a joint loss: items by combination and coin. */
export interface JointPlan {
  readonly lists: readonly LeastLists[];
  /** Of lanes that maintenance sees, and those beside them that initial sees. */
  readonly seen: Int32Array;
  readonly others: Int32Array;
  /** 1 for a coin whose lists hold just what each line sees: held alone, it loses jointly what it loses by itself. */
  readonly alone: Uint8Array;
}

/** Beyond so many combinations none is left out: comparing all would take longer than sweeping them. */
const COMPARED_MAX = 4_096;

/** The lists of one coin. */
class Lists {
  readonly words: number;
  private readonly lanes: number;
  private readonly known = new Map<string, number>();
  readonly all: (readonly number[])[] = [];
  private readonly masks: Uint32Array[] = [];
  private readonly holding = new Map<number, boolean>();

  constructor(lanes: number) {
    this.lanes = lanes;
    this.words = Math.ceil(lanes / 32);
  }

  /** The item of some lanes, ascending. */
  item(lanes: readonly number[]): Item {
    if (lanes.length === 1) return lanes[0]!;
    const key = lanes.join(' ');
    let k = this.known.get(key);
    if (k === undefined) {
      k = this.all.push(lanes) - 1;
      this.known.set(key, k);
    }
    return ~k;
  }

  lanesOf(item: Item): readonly number[] {
    return item >= 0 ? [item] : this.all[~item]!;
  }

  private maskOf(item: Item): Uint32Array {
    const place = item >= 0 ? item : this.lanes + ~item;
    const known = this.masks[place];
    if (known !== undefined) return known;
    const mask = new Uint32Array(this.words);
    for (const lane of this.lanesOf(item)) mask[lane >> 5]! |= 1 << (lane & 31);
    this.masks[place] = mask;
    return mask;
  }

  /** Whether the lanes of `outer` hold those of `inner`. */
  holds(outer: Item, inner: Item): boolean {
    if (outer === inner) return true;
    if (outer >= 0) return false;
    const key = ~outer * 2 ** 26 + (inner >= 0 ? inner : this.lanes + ~inner);
    const known = this.holding.get(key);
    if (known !== undefined) return known;
    const [a, b] = [this.maskOf(outer), this.maskOf(inner)];
    let isHeld = true;
    for (let w = 0; w < this.words && isHeld; w++) isHeld = (b[w]! & ~a[w]!) === 0;
    this.holding.set(key, isHeld);
    return isHeld;
  }
}

type Combination = readonly Item[];

/** All combinations of the lanes for which `sees`: everything in one lane, and every driver. */
function combinationsOf(
  plan: CombinePlan,
  lists: readonly Lists[],
  sees: (lane: number) => boolean,
): Combination[] {
  const found = new Map<string, Combination>();
  const add = (items: Combination) => found.set(items.join(','), items);
  const lanes = plan.coins.map((_, lane) => lane).filter(sees);
  for (const lane of lanes) if (plan.coins[lane] === undefined) add(lists.map(() => lane));
  for (const { name, underlying, partners } of plan.drivers) {
    const groups = new Map<string, { items: Item[]; own: number[] }>();
    for (const lane of lanes) {
      const coin = plan.coins[lane];
      if (coin !== undefined && coin !== name) continue;
      const items = lists.map((list, u) => {
        const { from, lanes: near } = partners[u]!;
        return u === underlying ? 0 : list.item([...near.subarray(from[lane], from[lane + 1])]);
      });
      const key = items.join(',');
      const group = groups.get(key) ?? { items, own: [] };
      group.own.push(lane);
      groups.set(key, group);
    }
    for (const { items, own } of groups.values()) {
      add(items.map((item, u) => (u === underlying ? lists[u]!.item(own) : item)));
    }
  }
  return [...found.values()];
}

/** Those that no other one holds, nor one of `before`. */
function outermost(
  all: readonly Combination[],
  lists: readonly Lists[],
  before: readonly Combination[] = [],
): Combination[] {
  if (all.length + before.length > COMPARED_MAX) return [...all];
  const holds = (outer: Combination, inner: Combination) =>
    outer.every((item, u) => lists[u]!.holds(item, inner[u]!));
  const kept: Combination[] = [];
  for (const own of all) {
    if (before.some((other) => holds(other, own)) || kept.some((other) => holds(other, own))) continue;
    for (let k = kept.length - 1; k >= 0; k--) if (holds(own, kept[k]!)) kept.splice(k, 1);
    kept.push(own);
  }
  return kept;
}

/** Lists in the making, as names of lanes and of parts; parts are lists that others are made of. */
class Parts {
  /** What each part is made of; part `n` is named `~n`. */
  readonly made: (readonly Item[])[] = [];
  lists: (readonly Item[])[];

  constructor(lists: readonly (readonly number[])[]) {
    this.lists = [...lists];
  }

  part(items: readonly Item[]): Item {
    return ~(this.made.push(items) - 1);
  }

  /** Lanes that are always together become a part. */
  joinTwins(): void {
    const where = new Map<number, number[]>();
    this.lists.forEach((list, n) => {
      for (const lane of list) where.set(lane, [...(where.get(lane) ?? []), n]);
    });
    const twins = new Map<string, number[]>();
    for (const [lane, lists] of where) twins.set(lists.join(), [...(twins.get(lists.join()) ?? []), lane]);
    const named = new Map<number, Item>();
    for (const lanes of twins.values()) {
      const name = lanes.length === 1 ? lanes[0]! : this.part(lanes);
      for (const lane of lanes) named.set(lane, name);
    }
    this.lists = this.lists.map((list) => [...new Set(list.map((lane) => named.get(lane)!))]);
  }

  /** The two names that are together in most lists become a part, as long as that spares anything. */
  joinPairs(): void {
    const size = this.lists.reduce((sum, list) => sum + list.length ** 2, 0);
    for (let round = 0; round < ROUNDS_MAX && size < PAIRS_MAX; round++) {
      const counts = new Map<string, number>();
      let best = { pair: '', count: 2 };
      for (const list of this.lists) {
        for (let i = 0; i < list.length; i++) {
          for (let j = i + 1; j < list.length; j++) {
            const pair = `${Math.min(list[i]!, list[j]!)},${Math.max(list[i]!, list[j]!)}`;
            const count = (counts.get(pair) ?? 0) + 1;
            counts.set(pair, count);
            if (count > best.count) best = { pair, count };
          }
        }
      }
      if (best.count <= 2) return;
      const [a, b] = best.pair.split(',').map(Number) as [Item, Item];
      const name = this.part([a, b]);
      this.lists = this.lists.map((list) =>
        list.includes(a) && list.includes(b)
          ? [name, ...list.filter((item) => item !== a && item !== b)]
          : list,
      );
    }
  }
}

/** Pairs are joined so often, and where lists are so small that counting them takes less than it spares. */
const ROUNDS_MAX = 200;
const PAIRS_MAX = 20_000;

/** Lists that combinations name, two by two of what stands before them; and the items that they are. */
function leastLists(
  lists: Lists,
  used: ReadonlySet<number>,
): { readonly made: LeastLists; readonly items: ReadonlyMap<number, Item> } {
  const order = [...used];
  const parts = new Parts(order.map((k) => lists.all[k]!));
  parts.joinTwins();
  parts.joinPairs();
  const pairs: number[] = [];
  const named: Item[] = [];
  const itemOf = (item: Item) => (item >= 0 ? item : named[~item]!);
  // Two by two, then those two by two, so that no list waits long for another.
  const join = (items: readonly Item[]): Item => {
    let left = items.map(itemOf);
    while (left.length > 1) {
      const next: Item[] = [];
      for (let i = 0; i + 1 < left.length; i += 2) next.push(~((pairs.push(left[i]!, left[i + 1]!) - 2) / 2));
      if (left.length % 2 === 1) next.push(left.at(-1)!);
      left = next;
    }
    return left[0]!;
  };
  for (const own of parts.made) named.push(join(own));
  const items = new Map(order.map((k, n) => [k, join(parts.lists[n]!)]));
  return { made: Int32Array.from(pairs), items };
}

/**
 * The combinations of a plan. Sums over them have the same least as `combine` finds over co-moves and drivers, to the bit.
 * @example jointPlan(book.plan, 2).seen.length
 */
export function jointPlan(plan: CombinePlan, coins: number): JointPlan {
  const lists = Array.from({ length: coins }, () => new Lists(plan.coins.length));
  const seen = outermost(
    combinationsOf(plan, lists, (lane) => plan.seen.maintenance[lane] === 1),
    lists,
  );
  const others = outermost(
    combinationsOf(plan, lists, () => true),
    lists,
    seen,
  );
  const isAlone = (own: Lists, u: number) => {
    const bySeen = new Set(seen.flatMap((items) => own.lanesOf(items[u]!)));
    const all = new Set([...bySeen, ...others.flatMap((items) => own.lanesOf(items[u]!))]);
    const maintenance = plan.seen.maintenance;
    return (
      bySeen.size === maintenance.reduce((sum, sees) => sum + sees, 0) &&
      [...bySeen].every((lane) => maintenance[lane] === 1) &&
      all.size === plan.coins.length
    );
  };
  const used = lists.map(() => new Set<number>());
  for (const items of [...seen, ...others]) {
    items.forEach((item, u) => {
      if (item < 0) used[u]!.add(~item);
    });
  }
  const made = lists.map((own, u) => leastLists(own, used[u]!));
  const placed = (combinations: readonly Combination[]) =>
    Int32Array.from(
      combinations.flatMap((items) =>
        items.map((item, u) => (item >= 0 ? item : made[u]!.items.get(~item)!)),
      ),
    );
  return {
    lists: made.map(({ made: own }) => own),
    seen: placed(seen),
    others: placed(others),
    alone: Uint8Array.from(lists, (own, u) => (isAlone(own, u) ? 1 : 0)),
  };
}
