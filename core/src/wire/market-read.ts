// Our own market JSON read back, field by field: a market file may have been edited by hand, and pricing will not doubt it again.

import { type Digest, type Refusal, yearsBetween } from '../base/index.ts';
import {
  type ForwardMark,
  type Market,
  marketDigest,
  type RefusedSlice,
  type Touch,
  type UnderlyingMarket,
} from '../market/index.ts';
import { compareText } from '../product/index.ts';
import { any, atLeastZero, below, Doubts, Fields, type Place, positive, priced, share } from './fields.ts';
import { formatInstant } from './instants.ts';
import { isJson, type Json, parseJson } from './json.ts';
import { readSlice } from './market-read-slice.ts';
import { MARKET_FORMAT, MARKET_VERSION } from './market-write.ts';
import { isAssetCode, parseProduct } from './names.ts';
import { readRefusal } from './refusals.ts';
import { quoted } from './words.ts';

export const UNDERLYINGS_MAX = 1_000;
export const SLICES_MAX = 500;
export const TOUCHES_MAX = 100_000;

/** A second: times written by hand need not be exact to the bit. */
const YEARS_SLACK = 1 / (365 * 86_400);

/**
 * Reads what `writeMarket` writes, to the bit. Every field is required and checked: prices and times to expiry above zero, SVI parameters in
 * their domain, times that agree with the expiries, slices ascending, the dollar at one, no key unknown, no asset or product twice. The digest
 * is computed again: a file may leave it out, but one that states another is refused, because it was changed.
 * @example readMarket(writeMarket(market), 'market.json') // the same market, or a refusal naming file, line and field
 */
export function readMarket(text: string, source: string): Market | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const reader = new MarketReader();
  const market = reader.market(root, { source, path: '' });
  return reader.doubts.fault ?? market;
}

class MarketReader {
  readonly doubts = new Doubts();

  private fields(node: Json | undefined, place: Place, known: readonly string[]): Fields {
    return new Fields(node, place, known, this.doubts);
  }

  market(node: Json, place: Place): Market {
    const known = ['format', 'version', 'at', 'source', 'digest', 'underlyings', 'pegs', 'touches'];
    const keys = [...known, 'confidences'];
    const fields = this.fields(node, place, keys);
    if (fields.text('format') !== MARKET_FORMAT)
      fields.refuse('format', `The format must be ${quoted(MARKET_FORMAT)}; this is another kind of file.`);
    if (fields.number('version', any) !== MARKET_VERSION)
      fields.refuse(
        'version',
        `The version must be ${MARKET_VERSION}; write the market again with this program.`,
      );
    const underlyings = fields.list('underlyings', UNDERLYINGS_MAX, (item, at) => this.underlying(item, at));
    ascending(underlyings, (one) => one.underlying, compareText, fields, 'underlyings');
    const market = {
      at: fields.instant('at'),
      source: fields.text('source'),
      underlyings,
      pegs: fields.map('pegs', UNDERLYINGS_MAX, (pegs, asset) => this.peg(pegs, asset, underlyings)),
      touches: fields.map('touches', TOUCHES_MAX, (touches, id) => this.touch(touches, id)),
      ...this.confidences(fields),
    };
    this.agree(market, fields);
    return { ...market, digest: this.digest(market, fields) };
  }

  private peg(pegs: Fields, asset: string, coins: readonly UnderlyingMarket[]): number {
    if (!isAssetCode(asset))
      pegs.refuse(asset, `${quoted(asset)} is not an asset; write a code such as USDC.`);
    if (coins.some(({ underlying }) => underlying === asset)) {
      pegs.refuse(asset, `${asset} is a coin of this market and has an index; remove its peg.`);
    }
    const level = pegs.number(asset, priced);
    if (asset === 'USD' && level !== 1) pegs.refuse(asset, 'The dollar is the yardstick and is worth 1.');
    return level;
  }

