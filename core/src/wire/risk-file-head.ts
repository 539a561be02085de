// What every form of a risk-parameter file says beside its rows: who, when, by which model and parameters, over which lanes and products.

import { canonicalJson, type Digest, digestValue, isRefusal } from '../base/index.ts';
import {
  type MarginBook,
  type MarginModel,
  METHODOLOGY_VERSION,
  type ModelId,
  models,
} from '../margin/index.ts';
import { compareProducts, compareText, type Product } from '../product/index.ts';
import { assembleBook, type Groups, type Levels, PRODUCTS_MAX, type RiskBook } from '../risk/index.ts';
import { LANES_MAX } from '../scenario/index.ts';
import { any, below, type Doubts, Fields, type Place, placeOf, positive, priced } from './fields.ts';
import { type Json, plainJson } from './json.ts';
import { readWholeParameters } from './parameters.ts';
import { readRefusal } from './refusals.ts';
import {
  groupsOf,
  RISK_FILE_FORMAT,
  RISK_FILE_VERSION,
  type RiskHeader,
  type RiskSignature,
} from './risk-file.ts';
import { readColumns, readLevels, readNumbers, readRanges, readTime } from './risk-file-parts.ts';
import { readProduct } from './risk-file-products.ts';
import { readLane } from './scenarios.ts';

/** Header, model and book of a file. */
export interface RiskHead {
  readonly header: RiskHeader;
  readonly model: MarginModel;
  readonly book: MarginBook;
}

/** A form of the file: the key it alone has, and how it reads the rows of so many products in so many lanes. */
export interface RowsForm {
  readonly key: 'rows' | 'exact';
  rowsOf(file: Fields, products: number, lanes: number): Pick<RiskBook, 'rows' | 'units'>;
}

const TERMS_MAX = 64;
const SIGNATURES_MAX = 32;
const REASON_LENGTH_MAX = 1_000;
const KEYS = [
  ...['format', 'version', 'methodology', 'header', 'model', 'method', 'parameters', 'levels', 'lanes'],
  ...['ranges', 'products', 'columns', 'groups', 'refused', 'digests'],
];

/** The book of a file's content; undefined where `doubts` has a fault. */
export function readRiskHead(
  node: Json | undefined,
  place: Place,
  doubts: Doubts,
  form: RowsForm,
): RiskHead | undefined {
  if (!isOurs(node, place, doubts)) return undefined;
  const file = new Fields(node, place, [...KEYS, form.key], doubts);
  const at = (key: string) => below(place, key);
  const header = readHeader(file.node('header'), at('header'), doubts);
  const model: MarginModel = models[file.word('model', Object.keys(models) as ModelId[])];
  const given = file.node('parameters') ?? { kind: 'null', line: 1 };
  const parameters = readWholeParameters(given, at('parameters'), model.defaults, model.form, doubts);
  const digests = new Fields(file.node('digests'), at('digests'), ['book', 'market', 'parameters'], doubts);
  const market = readHex(digests, 'market', 64) as Digest;
  const levels = { ...readLevels(file.node('levels'), at('levels'), doubts), digest: market };
  const lanes = file.list('lanes', LANES_MAX, (item, own) => readLane(item, own, doubts));
  const products = file.list('products', PRODUCTS_MAX, (item, own) => readProduct(item, own, doubts));
  const ranges = readRanges(file, doubts);
  const columns = readColumns(file.node('columns'), at('columns'), products.length, doubts);
  const terms = file.list('method', TERMS_MAX, (item, own) => readTerm(item, own, doubts));
  const refused = file.map('refused', PRODUCTS_MAX, (all, id) =>
    readRefusal(all.node(id), below(all.place, id), doubts),
  );
  agree(file, products, levels, [...ranges.keys()]);
  doubtMarks(file, products, columns.mark);
  const rows = form.rowsOf(file, products.length, lanes.length);
  const signFactors = readSignFactors(file.node('groups'), at('groups'), doubts);
  if (doubts.fault !== undefined) return undefined;
  const risk = assembleBook({
    levels,
    products,
    lanes,
    ranges,
    ...rows,
    columns,
    terms,
    refused,
    ...signFactors,
  });
  doubtGroups(file, risk);
  doubtDigest(digests, 'book', risk.digest);
  doubtDigest(digests, 'parameters', digestValue(parameters));
  const book = model.rebook(risk, parameters);
  if (isRefusal(book)) doubts.refuse({ ...book, where: `${placeOf(at('parameters'), given)}` });
  return doubts.fault !== undefined || isRefusal(book) ? undefined : { header, model, book };
}

