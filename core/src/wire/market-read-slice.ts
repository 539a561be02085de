// One expiry of a market file: forward, smile, deforms and quality, each number in its domain.

import { type Years, years } from '../base/index.ts';
import {
  type RawSvi,
  type Slice,
  type SliceQuality,
  type Smile,
  sviRefusal,
  type VolDeform,
  type VolTable,
} from '../market/index.ts';
import {
  any,
  atLeastZero,
  below,
  correlation,
  type Doubts,
  Fields,
  type Place,
  positive,
  priced,
  share,
  shareAboveZero,
  type Within,
} from './fields.ts';
import type { Json } from './json.ts';

const DEFORMS_MAX = 32;
const QUALITY_SOURCES = ['svi', 'repaired', 'essvi', 'interpolated', 'given'] as const;

/** One slice, every field required and checked; the first fault goes to `doubts`. */
export function readSlice(node: Json, place: Place, doubts: Doubts): Slice {
  const keys = [
    'expiry',
    'years',
    'forward',
    'smileForward',
    'smileYears',
    'smile',
    'deforms',
    'table',
    'rate',
    'oracleConfidence',
    'unfixed',
    'quality',
  ];
  const fields = new Fields(node, place, keys, doubts);
  return {
    expiry: fields.instant('expiry'),
    years: years(fields.number('years', atLeastZero)),
    forward: fields.number('forward', priced),
    smileForward: fields.number('smileForward', priced),
    smileYears: readYears(fields, 'smileYears'),
    smile: readSmile(fields.node('smile'), below(place, 'smile'), doubts),
    deforms: fields.list('deforms', DEFORMS_MAX, (item, at) => readDeform(item, at, doubts)),
    ...(fields.has('table') ? { table: readTable(fields, doubts) } : {}),
    ...(fields.has('rate') ? { rate: fields.number('rate', rated) } : {}),
    ...(fields.has('oracleConfidence') ? { oracleConfidence: fields.number('oracleConfidence', share) } : {}),
    unfixed: fields.number('unfixed', share),
    quality: readQuality(fields.node('quality'), below(place, 'quality'), doubts),
  };
}

const STRIKES_MAX = 2_000;
const rated = (value: number) =>
  Math.abs(value) <= 10 ? undefined : 'must be a rate a year between -10 and 10 (0.05 is five percent)';

/** Vols by log-moneyness, ascending, as many of one as of the other, at least one. */
function readTable(slice: Fields, doubts: Doubts): VolTable {
  const fields = new Fields(slice.node('table'), below(slice.place, 'table'), ['ks', 'vols'], doubts);
  const numbers = (key: string, within: Within) =>
    fields.list(key, STRIKES_MAX, (item, at) => doubts.number(item, at, within));
  const table = { ks: numbers('ks', any), vols: numbers('vols', atLeastZero) };
  if (table.ks.length !== table.vols.length || table.ks.length === 0) {
    fields.refuse('vols', 'A table has one vol for each k, and at least one.');
  }
  if (table.ks.some((k, i) => i > 0 && k <= table.ks[i - 1]!)) {
    fields.refuse('ks', 'They are out of order or equal; sort them ascending.');
  }
  return table;
}

function readYears(fields: Fields, key: string): Years {
  return years(fields.number(key, positive));
}

function readSmile(node: Json | undefined, place: Place, doubts: Doubts): Smile {
  const fields = new Fields(node, place, ['near', 'far', 'mix'], doubts);
  return {
    near: readSvi(fields.node('near'), below(place, 'near'), doubts),
    far: readSvi(fields.node('far'), below(place, 'far'), doubts),
    mix: fields.number('mix', share),
  };
}

function readSvi(node: Json | undefined, place: Place, doubts: Doubts): RawSvi {
  const fields = new Fields(node, place, ['a', 'b', 'rho', 'm', 'sigma'], doubts);
  const svi = {
    a: fields.number('a', any),
    b: fields.number('b', atLeastZero),
    rho: fields.number('rho', correlation),
    m: fields.number('m', any),
    sigma: fields.number('sigma', positive),
  };
  const refusal = doubts.fault === undefined ? sviRefusal(svi) : undefined;
  if (refusal !== undefined) fields.refuse('a', refusal.message);
  return svi;
}

function readQuality(node: Json | undefined, place: Place, doubts: Doubts): SliceQuality {
  const numbers = ['fitError', 'quoteWidth', 'uncertainty', 'confidence', 'quotesUsed', 'insideShare'];
  const fields = new Fields(node, place, ['source', ...numbers, 'butterflyMin', 'calendarMin'], doubts);
  return {
    source: fields.word('source', QUALITY_SOURCES),
    fitError: fields.number('fitError', atLeastZero),
    quoteWidth: fields.number('quoteWidth', atLeastZero),
    uncertainty: fields.number('uncertainty', atLeastZero),
    confidence: fields.number('confidence', shareAboveZero),
    quotesUsed: fields.number('quotesUsed', atLeastZero),
    insideShare: fields.number('insideShare', share),
    butterflyMin: fields.numberOrInfinity('butterflyMin'),
    calendarMin: fields.numberOrInfinity('calendarMin'),
  };
}

function readDeform(node: Json, place: Place, doubts: Doubts): VolDeform {
  const fields = new Fields(
    node,
    place,
    ['kind', 'factor', 'points', 'vol', 'form', 'slope', 'cap', 'size', 'start', 'width'],
    doubts,
  );
  const kind = fields.word('kind', ['scale', 'shift', 'floor', 'skew', 'wing']);
  switch (kind) {
    case 'scale':
      return { kind, factor: fields.number('factor', atLeastZero) };
    case 'shift':
      return { kind, points: fields.number('points', any) };
    case 'floor':
      return { kind, vol: fields.number('vol', atLeastZero) };
    case 'skew':
      return {
        kind,
        form: fields.word('form', ['linear', 'absolute']),
        slope: fields.number('slope', any),
        cap: fields.number('cap', any),
      };
    case 'wing':
      return {
        kind,
        size: fields.number('size', any),
        start: fields.number('start', atLeastZero),
        width: fields.number('width', positive),
      };
  }
}
