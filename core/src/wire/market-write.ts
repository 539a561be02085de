// Our own market as JSON, printed so that reading it back gives the same bits.

import { assert, type Instant, type Refusal } from '../base/index.ts';
import type { ForwardMark, Market, RawSvi, Slice, Smile, Touch, UnderlyingMarket } from '../market/index.ts';
import { formatInstant, isServedInstant } from './instants.ts';

/** The first words of every market file; a reader refuses strangers. */
export const MARKET_FORMAT = 'plimsoll-market';
/** Raised whenever a field changes its meaning. */
export const MARKET_VERSION = 1;

/** What JSON can hold; numbers are kept as text so that minus zero and infinity survive. */
type Printed =
  | string
  | { readonly raw: string }
  | readonly Printed[]
  | { readonly fields: readonly (readonly [string, Printed])[] };

/**
 * A market as JSON text, one slice or quote to a line, keys in a fixed order: same market, same bytes.
 * Numbers are the shortest text that reads back to the same double; times are ISO 8601. Infinity is the text "Infinity", NaN is a bug.
 * @example readMarket(writeMarket(market), 'market.json') // the same market
 */
export function writeMarket(market: Market): string {
  const fields: [string, Printed][] = [
    ['format', MARKET_FORMAT],
    ['version', number(MARKET_VERSION)],
    ['at', time(market.at)],
    ['source', market.source],
    ['digest', market.digest],
    ['underlyings', market.underlyings.map(underlying)],
    ['pegs', { fields: [...market.pegs].map(([asset, usd]) => [asset, number(usd)] as const) }],
    ...confidences(market),
    ['touches', { fields: [...market.touches].map(([id, quote]) => [id, touch(quote)] as const) }],
  ];
  return `${print({ fields }, 0)}\n`;
}

function confidences({ confidences: stated }: Market): [string, Printed][] {
  if (stated === undefined) return [];
  return [['confidences', { fields: [...stated].map(([feed, sure]) => [feed, number(sure)] as const) }]];
}

/** Levels that get a line per entry; below them everything stays on one line. */
const LINED_DEPTH = 4;

function print(value: Printed, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if ('raw' in value) return value.raw;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts =
    'fields' in value
      ? value.fields.map(([key, item]) => `${JSON.stringify(key)}:${print(item, depth + 1)}`)
      : value.map((item) => print(item, depth + 1));
  if (parts.length === 0) return `${open}${close}`;
  return depth < LINED_DEPTH
    ? `${open}\n${parts.join(',\n')}\n${close}`
    : `${open}${parts.join(',')}${close}`;
}

/** The shortest text that is the same double again; `String(-0)` would lose the sign. */
function number(value: number): Printed {
  assert(!Number.isNaN(value), 'a market holds no NaN');
  if (!Number.isFinite(value)) return String(value);
  return { raw: Object.is(value, -0) ? '-0' : String(value) };
}

/** ISO 8601 for whole milliseconds; a shifted market may stand between two. */
function time(at: Instant): Printed {
  return isServedInstant(at) ? formatInstant(at) : number(at);
}

function numbers(object: object): Printed {
  return { fields: Object.entries(object).map(([key, value]) => [key, number(value as number)] as const) };
}

function underlying(one: UnderlyingMarket): Printed {
  return {
    fields: [
      ['underlying', one.underlying],
      ['index', number(one.index)],
      ['indexUncertainty', number(one.indexUncertainty)],
      ['perpetual', number(one.perpetual)],
      ['futures', one.futures.map(forwardMark)],
      ['slices', one.slices.map(slice)],
      [
        'refused',
        one.refused.map((entry) => ({
          fields: [
            ['expiry', time(entry.expiry)],
            ['refusal', refusal(entry.refusal)],
          ],
        })),
      ],
    ],
  };
}

function forwardMark(mark: ForwardMark): Printed {
  return {
    fields: [
      ['expiry', time(mark.expiry)],
      ['forward', number(mark.forward)],
    ],
  };
}

function slice(one: Slice): Printed {
  const { source, ...quality } = one.quality;
  return {
    fields: [
      ['expiry', time(one.expiry)],
      ['years', number(one.years)],
      ['forward', number(one.forward)],
      ['smileForward', number(one.smileForward)],
      ['smileYears', number(one.smileYears)],
      ['smile', smile(one.smile)],
      [
        'deforms',
        one.deforms.map((deform) => ({
          fields: Object.entries(deform).map(
            ([key, value]) => [key, typeof value === 'string' ? value : number(value)] as const,
          ),
        })),
      ],
      ...stated(one),
      ['unfixed', number(one.unfixed)],
      [
        'quality',
        { fields: [['source', source], ...(numbers(quality) as { fields: [string, Printed][] }).fields] },
      ],
    ],
  };
}

/** What a slice need not have. */
function stated({ table, rate, oracleConfidence }: Slice): (readonly [string, Printed])[] {
  const fields: (readonly [string, Printed])[] = [];
  if (table !== undefined) {
    const ks = table.ks.map(number);
    fields.push(['table', { fields: [['ks', ks] as const, ['vols', table.vols.map(number)] as const] }]);
  }
  if (rate !== undefined) fields.push(['rate', number(rate)]);
  if (oracleConfidence !== undefined) fields.push(['oracleConfidence', number(oracleConfidence)]);
  return fields;
}

function smile(one: Smile): Printed {
  return {
    fields: [
      ['near', svi(one.near)],
      ['far', svi(one.far)],
      ['mix', number(one.mix)],
    ],
  };
}

function svi({ a, b, rho, m, sigma }: RawSvi): Printed {
  return numbers({ a, b, rho, m, sigma });
}

function touch(one: Touch): Printed {
  return numbers({
    ...(one.bid === undefined ? {} : { bid: one.bid }),
    ...(one.ask === undefined ? {} : { ask: one.ask }),
  });
}

function refusal(one: Refusal): Printed {
  const where = one.where === undefined ? [] : [['where', one.where] as const];
  return { fields: [['reason', one.reason], ['message', one.message], ...where] };
}
