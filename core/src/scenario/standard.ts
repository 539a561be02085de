// The house's scenario file. Every number is defended here; a venue that disagrees writes its own file.

import type { Lane, LaneLine, LaneMove, ScenarioSet, SmileRule, TermScaling } from './shock.ts';

/** Deribit's and Derive's published powers: short vols move as DTE^-0.30, long ones as DTE^-0.13; a day is the floor. */
export const TERM_SCALING: TermScaling = { short: 0.3, long: 0.13, dteFloor: 1 };

const PRICES = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1] as const;

/** +50 % and -25 % of vol at 30 days, never below 50 % after an upward shock: Deribit's risk matrix. */
const VOLS: readonly { readonly id: string; readonly moves: readonly LaneMove[] }[] = [
  {
    id: 'vol-up',
    moves: [{ kind: 'vol', form: 'relative', size: 0.5, scaling: TERM_SCALING, floor: 0.5 }],
  },
  { id: 'vol-same', moves: [] },
  { id: 'vol-down', moves: [{ kind: 'vol', form: 'relative', size: -0.25, scaling: TERM_SCALING }] },
];
const VOL_UP = VOLS[0]!.moves;

/** Deribit's extended table: from a two-thirds crash to six times the price. */
const TAILS = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5] as const;
/** Derive's ladder: a linear position loses 13.86 % of notional at every rung where the scan range is 16 %. */
const TAIL_LADDER = 0.1386 / 0.16;

function percent(x: number): string {
  return `${x < 0 ? '-' : '+'}${Math.round(Math.abs(x) * 100)}`;
}

function lane(id: string, line: LaneLine, moves: readonly LaneMove[], rest: Partial<Lane> = {}): Lane {
  return { id, line, moves, smile: 'sticky-strike', damp: 1, netting: 'sum', ...rest };
}

/** Nine prices by three vols. Under sticky moneyness the unmoved price is left out: it is the same market. */
export function priceVolGrid(prefix: string, line: LaneLine, smile: SmileRule): Lane[] {
  const lanes: Lane[] = [];
  for (const price of PRICES) {
    if (price === 0 && smile === 'sticky-moneyness') continue;
    for (const vol of VOLS) {
      const suffix = smile === 'sticky-moneyness' ? '/moneyness' : '';
      const moves: LaneMove[] =
        price === 0 ? [...vol.moves] : [{ kind: 'spot', ranges: price }, ...vol.moves];
      lanes.push(lane(`${prefix}/spot${percent(price)}%r/${vol.id}${suffix}`, line, moves, { smile }));
    }
  }
  return lanes;
}

function tails(prefix: string, line: LaneLine): Lane[] {
  return TAILS.map((relative) =>
    lane(`${prefix}/tail${percent(relative)}%`, line, [{ kind: 'spot', relative }, ...VOL_UP], {
      damp: { ladder: TAIL_LADDER },
    }),
  );
}

/** Two lanes that move opposite ways; each expiry counts with the worse of the two. */
function twins(stem: string, line: LaneLine, moves: (size: 1 | -1) => readonly LaneMove[]): Lane[] {
  const id = (size: 1 | -1) => `${stem}${size > 0 ? '+' : '-'}`;
  return ([1, -1] as const).map((size) =>
    lane(id(size), line, moves(size), { netting: 'loss-per-expiry', twin: id(size > 0 ? -1 : 1) }),
  );
}

/** Derive PMRM_2's live skew parameters, linear and absolute, both ways. */
function skews(): Lane[] {
  const shape = { capBase: 0.25, capSlope: -0.1, kStarMin: 0.01, width: 4, volReference: 0.6 } as const;
  return (['linear', 'absolute'] as const).flatMap((form) =>
    twins(`skew/${form}`, 'maintenance', (size) => [{ kind: 'skew', form, size, ...shape }]),
  );
}

function shapes(): Lane[] {
  const term = (front: number, back: number, id: string) =>
    lane(`term/${id}`, 'maintenance', [{ kind: 'term', front, back, pivotDays: 30 }]);
  return [
    // A front that jumps by a fifth while the back gives an eighth, and the reverse: February 2026 saw both within a week.
    term(0.2, -0.125, 'front-up'),
    term(-0.2, 0.125, 'front-down'),
    // Forwards against the index by 0.4 % and 0.4 % a year: calendar spreads of 2025-12 to 2026-04 moved by at most 0.64 % in six hours.
    ...twins('basis', 'maintenance', (size) => [{ kind: 'basis', size: 0.004 * size, add: 1, multiple: 1 }]),
    // A funding spike shows as the perpetual leaving the index; 10 October 2025 saw more than 3 % on majors.
    lane('premium+', 'maintenance', [{ kind: 'premium', relative: 0.03 }]),
    lane('premium-', 'maintenance', [{ kind: 'premium', relative: -0.03 }]),
  ];
}

/**
 * Stable assets against the dollar: -3 % in full, -10 % and -35 % in part. USDC fell 13 % in March 2023, USDe printed -35 % on one venue
 * in October 2025; what a single asset may do alone is its own peg range, in lanes that the model adds.
 */
function pegs(): Lane[] {
  const rungs = [
    { relative: -0.03, damp: 1, line: 'maintenance' },
    { relative: -0.1, damp: 0.4, line: 'maintenance' },
    { relative: -0.35, damp: 0.15, line: 'maintenance' },
  ] as const;
  return rungs.map(({ relative, damp, line }) =>
    lane(`peg${percent(relative)}%`, line, [{ kind: 'peg', relative }], { damp }),
  );
}

/** The 48 lanes of the reference grid: 27 prices x vols, 8 tails, 4 skews, 2 twists, 2 bases, 2 premiums, 3 pegs. */
export const lanes48: readonly Lane[] = [
  ...priceVolGrid('grid', 'maintenance', 'sticky-strike'),
  ...tails('grid', 'maintenance'),
  ...skews(),
  ...shapes(),
  ...pegs(),
];

/**
 * The default scenario set: the 48 lanes and their sticky-moneyness twins on the maintenance range, the return of stable assets to par;
 * then the same price grid and tails on the initial range, and the wings, for the initial line alone.
 */
export const standardScenarios: ScenarioSet = {
  id: 'standard-1',
  lanes: [
    ...lanes48,
    ...priceVolGrid('grid', 'maintenance', 'sticky-moneyness'),
    lane('peg/par', 'maintenance', [{ kind: 'par' }]),
    ...priceVolGrid('wide', 'initial', 'sticky-strike'),
    ...tails('wide', 'initial'),
    ...priceVolGrid('wide', 'initial', 'sticky-moneyness'),
    ...twins('wing', 'initial', (size) => [
      { kind: 'wing', size: 0.15 * size, start: 1.5, volReference: 0.6 },
    ]),
  ],
};
