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

/** Derive PMRM_2's live skew parameters; the sign is unknown, so each expiry counts as a loss. */
function skews(): Lane[] {
  const shape = { capBase: 0.25, capSlope: -0.1, kStarMin: 0.01, width: 4, volReference: 0.6 } as const;
  return (['linear', 'absolute'] as const).flatMap((form) =>
    [1, -1].map((size) =>
      lane(`skew/${form}${size > 0 ? '+' : '-'}`, 'maintenance', [{ kind: 'skew', form, size, ...shape }], {
        netting: 'loss-per-expiry',
      }),
    ),
  );
}

function shapes(): Lane[] {
  const term = (front: number, back: number, id: string) =>
    lane(`term/${id}`, 'maintenance', [{ kind: 'term', front, back, pivotDays: 30 }]);
  const basis = (size: number, id: string) =>
    lane(`basis/${id}`, 'maintenance', [{ kind: 'basis', size, add: 0.5, multiple: 2 }], {
      netting: 'loss-per-expiry',
    });
  return [
    // A front that jumps by a fifth while the back gives an eighth, and the reverse: February 2026 saw both within a week.
    term(0.2, -0.125, 'front-up'),
    term(-0.2, 0.125, 'front-down'),
    // Forwards against the index by 1 % of (0.5 + 2 T): the shape of Derive's basis contingency at a quarter of its size,
    // because here it also stands in for expiries that net against each other in every other lane.
    basis(0.01, 'up'),
    basis(-0.01, 'down'),
    // A funding spike shows as the perpetual leaving the index; 10 October 2025 saw more than 3 % on majors.
    lane('premium/up', 'maintenance', [{ kind: 'premium', relative: 0.03 }]),
    lane('premium/down', 'maintenance', [{ kind: 'premium', relative: -0.03 }]),
  ];
}

/** Stable assets: USDC in March 2023 fell 13 %, USDe printed -35 % on one venue in October 2025. Damped like the tails. */
function pegs(): Lane[] {
  return [-0.03, -0.1, -0.35].map((relative) =>
    lane(`peg${percent(relative)}%`, 'maintenance', [{ kind: 'peg', relative }], { damp: { ladder: 1 } }),
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
 * The default scenario set: the 48 lanes and their sticky-moneyness twins on the maintenance range, then the same price grid
 * and tails on the initial range for the initial line alone.
 */
export const standardScenarios: ScenarioSet = {
  id: 'standard-1',
  lanes: [
    ...lanes48,
    ...priceVolGrid('grid', 'maintenance', 'sticky-moneyness'),
    ...priceVolGrid('wide', 'initial', 'sticky-strike'),
    ...tails('wide', 'initial'),
    ...priceVolGrid('wide', 'initial', 'sticky-moneyness'),
    lane('wing/up', 'initial', [{ kind: 'wing', size: 0.15, start: 1.5, volReference: 0.6 }], {
      netting: 'loss-per-expiry',
    }),
  ],
};
