// Parameter files: only what differs from the defaults is written, and every word is checked against them.

import { type Refusal, refuse } from '../base/index.ts';
import { type CoinParameters, doubtParameters, type GridParameters } from '../margin/index.ts';
import type { Lane, LaneMove, ScenarioSet, TermScaling } from '../scenario/index.ts';
import { any, below, Doubts, Fields, type Place, placeOf, share } from './fields.ts';
import { isJson, type Json, type JsonObject, parseJson } from './json.ts';
import { isAssetCode } from './names.ts';
import { quoted } from './words.ts';

const LANES_READ_MAX = 1024;
const MOVES_MAX = 16;
const NAMES_MAX = 1000;
/** A new stable asset must state its range: nothing is refused as too little. */
const NEW_PEG = { range: 0 };

/**
 * Lays a parameter file over a base: `{"version":"desk-7","coins":{"BTC":{"initial":0.2}},"releaseBuffer":0.1}`. Numbers replace numbers;
 * coins, pegs and correlation pairs may be new, a coin starts from `otherCoin`; `scenarios` replaces the set.
 * Refuses unknown words with a suggestion, and whatever `doubtParameters` refuses.
 * @example readParameters('{"releaseBuffer":0.1}', 'desk.json', gridDefaults).releaseBuffer // 0.1
 */
export function readParameters(text: string, source: string, base: GridParameters): GridParameters | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const doubts = new Doubts();
  const place = { source, path: '' };
  const object = doubts.object(root, place);
  if (object === undefined) return doubts.fault!;
  const { id, version, coins, pegs, correlations, scenarios, otherCoin, ...plain } = base;
  const fields = new Fields(root, place, Object.keys(base), doubts);
  const other = overlay(otherCoin, fields.node('otherCoin'), below(place, 'otherCoin'), doubts);
  const merged: GridParameters = {
    ...overlay(plain, only(object, Object.keys(plain)), place, doubts),
    id: fields.has('id') ? fields.text('id') : id,
    version: fields.has('version') ? fields.text('version') : `${version}+${source}`,
    otherCoin: other,
    coins: overlayMap<CoinParameters>(coins, other, fields.node('coins'), below(place, 'coins'), doubts),
    pegs: overlayMap(pegs, NEW_PEG, fields.node('pegs'), below(place, 'pegs'), doubts),
    correlations: overlayCorrelations(correlations, fields.node('correlations'), place, doubts),
    scenarios: fields.has('scenarios')
      ? readScenarios(fields.node('scenarios')!, below(place, 'scenarios'), doubts)
      : scenarios,
  };
  if (doubts.fault !== undefined) return doubts.fault;
  const doubt = doubtParameters(merged);
  return doubt === undefined ? merged : { ...doubt, where: source };
}

function only(object: JsonObject, keys: readonly string[]): JsonObject {
  return { ...object, fields: new Map([...object.fields].filter(([key]) => keys.includes(key))) };
}

/** A copy of `base` with the numbers of `node` in it; the same shape all the way down. */
function overlay<T extends object>(base: T, node: Json | undefined, place: Place, doubts: Doubts): T {
  if (node === undefined) return base;
  const fields = new Fields(node, place, Object.keys(base), doubts);
  const entries = Object.entries(base).map(([key, value]): [string, unknown] => {
    if (!fields.has(key)) return [key, value];
    if (typeof value === 'number') return [key, fields.number(key, any)];
    return [key, overlay(value as object, fields.node(key), below(place, key), doubts)];
  });
  return Object.fromEntries(entries) as T;
}

function overlayMap<T extends object>(
  base: Readonly<Record<string, T>>,
  fresh: T,
  node: Json | undefined,
  place: Place,
  doubts: Doubts,
): Readonly<Record<string, T>> {
  if (node === undefined) return base;
  const object = doubts.object(node, place);
  if (object === undefined) return base;
  const out: Record<string, T> = { ...base };
  const names = [...object.fields.keys()];
  if (names.length > NAMES_MAX) {
    doubts.refuse(
      refuse(
        'too-large',
        `There are ${names.length} names, more than the limit of ${NAMES_MAX}.`,
        place.source,
      ),
    );
  }
  for (const [name, item] of names.length > NAMES_MAX ? [] : object.fields) {
    if (!isAssetCode(name)) {
      const said = `${quoted(name)} is not an asset; write its code as the venue does, such as BTC.`;
      doubts.refuse(refuse('malformed', said, placeOf(below(place, name), item)));
    }
    out[name] = overlay(base[name] ?? fresh, item, below(place, name), doubts);
  }
  return out;
}

function overlayCorrelations(
  base: GridParameters['correlations'],
  node: Json | undefined,
  root: Place,
  doubts: Doubts,
): GridParameters['correlations'] {
  if (node === undefined) return base;
  const place = below(root, 'correlations');
  const fields = new Fields(node, place, Object.keys(base), doubts);
  const pairs: Record<string, number> = { ...base.pairs };
  if (fields.has('pairs')) {
    const at = below(place, 'pairs');
    const names = [...(doubts.object(fields.node('pairs'), at)?.fields.keys() ?? [])];
    const read = new Fields(fields.node('pairs'), at, names, doubts);
    for (const name of names) pairs[name] = read.number(name, any);
  }
  return {
    pairs,
    unnamed: fields.has('unnamed') ? fields.number('unnamed', any) : base.unnamed,
    stress: fields.has('stress') ? fields.number('stress', share) : base.stress,
  };
}

