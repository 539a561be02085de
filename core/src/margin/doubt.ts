// Parameters are doubted leaf by leaf, before a book is built: a number that cannot be meant is refused by its name.

import { type Refusal, refuse } from '../base/index.ts';
import type { Lane, LaneMove, VolScaling } from '../scenario/index.ts';
import type { ParameterForm } from './form.ts';
import type { GridParameters } from './parameters.ts';

/** Smallest and largest value of a field, both allowed. */
export type Bounds = readonly [low: number, high: number];

const SIZE: Bounds = [1e-9, 1e18];
const SHARE: Bounds = [0, 1];

const COIN_BOUNDS: Readonly<Record<string, Bounds>> = {
  maintenance: [1e-6, 0.95],
  initial: [1e-6, 0.95],
  deltaVolume: SIZE,
  vegaVolume: SIZE,
  dailyMove: [0, 1],
  dailyVolMove: [0, 5],
  halfSpread: [0, 0.5],
};

const CHARGE_BOUNDS: Readonly<Record<string, Bounds>> = {
  futureFee: [0, 0.1],
  optionFee: [0, 0.1],
  optionFeeCap: SHARE,
  closeOutVol: [0, 5],
  impact: [0, 10],
  collateralCap: [0, 0.9],
  basisMin: SHARE,
  basisYearly: SHARE,
  pegThreshold: SHARE,
  pegFactor: [0, 100],
  pegCap: [0, 0.9],
  optionValueCap: [0, 1e18],
};

const TOP_BOUNDS: Readonly<Record<string, Bounds>> = {
  retained: SHARE,
  releaseBuffer: [0, 10],
  strikeNodeDays: [0, 366],
};

/** Collects the first doubt about a parameter set. @example new Doubt('desk-7').within('', { retained: 3 }, { retained: [0, 1] }) */
export class Doubt {
  found: Refusal | undefined;
  private readonly where: string;

  constructor(where: string) {
    this.where = where;
  }

  say(field: string, rule: string): void {
    this.found ??= refuse(
      'bad-parameter',
      `${field} must be ${rule}; correct it in the parameter file.`,
      this.where,
    );
  }

  /** Every field of the table stands in its bounds; NaN stands in none. */
  within(path: string, values: object, table: Readonly<Record<string, Bounds>>): void {
    for (const [field, [low, high]] of Object.entries(table)) {
      const value = (values as Record<string, unknown>)[field];
      const sound = typeof value === 'number' && value >= low && value <= high;
      if (!sound) this.say(`${path}${field}`, `in [${low}, ${high}]`);
    }
  }
}

/** The first thing wrong with a parameter set, as a refusal that names the field; undefined when it is sound. */
export function doubtParameters(parameters: GridParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubt.within('', parameters, TOP_BOUNDS);
  doubt.within('charges.', parameters.charges, CHARGE_BOUNDS);
  doubt.within('charges.shortMinimum.', parameters.charges.shortMinimum, {
    maintenance: SHARE,
    initial: SHARE,
  });
  doubtCoins(parameters, doubt);
  doubtPegs(parameters, doubt);
  doubtCorrelations(parameters, doubt);
  doubtLanes(parameters.scenarios.lanes, doubt);
  return doubt.found;
}

function doubtCoins(parameters: GridParameters, doubt: Doubt): void {
  for (const [name, coin] of [
    ...Object.entries(parameters.coins),
    ['otherCoin', parameters.otherCoin] as const,
  ]) {
    const path = name === 'otherCoin' ? name : `coins.${name}`;
    doubt.within(`${path}.`, coin, COIN_BOUNDS);
    if (coin.maintenance > coin.initial) doubt.say(`${path}.maintenance`, `at most ${path}.initial`);
    // Else another coin of collateral could lower excess.
    if (coin.initial + parameters.charges.collateralCap > 0.98) {
      doubt.say(`${path}.initial plus charges.collateralCap`, 'at most 0.98');
    }
    if ((1 + parameters.releaseBuffer) * (coin.maintenance + parameters.charges.collateralCap) > 0.98) {
      doubt.say(`(1 + releaseBuffer) times ${path}.maintenance plus charges.collateralCap`, 'at most 0.98');
    }
  }
}

function doubtPegs(parameters: GridParameters, doubt: Doubt): void {
  for (const [name, peg] of Object.entries(parameters.pegs)) {
    const most = 0.98 - parameters.charges.pegCap;
    doubt.within(`pegs.${name}.`, peg, { range: [name === 'USD' ? 0 : 1e-6, name === 'USD' ? 0 : most] });
    if (parameters.coins[name] !== undefined) doubt.say(`pegs.${name}`, 'left out: it is a coin');
  }
  if (parameters.pegs['USD'] === undefined) doubt.say('pegs.USD', 'there, with range 0');
}