/** Format, version and methodology first: what a stranger calls a key is not a mistake of his. */
function isOurs(node: Json | undefined, place: Place, doubts: Doubts): boolean {
  const keys = node?.kind === 'object' ? [...node.fields.keys()] : [];
  const fields = new Fields(node, place, keys, doubts);
  if (fields.text('format') !== RISK_FILE_FORMAT) {
    fields.refuse('format', `The format must be "${RISK_FILE_FORMAT}"; this is another kind of file.`);
  }
  const expected = { version: RISK_FILE_VERSION, methodology: METHODOLOGY_VERSION };
  for (const [key, version] of Object.entries(expected)) {
    if (fields.number(key, any) === version) continue;
    fields.refuse(key, `It must be ${version}; this program computes no other. Ask for a file made for it.`);
  }
  return doubts.fault === undefined;
}

function readHeader(node: Json | undefined, place: Place, doubts: Doubts): RiskHeader {
  const keys = ['publishedAt', 'effectiveAt', 'expiresAt', 'sequence', 'previous', 'reason'];
  const fields = new Fields(node, place, keys, doubts);
  const publishedAt = readTime(fields, 'publishedAt');
  const effectiveAt = readTime(fields, 'effectiveAt');
  const expiresAt = readTime(fields, 'expiresAt');
  if ((effectiveAt ?? Number.NEGATIVE_INFINITY) >= (expiresAt ?? Number.POSITIVE_INFINITY)) {
    fields.refuse('expiresAt', 'It does not come after effectiveAt; there would be no time to use the file.');
  }
  return {
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(fields.has('sequence') ? { sequence: fields.number('sequence', counted) } : {}),
    ...(fields.has('previous') ? { previous: readHex(fields, 'previous', 64) as Digest } : {}),
    ...(fields.has('reason') ? { reason: readReason(fields) } : {}),
  };
}

const counted = (value: number) =>
  Number.isInteger(value) && value >= 0 ? undefined : 'must be a whole number, zero or above';

function readReason(fields: Fields): string {
  const reason = fields.text('reason');
  if (reason.length > REASON_LENGTH_MAX) {
    fields.refuse('reason', `It has more than ${REASON_LENGTH_MAX} characters; shorten it.`);
  }
  return reason;
}

/** Lower-case hex of a stated length. */
export function readHex(fields: Fields, key: string, length: number): string {
  const text = fields.text(key);
  if (!/^[0-9a-f]*$/.test(text) || text.length !== length) {
    fields.refuse(key, `It must be ${length} digits of lower-case hexadecimal.`);
  }
  return text;
}

function readTerm(node: Json, place: Place, doubts: Doubts): string | number {
  return node.kind === 'number' ? doubts.number(node, place, any) : doubts.text(node, place);
}

