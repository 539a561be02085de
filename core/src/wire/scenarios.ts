// Scenario sets in parameter files: lanes and their moves, word by word.

import type { Lane, LaneMove, ScenarioSet, VolScaling } from '../scenario/index.ts';
import { any, below, type Doubts, Fields, type Place, share } from './fields.ts';
import type { Json } from './json.ts';

const LANES_READ_MAX = 1024;
/** A lane may have moves of its own for each coin. */
const MOVES_MAX = 1024;
const NODES_MAX = 16;
const LANE_KEYS = ['id', 'moves', 'smile', 'damp', 'netting', 'line', 'twin', 'plain', 'window'] as const;

/** A scenario set; what is not stated of a lane is the plain case: sticky strike, in full, netted by sum, on maintenance. */
export function readScenarios(node: Json, place: Place, doubts: Doubts): ScenarioSet {
  const fields = new Fields(node, place, ['id', 'lanes'], doubts);
  const lanes = fields.list('lanes', LANES_READ_MAX, (item, at) => readLane(item, at, doubts));
  return { id: fields.text('id'), lanes };
}

/** One lane. */
export function readLane(node: Json, place: Place, doubts: Doubts): Lane {
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
          ? readDamp(damp, below(place, 'damp'), doubts)
          : fields.number('damp', share),
    netting: fields.has('netting') ? fields.word('netting', ['sum', 'loss-per-expiry']) : 'sum',
    line: fields.has('line') ? fields.word('line', ['maintenance', 'initial']) : 'maintenance',
    ...(fields.has('twin') ? { twin: fields.text('twin') } : {}),
    ...(fields.has('window') ? { window: readWindow(fields, doubts) } : {}),
    ...(fields.has('plain') ? { plain: readPlain(fields) } : {}),
  };
}

function readDamp(node: Json, place: Place, doubts: Doubts): Lane['damp'] {
  const fields = new Fields(node, place, ['ladder', 'add', 'multiple'], doubts);
  if (fields.has('ladder')) return { ladder: fields.number('ladder', any) };
  return { add: fields.number('add', any), multiple: fields.number('multiple', any) };
}

function readWindow(lane: Fields, doubts: Doubts): NonNullable<Lane['window']> {
  const keys = ['of', 'weight', 'set'] as const;
  const fields = new Fields(lane.node('window'), below(lane.place, 'window'), keys, doubts);
  const set = fields.has('set') ? { set: fields.text('set') } : {};
  return { of: fields.text('of'), weight: fields.number('weight', share), ...set };
}

function readPlain(fields: Fields): true {
  const node = fields.node('plain')!;
  if (node.kind !== 'boolean' || !node.value) fields.refuse('plain', 'It is true, or left out.');
  return true;
}

const MOVE_KEYS: Readonly<Record<LaneMove['kind'], readonly string[]>> = {
  spot: ['relative', 'ranges', 'keeps', 'underlying'],
  vol: ['form', 'size', 'scaling', 'floor', 'underlying'],
  skew: [
    'form',
    'size',
    'capBase',
    'capSlope',
    'kStarMin',
    'width',
    'volReference',
    'volSlope',
    'capMin',
    'underlying',
  ],
  wing: ['size', 'start', 'volReference'],
  term: ['front', 'back', 'pivotDays'],
  basis: ['size', 'add', 'multiple', 'underlying'],
  premium: ['relative', 'underlying'],
  peg: ['relative', 'asset'],
  par: [],
  time: ['days'],
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
      const keeps = fields.has('keeps') ? { keeps: fields.word('keeps', ['basis']) } : {};
      if (fields.has('ranges')) return { kind, ranges: number('ranges'), ...keeps };
      return { kind, relative: fields.number('relative', aboveMinusOne), ...keeps, ...ownOf(fields) };
    }
    case 'vol':
      return readVol(fields, place, doubts);
    case 'skew':
      return readSkew(fields);
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
      return {
        kind,
        size: number('size'),
        add: number('add'),
        multiple: number('multiple'),
        ...ownOf(fields),
      };
    case 'premium':
      return { kind, relative: fields.number('relative', aboveMinusOne), ...ownOf(fields) };
    case 'peg': {
      const asset = fields.has('asset') ? { asset: fields.text('asset') } : {};
      return { kind, relative: fields.number('relative', aboveMinusOne), ...asset };
    }
    case 'par':
      return { kind };
    case 'time':
      return { kind, days: number('days') };
  }
}

function readSkew(fields: Fields): LaneMove {
  const number = (key: string) => fields.number(key, any);
  return {
    kind: 'skew',
    form: fields.word('form', ['linear', 'absolute']),
    size: number('size'),
    capBase: number('capBase'),
    capSlope: number('capSlope'),
    kStarMin: fields.number('kStarMin', aboveZero),
    width: number('width'),
    volReference: number('volReference'),
    ...(fields.has('volSlope') ? { volSlope: number('volSlope') } : {}),
    ...(fields.has('capMin') ? { capMin: number('capMin') } : {}),
    ...ownOf(fields),
  };
}

function readVol(fields: Fields, place: Place, doubts: Doubts): LaneMove {
  return {
    kind: 'vol',
    form: fields.word('form', ['relative', 'points']),
    size: fields.number('size', any),
    scaling: readScaling(fields.node('scaling'), below(place, 'scaling'), doubts),
    ...(fields.has('floor') ? { floor: fields.number('floor', any) } : {}),
    ...ownOf(fields),
  };
}

/** The one coin that a move is for. */
function ownOf(fields: Fields): { underlying: string } | object {
  return fields.has('underlying') ? { underlying: fields.text('underlying') } : {};
}

const aboveMinusOne = (value: number) =>
  value > -1 ? undefined : 'must be above -1: a price cannot fall below zero';
const aboveZero = (value: number) => (value > 0 ? undefined : 'must be above zero');

function readScaling(node: Json | undefined, place: Place, doubts: Doubts): VolScaling {
  if (node === undefined) return { short: 0, long: 0, dteFloor: 1 };
  const fields = new Fields(node, place, ['short', 'long', 'dteFloor', 'nodes'], doubts);
  if (fields.has('nodes')) {
    const nodes = fields.list('nodes', NODES_MAX, (item, at) => {
      const own = new Fields(item, at, ['days', 'factor'], doubts);
      return { days: own.number('days', any), factor: own.number('factor', any) };
    });
    return { nodes };
  }
  return {
    short: fields.number('short', any),
    long: fields.number('long', any),
    dteFloor: fields.number('dteFloor', aboveZero),
  };
}