function doubtCorrelations({ correlations }: GridParameters, doubt: Doubt): void {
  doubt.within('correlations.', correlations, { unnamed: [-1, 1], stress: SHARE });
  for (const [pair, rho] of Object.entries(correlations.pairs)) {
    doubt.within('correlations.', { [pair]: rho }, { [pair]: [-1, 1] });
    const [left, right, ...more] = pair.split('/');
    const named = left !== '' && right !== undefined && right !== '' && more.length === 0 && left! < right;
    if (!named) doubt.say(`correlations.${pair}`, 'two codes in ascending order with a slash, as BTC/ETH');
  }
}

const MOVE_MAX = 20;

function doubtLanes(lanes: readonly Lane[], doubt: Doubt): void {
  if (lanes.length === 0) doubt.say('scenarios.lanes', 'at least one lane');
  if (!lanes.some((lane) => lane.line === 'maintenance')) {
    doubt.say('scenarios.lanes', 'a list with at least one maintenance lane');
  }
  const ids = new Set<string>();
  for (const lane of lanes) {
    const path = `scenarios lane ${lane.id}`;
    if (ids.has(lane.id)) doubt.say(path, 'named once');
    ids.add(lane.id);
    doubtDamp(lane, path, doubt);
    for (const move of lane.moves) doubtMove(move, path, doubt);
    const twin = lane.twin === undefined ? undefined : lanes.find((other) => other.id === lane.twin);
    const paired = twin === undefined || (twin.twin === lane.id && twin.line === lane.line);
    if ((lane.twin !== undefined && twin === undefined) || !paired || (twin && lane.netting === 'sum')) {
      doubt.say(`${path} twin`, 'a loss-per-expiry lane of the same line that names this one');
    }
  }
}

function doubtDamp({ damp, moves }: Lane, path: string, doubt: Doubt): void {
  if (typeof damp === 'number') doubt.within(`${path} `, { damp }, { damp: SHARE });
  else if ('add' in damp)
    doubt.within(`${path} damp.`, damp, { add: [0, MOVE_MAX], multiple: [0, MOVE_MAX] });
  else {
    doubt.within(`${path} damp.`, damp, { ladder: [1e-6, MOVE_MAX] });
    const stands = moves.some(
      (move) => move.kind === 'spot' && ('ranges' in move ? move.ranges : move.relative) !== 0,
    );
    if (!stands) doubt.say(`${path} damp.ladder`, 'left out: no spot move to stand on');
  }
}

function doubtMove(move: LaneMove, path: string, doubt: Doubt): void {
  const bounds = Object.entries(move).flatMap(([field, value]): [string, Bounds][] => {
    if (typeof value !== 'number') return [];
    if (field === 'relative') return [[field, [-0.999, MOVE_MAX]]];
    if (field === 'days') return [[field, [0, 366]]];
    return [[field, [-MOVE_MAX, MOVE_MAX]]];
  });
  const days = bounds.map(([field, bound]): [string, Bounds] => [
    field,
    field === 'pivotDays' ? [1e-6, 3660] : bound,
  ]);
  doubt.within(`${path} ${move.kind}.`, move, Object.fromEntries(days));
  if (move.kind === 'vol') {
    doubtScaling(move.scaling, `${path} vol.scaling.`, doubt);
    if (move.floor !== undefined) doubt.within(`${path} vol.`, move, { floor: [0, MOVE_MAX] });
  }
}

function doubtScaling(scaling: VolScaling, path: string, doubt: Doubt): void {
  if (!('nodes' in scaling)) {
    doubt.within(path, scaling, { short: [0, 2], long: [0, 2], dteFloor: [1e-3, 366] });
    return;
  }
  const { nodes } = scaling;
  nodes.forEach((node, i) => {
    const after = nodes[i - 1]?.days ?? -1;
    doubt.within(`${path}nodes.${i}.`, node, { days: [0, 36_600], factor: [-MOVE_MAX, MOVE_MAX] });
    if (node.days <= after) doubt.say(`${path}nodes`, 'ascending by days, each stated once');
  });
  if (nodes.length === 0) doubt.say(`${path}nodes`, 'at least one node');
}

/** How a file may depart from grid's parameters: new coins, stable assets and pairs; lanes are replaced as a set. */
export const gridForm: ParameterForm<GridParameters> = {
  fields: {
    coins: { kind: 'map', names: 'asset', fresh: 'otherCoin' },
    // A new stable asset must state its range: nothing is refused as too little.
    pegs: { kind: 'map', names: 'asset', fresh: { range: 0 } },
    correlations: { kind: 'fields', fields: { pairs: { kind: 'map', names: 'pair', fresh: 0 } } },
    scenarios: { kind: 'scenarios' },
  },
  doubt: doubtParameters,
};