/** Products stand in their order, each once, each with a level and a range to be swept by. */
function agree(
  file: Fields,
  products: readonly Product[],
  levels: Omit<Levels, 'digest'>,
  ranges: readonly string[],
): void {
  const ids = new Set<string>();
  products.forEach((product, p) => {
    const previous = products[p - 1];
    if (ids.has(product.id)) file.refuse('products', `${product.id} stands twice; keep one row of it.`);
    ids.add(product.id);
    if (previous !== undefined && compareProducts(previous, product) >= 0) {
      file.refuse(
        'products',
        `${previous.id} must come after ${product.id}: by underlying, expiry, strike, name.`,
      );
    }
    if (!levels.coins.has(product.underlying) && !levels.pegs.has(product.underlying)) {
      file.refuse('levels', `${product.underlying} of ${product.id} is neither under coins nor under pegs.`);
    }
  });
  const underlyings = [...new Set(products.map(({ underlying }) => underlying))].sort(compareText);
  if (canonicalJson(underlyings) !== canonicalJson(ranges)) {
    file.refuse(
      'ranges',
      `They must be those of ${underlyings.join(', ') || 'nothing'}: the underlyings of the products.`,
    );
  }
}

/** Profit of a future is counted from its mark, which is a price. */
function doubtMarks(file: Fields, products: readonly Product[], marks: Float64Array): void {
  const at = products.findIndex(
    ({ kind }, p) => (kind === 'perpetual' || kind === 'future') && priced(marks[p]!) !== undefined,
  );
  if (at < 0) return;
  file.refuse('columns', `mark of ${products[at]!.id} is ${marks[at]}; it ${priced(marks[at]!)}.`);
}

function readSignFactors(
  node: Json | undefined,
  place: Place,
  doubts: Doubts,
): { signFactors: NonNullable<Groups['signFactors']> } | object {
  const keys = ['underlyings', 'underlyingStart', 'bucketStart', 'bucketYears', 'signFactors'];
  const groups = new Fields(node, place, keys, doubts);
  if (!groups.has('signFactors')) return {};
  const at = below(place, 'signFactors');
  const fields = new Fields(groups.node('signFactors'), at, ['gain', 'loss'], doubts);
  const buckets =
    doubts.list(groups.node('bucketStart'), below(place, 'bucketStart'), PRODUCTS_MAX + 1).length - 1;
  const factors = (key: string) => {
    const values = new Float64Array(Math.max(0, buckets));
    readNumbers(fields.node(key), below(at, key), values, 0, values.length, doubts, positive);
    return values;
  };
  return { signFactors: { gain: factors('gain'), loss: factors('loss') } };
}

/** Borders are written for readers in other languages; here they follow from the products, and must be the same. */
function doubtGroups(file: Fields, risk: RiskBook): void {
  const stated = plainJson(file.node('groups')!) as Record<string, unknown>;
  for (const [key, value] of Object.entries(groupsOf(risk))) {
    if (!Array.isArray(value) || JSON.stringify(stated[key]) === JSON.stringify(value)) continue;
    file.refuse('groups', `${key} does not follow from the products, which make it otherwise.`);
  }
}

function doubtDigest(digests: Fields, key: 'book' | 'parameters', digest: Digest): void {
  const what = key === 'book' ? 'levels, products, lanes and ranges' : 'the parameters';
  if (digests.text(key) !== digest) digests.refuse(key, notDigestOf(what, digest));
}

/** What is said of a digest that is not that of what stands beside it. */
export function notDigestOf(what: string, digest: string): string {
  return `It is not that of ${what} in this file, which is ${digest}: the file was changed; fetch it again.`;
}

/** Who vouches: each key once, so that k of n are k. */
export function readSignatures(fields: Fields, doubts: Doubts): readonly RiskSignature[] {
  const signatures = fields.list('signatures', SIGNATURES_MAX, (item, place): RiskSignature => {
    const own = new Fields(item, place, ['algorithm', 'publicKey', 'signature'], doubts);
    return {
      algorithm: own.word('algorithm', ['Ed25519']),
      publicKey: readHex(own, 'publicKey', 64),
      signature: readHex(own, 'signature', 128),
    };
  });
  const keys = new Set(signatures.map(({ publicKey }) => publicKey));
  if (keys.size < signatures.length) fields.refuse('signatures', 'One key signs twice; keep one of them.');
  return signatures;
}
