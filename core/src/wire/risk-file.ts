// The risk-parameter file: a book written down, so that whoever holds it can margin any portfolio without a market and without a
// pricing model. docs/risk-file.md is its description for other languages, docs/risk-file.schema.json its schema.

import {
  canonicalJson,
  type Digest,
  digestOf,
  type Instant,
  type Refusal,
  refuse,
  utf8,
} from '../base/index.ts';
import { type MarginBook, METHODOLOGY_VERSION } from '../margin/index.ts';
import type { Product } from '../product/index.ts';
import type { RiskBook } from '../risk/index.ts';
import { formatInstant, isServedInstant } from './instants.ts';
import { JSON_LENGTH_MAX } from './json.ts';

/** The first words of every risk-parameter file; a reader refuses strangers. */
export const RISK_FILE_FORMAT = 'plimsoll-risk-file';
/** Raised whenever a field changes its meaning. */
export const RISK_FILE_VERSION = 1;
/** Most bytes of a file, 64 Mi: what the JSON reader takes. A venue's 2,000 products in 150 lanes are 6. */
export const RISK_FILE_BYTES_MAX = JSON_LENGTH_MAX;

/** What a publisher says about a file. Every field may be left out; core knows no clock, so times come from outside. */
export interface RiskHeader {
  readonly publishedAt?: Instant;
  /** Requirements are made from this file from here on, and before `expiresAt`. */
  readonly effectiveAt?: Instant;
  readonly expiresAt?: Instant;
  /** Counts a publisher's files; the next one names this one's digest as `previous`. */
  readonly sequence?: number;
  readonly previous?: Digest;
  /** Why it was published, in the publisher's words. */
  readonly reason?: string;
}

/** Who vouches for a file's content: lower-case hex of the raw 32-byte key and of the 64-byte signature (RFC 8032). */
export interface RiskSignature {
  readonly algorithm: 'Ed25519';
  readonly publicKey: string;
  readonly signature: string;
}

/**
 * The content of a risk-parameter file: canonical JSON (RFC 8785) in UTF-8, the bytes that are digested and signed. Same book and header, same
 * bytes. Refused (`too-large`) beyond 64 Mi.
 * @example sealRiskFile(writeRiskFile(book, { sequence: 7 }) as Uint8Array, []) // the file
 */
export function writeRiskFile(book: MarginBook, header: RiskHeader = {}): Uint8Array | Refusal {
  const content = utf8(canonicalJson({ ...headOf(book, header), rows: rowsOf(book.risk) }));
  if (content.length <= RISK_FILE_BYTES_MAX) return content;
  const message = `its file would have ${content.length} bytes, more than the limit of ${RISK_FILE_BYTES_MAX}; write fewer products.`;
  return refuse('too-large', message, 'the book');
}

/**
 * The file itself: content, its digest, and the signatures over it, as one canonical JSON text.
 * @example readRiskFile(sealRiskFile(content, []), 'risk.json') // the book again
 */
export function sealRiskFile(content: Uint8Array, signatures: readonly RiskSignature[] = []): Uint8Array {
  const before = utf8(`{"digest":"${digestOf(content)}","file":`);
  const after = utf8(`,"signatures":${canonicalJson(signatures)}}`);
  const sealed = new Uint8Array(before.length + content.length + after.length);
  sealed.set(before);
  sealed.set(content, before.length);
  sealed.set(after, before.length + content.length);
  return sealed;
}

/** Everything of a file but the rows: plain data that canonical JSON can hold. */
export function headOf({ model, risk, given, parameters }: MarginBook, header: RiskHeader): object {
  const { levels, lanes, products, columns } = risk;
  return {
    format: RISK_FILE_FORMAT,
    version: RISK_FILE_VERSION,
    methodology: METHODOLOGY_VERSION,
    header: {
      ...header,
      publishedAt: timeOf(header.publishedAt),
      effectiveAt: timeOf(header.effectiveAt),
      expiresAt: timeOf(header.expiresAt),
    },
    model,
    method: risk.terms,
    parameters: given,
    levels: {
      at: timeOf(levels.at),
      source: levels.source,
      coins: Object.fromEntries(levels.coins),
      pegs: Object.fromEntries(levels.pegs),
      expiries: Object.fromEntries(
        [...levels.expiries].map(([coin, own]) => [
          coin,
          own.map(({ expiry, ...rest }) => ({ expiry: timeOf(expiry), ...rest })),
        ]),
      ),
      confidences: Object.fromEntries(levels.confidences),
    },
    lanes,
    ranges: Object.fromEntries(
      [...risk.ranges].map(([asset, { maintenance, initial }]) => [asset, { maintenance, initial }]),
    ),
    products: products.map(productOf),
    columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, [...values]])),
    groups: groupsOf(risk),
    refused: Object.fromEntries(
      [...risk.refused].map(([id, { reason, message, where }]) => [id, { reason, message, where }]),
    ),
    digests: { book: risk.digest, market: levels.digest, parameters },
  };
}

function rowsOf({ products, lanes, rows, stride }: RiskBook): number[][] {
  return products.map((_, p) => [...rows.subarray(p * stride, p * stride + lanes.length)]);
}

/** ISO 8601 for whole milliseconds of this century, else the count of milliseconds. */
function timeOf(at: Instant | undefined): string | number | undefined {
  return at !== undefined && isServedInstant(at) ? formatInstant(at) : at;
}

/** A product as plain data: of a payoff what it is, not its formula. */
function productOf(product: Product): object {
  const dated = 'expiry' in product ? { expiry: timeOf(product.expiry) } : {};
  if (product.kind !== 'structured') return { ...product, ...dated };
  const { family, terms, strikes } = product.payoff;
  return { ...product, ...dated, payoff: { family, terms, strikes } };
}

/** Borders as plain data. */
export function groupsOf({ groups }: RiskBook): object {
  const { underlyings, underlyingStart, bucketStart, bucketYears, signFactors } = groups;
  const factors = signFactors && { gain: [...signFactors.gain], loss: [...signFactors.loss] };
  return {
    underlyings,
    underlyingStart: [...underlyingStart],
    bucketStart: [...bucketStart],
    bucketYears: [...bucketYears],
    signFactors: factors,
  };
}
