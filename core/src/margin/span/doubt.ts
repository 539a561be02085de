// SPAN's parameters doubted leaf by leaf, before a book is built.

import type { Refusal } from '../../base/index.ts';
import { type Bounds, Doubt } from '../doubt.ts';
import type { ParameterForm } from '../form.ts';
import type { CoinSpread, SpanParameters } from './parameters.ts';

const SHARE: Bounds = [0, 1];
/** No more than this of a risk is given back for an offset: EMIR RTS 153/2013, Article 27(4). */
const CREDIT_MAX = 0.8;
/** A haircut above this would leave a balance worth nothing, and more of it could lower excess. */
const HAIRCUT_MAX = 0.98;
/** The lowest price of a scenario, as a fall: prices stay above zero. */
const FALL_MAX = 0.95;
/** So that weights written in decimals may sum to one. */
const WEIGHT_SLACK = 1e-9;
const ROWS_MAX = 200;

const TOP_BOUNDS: Readonly<Record<string, Bounds>> = {
  lookAheadDays: [0, 30],
  shortMinimum: SHARE,
  releaseBuffer: [0, 10],
  initialRatio: [1, 10],
};
const HAIRCUT_BOUNDS = { haircut: [0, HAIRCUT_MAX], owed: [0, 10] } as const;
const COIN_BOUNDS: Readonly<Record<string, Bounds>> = {
  priceScan: [1e-6, FALL_MAX],
  volScan: [0, 5],
  calendarFactor: [0, 100],
  ...HAIRCUT_BOUNDS,
};

/** The first thing wrong with a parameter set, as a refusal that names the field; undefined when it is sound. */
export function doubtSpan(parameters: SpanParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  const { extreme, deltaWeights, delivery, volScaling } = parameters;
  doubt.within('', parameters, TOP_BOUNDS);
  if (!['points', 'relative'].includes(parameters.volForm)) doubt.say('volForm', 'points or relative');
  doubt.within('volScaling.', volScaling, { short: [0, 2], long: [0, 2], dteFloor: [1e-3, 366] });
  doubt.within('extreme.', extreme, { ranges: [1, 20], cover: SHARE });
  doubt.within('deltaWeights.', deltaWeights, {
    still: SHARE,
    third: SHARE,
    twoThirds: SHARE,
    whole: SHARE,
  });
  const { still, third, twoThirds, whole } = deltaWeights;
  if (Math.abs(still + 2 * (third + twoThirds + whole) - 1) > WEIGHT_SLACK) {
    doubt.say('deltaWeights', 'weights whose still and twice whose others sum to one');
  }
  doubt.within('delivery.', delivery, { days: [0, 366], outright: SHARE, spread: SHARE });
  if (1 + parameters.releaseBuffer > parameters.initialRatio)
    doubt.say('releaseBuffer', 'at most initialRatio - 1');
  doubtAssets(parameters, doubt);
  doubtTiers(parameters, doubt);
  for (const spread of parameters.credits) doubtCredit(spread, doubt);
  doubtTwice(
    'credits',
    parameters.credits.map(({ left, right }) => [left, right]),
    doubt,
  );
  return doubt.found;
}

function doubtAssets(parameters: SpanParameters, doubt: Doubt): void {
  const { coins, otherCoin, pegs, extreme } = parameters;
  for (const [name, coin] of [...Object.entries(coins), ['otherCoin', otherCoin] as const]) {
    const path = name === 'otherCoin' ? name : `coins.${name}`;
    doubt.within(`${path}.`, coin, COIN_BOUNDS);
    if (coin.priceScan * extreme.ranges > FALL_MAX) {
      doubt.say(`${path}.priceScan times extreme.ranges`, `at most ${FALL_MAX}`);
    }
  }
  for (const [name, peg] of Object.entries(pegs)) {
    doubt.within(`pegs.${name}.`, peg, HAIRCUT_BOUNDS);
    if (Object.hasOwn(coins, name)) doubt.say(`pegs.${name}`, 'left out: it is a coin');
  }
  const dollar = Object.hasOwn(pegs, 'USD') ? pegs['USD'] : undefined;
  if (dollar?.haircut !== 0 || dollar.owed !== 0) doubt.say('pegs.USD', 'there, with haircut and owed 0');
}

function doubtTiers({ tiers, calendar }: SpanParameters, doubt: Doubt): void {
  const names = new Set(tiers.map(({ name }) => name));
  if (names.size !== tiers.length) doubt.say('tiers', 'named once each');
  let before = Number.NEGATIVE_INFINITY;
  for (const { name, days } of tiers) {
    doubt.within(`tiers ${name} `, { days }, { days: [0, 1e6] });
    if (!(days > before)) doubt.say(`tiers ${name} days`, 'above those of the tier before');
    before = days;
  }
  if (!(before >= 3660))
    doubt.say('the last of tiers', 'of at least 3660 days, so that no expiry is without a tier');
  for (const { near, far, rate, priority } of calendar) {
    const path = `calendar ${near}/${far}`;
    doubt.within(`${path} `, { rate, priority }, { rate: SHARE, priority: [0, 1e6] });
    for (const name of [near, far]) if (!names.has(name)) doubt.say(`${path} ${name}`, 'the name of a tier');
  }
  doubtTwice(
    'calendar',
    calendar.map(({ near, far }) => [near, far]),
    doubt,
  );
}

function doubtCredit(spread: CoinSpread, doubt: Doubt): void {
  const { left, right } = spread;
  const path = `credits ${left}/${right}`;
  doubt.within(`${path} `, spread, {
    priority: [0, 1e6],
    leftDelta: [1e-6, 1e6],
    rightDelta: [1e-6, 1e6],
    rate: [0, CREDIT_MAX],
  });
  if (left === right) doubt.say(path, 'of two coins');
}

/** A pair that stands twice, either way round, would be spread by whichever line came first. */
function doubtTwice(table: string, pairs: readonly (readonly string[])[], doubt: Doubt): void {
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key = [...pair].sort().join('/');
    if (seen.has(key)) doubt.say(`${table} ${key}`, 'there once');
    seen.add(key);
  }
}

/** How a file may depart from SPAN's parameters: new coins and stable assets; tables are replaced whole. */
export const spanForm: ParameterForm<SpanParameters> = {
  fields: {
    coins: { kind: 'map', names: 'asset', fresh: 'otherCoin' },
    // A new stable asset must state its haircut: nothing is refused as too much.
    pegs: { kind: 'map', names: 'asset', fresh: { haircut: Number.NaN, owed: Number.NaN } },
    volForm: { kind: 'words', words: ['points', 'relative'] },
    tiers: { kind: 'list', item: { name: '', days: 0 }, most: ROWS_MAX },
    calendar: { kind: 'list', item: { priority: 0, near: '', far: '', rate: 0 }, most: ROWS_MAX },
    credits: {
      kind: 'list',
      item: { priority: 0, left: '', right: '', leftDelta: 0, rightDelta: 0, rate: 0 },
      most: ROWS_MAX,
    },
  },
  doubt: doubtSpan,
};
