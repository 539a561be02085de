// Suites that cannot be answered yet, each with what it waits for. Answering one means moving its name from here to a suite file.

/** Longest prefix wins; every name that no suite answers gets a reason from here. */
const WAITS: readonly (readonly [prefix: string, reason: string])[] = [
  ['auction.', 'needs liquidation'],
  ['derive.AUCTION', 'needs liquidation'],
  ['derive.LIQUIDATION_SIM', 'needs liquidation'],
  ['Paradex', 'needs model paradex'],
];

/** What a suite waits for. @example waitsFor('auction.decay-maker') // 'needs liquidation' */
export function waitsFor(suite: string): string {
  let best = ['', 'unknown suite'] as readonly [string, string];
  for (const wait of WAITS) {
    if (suite.startsWith(wait[0]) && wait[0].length > best[0].length) best = wait;
  }
  return best[1];
}