const LANE_KEYS = ['id', 'moves', 'smile', 'damp', 'netting', 'line', 'twin'] as const;

function readScenarios(node: Json, place: Place, doubts: Doubts): ScenarioSet {
  const fields = new Fields(node, place, ['id', 'lanes'], doubts);
  const lanes = fields.list('lanes', LANES_READ_MAX, (item, at) => readLane(item, at, doubts));
  return { id: fields.text('id'), lanes };
}

function readLane(node: Json, place: Place, doubts: Doubts): Lane {
  const fields = new Fields(node, place, LANE_KEYS, doubts);
  const damp = fields.node('damp');
  return {
    id: fields.text('id'),
    moves: fields.list('moves', MOVES_MAX, (item, at) => readMove(item, at, doubts)),
    smile: fields.has('smile')
      ? fields.word('smile', ['sticky-strike', 'sticky-moneyness'])
      : 'sticky-strike',
    damp:
      damp === undefined
        ? 1
        : damp.kind === 'object'
          ? { ladder: new Fields(damp, below(place, 'damp'), ['ladder'], doubts).number('ladder', any) }
          : fields.number('damp', share),
    netting: fields.has('netting') ? fields.word('netting', ['sum', 'loss-per-expiry']) : 'sum',
    line: fields.has('line') ? fields.word('line', ['maintenance', 'initial']) : 'maintenance',
    ...(fields.has('twin') ? { twin: fields.text('twin') } : {}),
  };
}

const MOVE_KEYS: Readonly<Record<LaneMove['kind'], readonly string[]>> = {
  spot: ['relative', 'ranges', 'underlying'],
  vol: ['form', 'size', 'scaling', 'floor', 'underlying'],
  skew: ['form', 'size', 'capBase', 'capSlope', 'kStarMin', 'width', 'volReference'],
  wing: ['size', 'start', 'volReference'],
  term: ['front', 'back', 'pivotDays'],
  basis: ['size', 'add', 'multiple'],
  premium: ['relative'],
  peg: ['relative', 'asset'],
  par: [],
};

function readMove(node: Json, place: Place, doubts: Doubts): LaneMove {
  const every = ['kind', ...new Set(Object.values(MOVE_KEYS).flat())];
  const kind = new Fields(node, place, every, doubts).word(
    'kind',
    Object.keys(MOVE_KEYS) as LaneMove['kind'][],
  );
  const fields = new Fields(node, place, ['kind', ...MOVE_KEYS[kind]], doubts);
  const number = (key: string) => fields.number(key, any);
  switch (kind) {
    case 'spot': {
      if (fields.has('ranges')) return { kind, ranges: number('ranges') };
      const own = fields.has('underlying') ? { underlying: fields.text('underlying') } : {};
      return { kind, relative: fields.number('relative', aboveMinusOne), ...own };
    }
    case 'vol':
      return {
        kind,
        form: fields.word('form', ['relative', 'points']),
        size: number('size'),
        scaling: readScaling(fields.node('scaling'), below(place, 'scaling'), doubts),
        ...(fields.has('floor') ? { floor: number('floor') } : {}),
        ...(fields.has('underlying') ? { underlying: fields.text('underlying') } : {}),
      };
    case 'skew':
      return {
        kind,
        form: fields.word('form', ['linear', 'absolute']),
        size: number('size'),
        capBase: number('capBase'),
        capSlope: number('capSlope'),
        kStarMin: fields.number('kStarMin', aboveZero),
        width: number('width'),
        volReference: number('volReference'),
      };
    case 'wing':
      return {
        kind,
        size: number('size'),
        start: number('start'),
        volReference: fields.number('volReference', aboveZero),
      };
    case 'term':
      return {
        kind,
        front: number('front'),
        back: number('back'),
        pivotDays: fields.number('pivotDays', aboveZero),
      };
    case 'basis':
      return { kind, size: number('size'), add: number('add'), multiple: number('multiple') };
    case 'premium':
      return { kind, relative: fields.number('relative', aboveMinusOne) };
    case 'peg': {
      const asset = fields.has('asset') ? { asset: fields.text('asset') } : {};
      return { kind, relative: fields.number('relative', aboveMinusOne), ...asset };
    }
    case 'par':
      return { kind };
  }
}

const aboveMinusOne = (value: number) =>
  value > -1 ? undefined : 'must be above -1: a price cannot fall below zero';
const aboveZero = (value: number) => (value > 0 ? undefined : 'must be above zero');

function readScaling(node: Json | undefined, place: Place, doubts: Doubts): TermScaling {
  if (node === undefined) return { short: 0, long: 0, dteFloor: 1 };
  const fields = new Fields(node, place, ['short', 'long', 'dteFloor'], doubts);
  return {
    short: fields.number('short', any),
    long: fields.number('long', any),
    dteFloor: fields.number('dteFloor', aboveZero),
  };
}
