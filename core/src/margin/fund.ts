// What the insurance fund must bear: a slow maintenance line is paid for here, so its price is computed and shown.

import { isRefusal, type Refusal, refuse, type Usd, usd } from '../base/index.ts';

/** An account in one scenario: what it is worth once everything moved and its contracts were closed, costs paid; below zero the fund pays. */
export interface Remainder {
  readonly account: string;
  /** Who answers for it; accounts of one owner default together. Absent: the account is its own owner. */
  readonly owner?: string;
  readonly left: Usd;
}

/** What one owner leaves unpaid. */
export interface OwnerShortfall {
  readonly owner: string;
  readonly shortfall: Usd;
}

/** A scenario as the fund sees it. */
export interface FundNeed {
  readonly scenario: string;
  /** Of every account, and of the two owners that leave most (Cover-2). */
  readonly total: Usd;
  readonly cover2: Usd;
  /** Owners that leave anything unpaid, the largest first, of equal ones in order of name. */
  readonly owners: readonly OwnerShortfall[];
}

/**
 * Shortfalls of one scenario (M-159): `max(0, -left)` of every account, added up by owner: what one account has left does not pay for another's,
 * since accounts share no equity. Cover-2 is the sum of the two largest owners' (PFMI principle 4; EMIR Article 43(2)). Exact integers.
 * @example fundNeed('crash', [{ account: 'a', left: usd(-5n) }, { account: 'b', left: usd(3n) }]).total // 5n
 */
export function fundNeed(scenario: string, remainders: readonly Remainder[]): FundNeed {
  const byOwner = new Map<string, bigint>();
  for (const { account, owner, left } of remainders) {
    if (left < 0n) byOwner.set(owner ?? account, (byOwner.get(owner ?? account) ?? 0n) - left);
  }
  const owners = [...byOwner]
    .map(([owner, shortfall]) => ({ owner, shortfall: usd(shortfall) }))
    .sort((a, b) =>
      a.shortfall === b.shortfall ? (a.owner < b.owner ? -1 : 1) : a.shortfall > b.shortfall ? -1 : 1,
    );
  const sum = (items: readonly OwnerShortfall[]) =>
    usd(items.reduce((all, { shortfall }) => all + shortfall, 0n));
  return { scenario, total: sum(owners), cover2: sum(owners.slice(0, 2)), owners };
}

/** Over scenarios: which asks most of the fund if two owners default, and which if all do; the first of equals. */
export interface FundSize {
  readonly cover2: FundNeed;
  readonly total: FundNeed;
}

/** The largest needs of some scenarios. Refuses an empty list. @example fundSize(needs).cover2.cover2 */
export function fundSize(needs: readonly FundNeed[]): FundSize | Refusal {
  const [first, ...rest] = needs;
  if (first === undefined) return refuse('empty', 'there is no scenario; give at least one.', 'fund');
  return {
    cover2: rest.reduce((most, need) => (need.cover2 > most.cover2 ? need : most), first),
    total: rest.reduce((most, need) => (need.total > most.total ? need : most), first),
  };
}

/** The smallest stress that a fund does not survive. */
export interface ReverseStress {
  /** The smallest size found at which the need exceeds the fund, and the largest below it at which it does not. */
  readonly size: number;
  readonly survived: number;
  readonly need: FundNeed;
}

/** Sizes are narrowed to this share of the largest. */
const SIZE_TOLERANCE = 1e-6;
const SIZES_MAX = 10_000;

/**
 * Reverse stress (M-159): walks the sizes in their order, the first that needs more than the fund is narrowed between itself and the one before,
 * nothing being assumed of larger sizes: a need may fall again. Undefined where no size exhausts the fund. `cover` says whose shortfalls
 * count. Sizes are of whatever `needAt` takes (a share of a fall, a multiple of a scenario), ascending from above zero; zero itself is the
 * market as it is. What happens between two sizes that both survive is not seen: give them as close as the book has strikes. Refuses sizes out of
 * order, and what `needAt` refuses.
 * @example reverseStress(fund, 'total', [0.1, 0.2, 0.4], (fall) => needAfter(fall))
 */
export function reverseStress(
  fund: Usd,
  cover: 'cover2' | 'total',
  sizes: readonly number[],
  needAt: (size: number) => FundNeed | Refusal,
): ReverseStress | undefined | Refusal {
  const ordered = sizes.every((size, i) => size > (sizes[i - 1] ?? 0) && size < Number.POSITIVE_INFINITY);
  if (sizes.length === 0 || sizes.length > SIZES_MAX || !ordered) {
    return refuse('out-of-range', `give 1 to ${SIZES_MAX} sizes, ascending from above zero.`, 'sizes');
  }
  let survived = 0;
  for (const size of [0, ...sizes]) {
    const need = needAt(size);
    if (isRefusal(need)) return need;
    if (need[cover] > fund)
      return narrowed(fund, cover, { size, survived, need }, sizes[sizes.length - 1]!, needAt);
    survived = size;
  }
  return undefined;
}

/** Halves the stretch until it is narrow; both ends keep what they were found to be. */
function narrowed(
  fund: Usd,
  cover: 'cover2' | 'total',
  found: ReverseStress,
  largest: number,
  needAt: (size: number) => FundNeed | Refusal,
): ReverseStress | Refusal {
  let { size, survived, need } = found;
  while (size - survived > SIZE_TOLERANCE * largest) {
    const middle = survived + (size - survived) / 2;
    const between = needAt(middle);
    if (isRefusal(between)) return between;
    if (between[cover] > fund) [size, need] = [middle, between];
    else survived = middle;
  }
  return { size, survived, need };
}