  private confidences(fields: Fields): Pick<Market, 'confidences'> {
    if (!fields.has('confidences')) return {};
    return {
      confidences: fields.map('confidences', TOUCHES_MAX, (all, feed) => all.number(feed, share)),
    };
  }

  /** Times to expiry are counted from the market's own time. */
  private agree(market: Pick<Market, 'at' | 'underlyings'>, fields: Fields): void {
    if (this.doubts.fault !== undefined) return;
    for (const { underlying, slices } of market.underlyings) {
      for (const { expiry, years } of slices) {
        if (Math.abs(yearsBetween(market.at, expiry) - years) > YEARS_SLACK) {
          fields.refuse(
            'underlyings',
            `A slice of ${underlying} states ${years} years to ${formatInstant(expiry)}; from the market's time it is ${yearsBetween(market.at, expiry)}.`,
          );
        }
      }
    }
  }

  private digest(market: Omit<Market, 'digest'>, fields: Fields): Digest {
    if (this.doubts.fault !== undefined) return '' as Digest;
    const computed = marketDigest(market);
    if (fields.has('digest') && fields.text('digest') !== computed) {
      fields.refuse(
        'digest',
        `It is not that of the market in this file, which is ${computed}: remove it if the file was edited on purpose.`,
      );
    }
    return computed;
  }

  private underlying(node: Json, place: Place): UnderlyingMarket {
    const keys = ['underlying', 'index', 'indexUncertainty', 'perpetual', 'futures', 'slices', 'refused'];
    const fields = this.fields(node, place, keys);
    const underlying = fields.text('underlying');
    if (!isAssetCode(underlying))
      fields.refuse('underlying', `${quoted(underlying)} is not an asset; write a code such as BTC.`);
    const futures = fields.list('futures', SLICES_MAX, (item, at) => this.forwardMark(item, at));
    const slices = fields.list('slices', SLICES_MAX, (item, at) => readSlice(item, at, this.doubts));
    ascending(futures, (mark) => mark.expiry, byNumber, fields, 'futures');
    ascending(slices, (slice) => slice.expiry, byNumber, fields, 'slices');
    return {
      underlying,
      index: fields.number('index', priced),
      indexUncertainty: fields.number('indexUncertainty', atLeastZero),
      perpetual: fields.number('perpetual', priced),
      futures,
      slices,
      refused: fields.list('refused', SLICES_MAX, (item, at) => this.refused(item, at)),
    };
  }

  private forwardMark(node: Json, place: Place): ForwardMark {
    const fields = this.fields(node, place, ['expiry', 'forward']);
    return { expiry: fields.instant('expiry'), forward: fields.number('forward', priced) };
  }

  private refused(node: Json, place: Place): RefusedSlice {
    const fields = this.fields(node, place, ['expiry', 'refusal']);
    const refusal = readRefusal(fields.node('refusal'), below(place, 'refusal'), this.doubts);
    return { expiry: fields.instant('expiry'), refusal };
  }

  private touch(touches: Fields, id: string): Touch {
    const product = parseProduct(id);
    if ('reason' in product) touches.refuse(id, product.message);
    const fields = this.fields(touches.node(id), below(touches.place, id), ['bid', 'ask']);
    return {
      ...(fields.has('bid') ? { bid: fields.number('bid', positive) } : {}),
      ...(fields.has('ask') ? { ask: fields.number('ask', positive) } : {}),
    };
  }
}

const byNumber = (left: number, right: number): number => left - right;

function ascending<T, K>(
  items: readonly T[],
  key: (item: T) => K,
  compare: (left: K, right: K) => number,
  fields: Fields,
  name: string,
): void {
  for (let i = 1; i < items.length; i++) {
    if (compare(key(items[i - 1]!), key(items[i]!)) >= 0) {
      fields.refuse(name, `Entries ${i} and ${i + 1} are out of order or equal; sort them ascending.`);
      return;
    }
  }
}
