// OKX's parameters doubted field by field, and how a file may depart from them.

import type { Refusal } from '../../../base/index.ts';
import { type Bounds, Doubt } from '../../doubt.ts';
import type { ParameterForm } from '../../form.ts';
import {
  type OkxCoin,
  type OkxParameters,
  type OkxStable,
  type OkxVolNode,
  okxHistory,
} from './parameters.ts';
import type { OkxTier } from './terms.ts';

const SHARE: Bounds = [0, 1];
const DOLLARS: Bounds = [0, 1e18];
const MOVES_MAX = 8;
const TIERS_MAX = 32;

/** The first thing wrong with a parameter set. */
export function doubtOkx(parameters: OkxParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubt.within('', parameters, {
    thetaDays: [0, 30],
    extremeShare: SHARE,
    vegaOffset: [0, 2],
    initialFactor: [1, 10],
    futureFee: [0, 0.1],
  });
  doubt.within('option.', parameters.option, { deltaMin: SHARE, fee: [0, 0.1], feeCap: SHARE });
  doubtNodes('vols.points', parameters.vols.points, doubt);
  doubtNodes('vols.relative', parameters.vols.relative, doubt);
  const { near, far } = parameters.depeg;
  doubt.within('depeg.near.', near, { price: SHARE });
  doubt.within('depeg.far.', far, { price: SHARE, factor: SHARE });
  if (!(far.price < near.price)) doubt.say('depeg.far.price', 'below depeg.near.price');
  doubtTiers('depeg.near.tiers', near.tiers, [0, far.factor], doubt);
  const rungs = parameters.otherCoin.moves.length;
  doubtCoin('otherCoin', parameters.otherCoin, rungs, doubt);
  for (const [name, coin] of Object.entries(parameters.coins)) doubtCoin(`coins.${name}`, coin, rungs, doubt);
  for (const [name, stable] of Object.entries(parameters.pegs)) {
    doubtBalance(`pegs.${name}`, stable, doubt);
    if (parameters.coins[name] !== undefined) doubt.say(`pegs.${name}`, 'left out: it is a coin');
  }
  if (parameters.pegs['USD'] === undefined)
    doubt.say('pegs.USD', 'there: it is what everything is counted in');
  return doubt.found;
}

function doubtCoin(path: string, coin: OkxCoin, rungs: number, doubt: Doubt): void {
  if (coin.moves.length === 0 || coin.moves.length !== rungs) {
    doubt.say(`${path}.moves`, `a list as long as that of otherCoin, at least one move`);
  }
  coin.moves.forEach((move, i) => {
    doubt.within(`${path}.moves`, { [`[${i}]`]: move }, { [`[${i}]`]: [1e-6, 0.95] });
    if (!(move > (coin.moves[i - 1] ?? 0))) doubt.say(`${path}.moves`, 'ascending');
  });
  doubt.within(`${path}.`, coin, { extreme: [1e-6, 0.95], unwind: [0, 0.5] });
  doubt.within(`${path}.basis.`, coin.basis, { min: SHARE, yearly: [0, 10] });
  doubtTiers(`${path}.tiers`, coin.tiers, [0, 1_000], doubt);
  doubtBalance(path, coin, doubt);
}

function doubtBalance(path: string, { haircut, borrow }: OkxStable, doubt: Doubt): void {
  doubt.within(`${path}.`, { haircut }, { haircut: [0, 0.98] });
  doubt.within(`${path}.borrow.`, borrow, { maintenance: SHARE, initial: SHARE });
  if (!(borrow.maintenance <= borrow.initial)) {
    doubt.say(`${path}.borrow.maintenance`, `at most ${path}.borrow.initial`);
  }
}

/** A size's slices: from zero up, none counting less than the one below it. */
function doubtTiers(path: string, tiers: readonly OkxTier[], factors: Bounds, doubt: Doubt): void {
  if (tiers[0]?.from !== 0) doubt.say(path, 'a list that begins at 0');
  tiers.forEach((tier, i) => {
    doubt.within(`${path}[${i}].`, tier, { from: DOLLARS, factor: factors });
    const before = tiers[i - 1];
    if (before !== undefined && !(tier.from > before.from && tier.factor >= before.factor)) {
      doubt.say(path, 'ascending, by where a slice begins and by its factor');
    }
  });
}

function doubtNodes(path: string, nodes: readonly OkxVolNode[], doubt: Doubt): void {
  if (nodes.length === 0) doubt.say(path, 'a list of at least one tenor');
  nodes.forEach((node, i) => {
    doubt.within(`${path}[${i}].`, node, { days: [0, 36_600], move: [0, 5] });
    if (i > 0 && !(node.days > nodes[i - 1]!.days)) doubt.say(path, 'ascending by days');
  });
}

const tierList = { kind: 'list', item: { from: 0, factor: 1 }, most: TIERS_MAX } as const;
const nodeList = { kind: 'list', item: { days: 0, move: 0 }, most: TIERS_MAX } as const;
const coinFields = {
  kind: 'fields',
  fields: { moves: { kind: 'list', item: 0, most: MOVES_MAX }, tiers: tierList },
} as const;

/** How a file may depart: new coins start as `otherCoin`, new dollar coins as USDT. */
export const okxForm: ParameterForm<OkxParameters> = {
  fields: {
    coins: { kind: 'map', names: 'asset', fresh: 'otherCoin', item: coinFields },
    otherCoin: coinFields,
    pegs: { kind: 'map', names: 'asset', fresh: okxHistory[0].parameters.pegs['USDT']! },
    vols: { kind: 'fields', fields: { points: nodeList, relative: nodeList } },
    depeg: { kind: 'fields', fields: { near: { kind: 'fields', fields: { tiers: tierList } } } },
  },
  doubt: doubtOkx,
};
