// The windows a history makes for a book, and proxies for what has no history of its own (M-161, M-162).

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import type { FactorHistory, FactorKind, Market } from '../../market/index.ts';
import { underlyingOf } from '../../market/index.ts';
import { compareText, type Product } from '../../product/index.ts';
import { columnOf, type MoveColumn, type PastWindows } from '../../scenario/index.ts';
import { windowsOfLine } from './methods.ts';
import type { HistoryParameters } from './parameters.ts';

/** Coins without a history move by so much more than the one they are taken for. */
const PROXY_BETA = 1.5;
/** Term of a book's method that names a coin whose history is another's. */
export const PROXY_TERM = 'proxy:';

/** Windows by line, and the terms by which a book remembers whose history is another's. */
export interface HistoryWindows {
  readonly past: readonly PastWindows[];
  readonly terms: readonly string[];
}

/** What of a history is about some coins and stable assets; dates stay as they are. */
function relevant(
  history: FactorHistory,
  coins: ReadonlySet<string>,
  assets: ReadonlySet<string>,
): FactorHistory {
  const factors = history.factors.filter(({ kind, of }) => (kind === 'peg' ? assets.has(of) : coins.has(of)));
  return { ...history, factors };
}

/** The coin whose history stands for that of others: the one with most factors, the first of equals. */
function referenceOf({ factors }: FactorHistory, kind: FactorKind): string | undefined {
  const own = factors.filter((factor) => factor.kind === kind).map(({ of }) => of);
  const count = (coin: string) => factors.filter(({ of }) => of === coin).length;
  return own.reduce<string | undefined>(
    (best, coin) => (best === undefined || count(coin) > count(best) ? coin : best),
    undefined,
  );
}

/** A coin's own history, or whose it takes for spot and for vol. */
interface Borrowed {
  readonly coin: string;
  readonly spot: string | undefined;
  readonly vol: string | undefined;
}

function borrowedOf(
  history: FactorHistory,
  coins: readonly string[],
  withVols: ReadonlySet<string>,
): Borrowed[] | Refusal {
  const has = (kind: FactorKind, coin: string) =>
    history.factors.some((factor) => factor.kind === kind && factor.of === coin);
  const [spot, vol] = [referenceOf(history, 'spot'), referenceOf(history, 'vol')];
  if (spot === undefined) {
    return refuse(
      'no-history',
      'the history has no spot of any coin; give the bars of at least one.',
      'history',
    );
  }
  if (vol === undefined && withVols.size > 0) {
    const message = `there are options of ${[...withVols].join(', ')} and no history of any vol; give one, such as a 30-day index of BTC.`;
    return refuse('no-history', message, 'history');
  }
  return coins.flatMap((coin): Borrowed[] => {
    const needs = {
      spot: has('spot', coin) ? undefined : spot,
      vol: withVols.has(coin) && !has('vol', coin) ? vol : undefined,
    };
    return needs.spot === undefined && needs.vol === undefined ? [] : [{ coin, ...needs }];
  });
}

/** Windows in which coins without a history move as those they take theirs from, spots by more. */
function withBorrowed(windows: PastWindows, borrowed: readonly Borrowed[]): PastWindows {
  const more = borrowed.flatMap(({ coin, spot, vol }): MoveColumn[] => {
    const spots = spot === undefined ? undefined : columnOf(windows, 'spot', spot);
    const vols = vol === undefined ? undefined : columnOf(windows, 'vol', vol);
    return [
      ...(spots === undefined
        ? []
        : [
            {
              kind: 'spot',
              of: coin,
              relative: spots.map((move) => Math.max(-0.99, PROXY_BETA * move)),
            } as const,
          ]),
      ...(vols === undefined ? [] : [{ kind: 'vol', of: coin, relative: vols } as const]),
    ];
  });
  return { ...windows, moves: [...windows.moves, ...more] };
}

/**
 * The windows of a market's history for both lines, for the products of a book. A coin without a history of its own takes that of the coin with
 * most factors, spots moved half as far again, and is granted no offset; its vol is that of the coin that has one. Refused: no history at all, options
 * without any vol in it, and a history too short for the coverage.
 * @example historyWindows(products, market, historyDefaults).past.length // 2, one for each line; where they are drawn, one for each set of each
 */
export function historyWindows(
  products: readonly Product[],
  market: Market,
  given: HistoryParameters,
  vols?: ReadonlyMap<string, number>,
): HistoryWindows | Refusal {
  const { history } = market;
  if (history === undefined) {
    return refuse(
      'no-history',
      'this model looks back and was given no history; give bars with --history.',
      'history',
    );
  }
  const coins = [...new Set(products.map(({ underlying }) => underlying))]
    .filter((coin) => underlyingOf(market, coin) !== undefined)
    .sort(compareText);
  if (coins.length === 0) return { past: [], terms: [] };
  const withVols = new Set(
    products.flatMap(({ kind, underlying }) =>
      kind === 'option' || kind === 'structured' ? [underlying] : [],
    ),
  );
  const borrowed = borrowedOf(history, coins, withVols);
  if (isRefusal(borrowed)) return borrowed;
  const named = new Set([
    ...coins,
    ...borrowed.flatMap(({ spot, vol }) => [spot, vol].filter((coin) => coin !== undefined)),
  ]);
  const assets = new Set(products.flatMap(({ kind, id }) => (kind === 'asset' ? [id] : [])));
  const own = relevant(history, named, assets);
  const past: PastWindows[] = [];
  for (const line of ['maintenance', 'initial'] as const) {
    // Maintenance is forced selling, so it sees the governed vol; initial sees the vol of now as well.
    const sets = windowsOfLine(own, given, line, line === 'initial' ? undefined : vols);
    if (isRefusal(sets)) return sets;
    past.push(...sets.map((windows) => withBorrowed(windows, borrowed)));
  }
  const terms = borrowed.flatMap(({ coin, spot }) => (spot === undefined ? [] : [`${PROXY_TERM}${coin}`]));
  return { past, terms };
}
