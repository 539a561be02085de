// The packed form of a risk-parameter file: rows of 16-bit words, floored in a power-of-two unit of their own. It never understates: the model
// charges for what flooring may hide (M-78).

import {
  canonicalJson,
  type Digest,
  digestOf,
  digestValue,
  fromUtf8,
  isRefusal,
  type Refusal,
  refuse,
  utf8,
} from '../base/index.ts';
import { type MarginBook, type MarginModel, type ModelId, models } from '../margin/index.ts';
import { LANE_PAD, PRODUCTS_MAX, type RiskBook } from '../risk/index.ts';
import { LANES_MAX } from '../scenario/index.ts';
import { Doubts, Fields } from './fields.ts';
import { isJson, parseJson } from './json.ts';
import {
  headOf,
  RISK_FILE_BYTES_MAX,
  type RiskHeader,
  type RiskSignature,
  writeRiskFile,
} from './risk-file.ts';
import { notDigestOf, type RiskHead, readHex, readRiskHead, readSignatures } from './risk-file-head.ts';

/** The first eight bytes of every packed file. */
const MAGIC = utf8('PLIMPACK');
const PACKED_VERSION = 1;
/** Magic, then four counts of 32 bits: version, bytes of the head, rows, lanes. */
const FIXED = 24;
/** Bits of a word beside its sign: words run from -2^15 to 2^15 - 1. */
const WORD_BITS = 15;
/** A cell beyond this is no dollars; a unit above it must still be a double. */
const CELL_MAX = 1e300;

/** Whether bytes begin as a packed file does. */
export function isPacked(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * The content of a packed file: everything but the rows as canonical JSON, then a unit per row and a word per cell, little endian. A cell `x` is
 * the word `floor(x / unit)`. Refused: models that read more off their rows than a sweep (`not-supported`), rows already packed, and sizes.
 * @example sealPackedFile(packRiskFile(book) as Uint8Array) // a fifth of the exact file
 */
export function packRiskFile(book: MarginBook, header: RiskHeader = {}): Uint8Array | Refusal {
  const { risk } = book;
  const exact = writeRiskFile(book, header);
  if (isRefusal(exact)) return exact;
  const doubt = doubtPacking(book);
  if (doubt !== undefined) return doubt;
  const head = utf8(canonicalJson({ ...headOf(book, header), exact: digestOf(exact) }));
  const [count, lanes] = [risk.products.length, risk.lanes.length];
  const content = new Uint8Array(FIXED + head.length + count * (8 + 2 * lanes));
  const view = new DataView(content.buffer);
  content.set(MAGIC);
  [PACKED_VERSION, head.length, count, lanes].forEach((value, i) => {
    view.setUint32(8 + 4 * i, value, true);
  });
  content.set(head, FIXED);
  const units = FIXED + head.length;
  const words = units + 8 * count;
  for (let p = 0; p < count; p++) {
    const row = risk.rows.subarray(p * risk.stride, p * risk.stride + lanes);
    const unit = unitOf(row);
    view.setFloat64(units + 8 * p, unit, true);
    for (let s = 0; s < lanes; s++) view.setInt16(words + 2 * (p * lanes + s), wordOf(row[s]!, unit), true);
  }
  return content;
}

function doubtPacking({ model, risk }: MarginBook): Refusal | undefined {
  if ((models[model as ModelId] as MarginModel).packs !== true) {
    const message = `the model ${model} reads more off its rows than a sweep does, so that packed rows could understate it; write the exact file.`;
    return refuse('not-supported', message, 'the book');
  }
  if (risk.units !== undefined || risk.groups.signFactors !== undefined) {
    return refuse(
      'not-supported',
      'its rows are packed or have factors by sign; pack exact rows.',
      'the book',
    );
  }
  if (risk.rows.every((cell) => Math.abs(cell) <= CELL_MAX)) return undefined;
  return refuse(
    'out-of-range',
    `a cell of its rows is beyond ${CELL_MAX}; no price moves so far.`,
    'the book',
  );
}

/** The least power of two in which every cell of a row is sure to be a word; 0 for a row of zeros. */
function unitOf(row: Float64Array): number {
  const size = row.reduce((most, cell) => Math.max(most, Math.abs(cell)), 0);
  if (size === 0) return 0;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const exponent = view.getUint16(0) >> 4;
  view.setFloat64(0, 0);
  // Never subnormal, so that a word times its unit is exact.
  view.setUint16(0, Math.max(1, exponent - (WORD_BITS - 1)) << 4);
  return view.getFloat64(0);
}

/** `floor(cell / unit)`, also where the quotient is too small for a double. */
function wordOf(cell: number, unit: number): number {
  if (unit === 0) return 0;
  const word = Math.floor(cell / unit);
  return word * unit > cell ? word - 1 : word;
}

/** The packed file itself: content, then digest and signatures as canonical JSON. */
export function sealPackedFile(content: Uint8Array, signatures: readonly RiskSignature[] = []): Uint8Array {
  const tail = utf8(canonicalJson({ digest: digestOf(content), signatures }));
  const sealed = new Uint8Array(content.length + tail.length);
  sealed.set(content);
  sealed.set(tail, content.length);
  return sealed;
}

/** A packed file as it was read: its head, and what it is identified by. */
interface PackedFile extends RiskHead {
  readonly content: Uint8Array;
  readonly digest: Digest;
  readonly signatures: readonly RiskSignature[];
}

/** Reads what `sealPackedFile` writes; rows are their lower ends, and `units` says how far above a true cell may lie. */
export function readPackedFile(bytes: Uint8Array, source: string): PackedFile | Refusal {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refused = (reason: 'too-large' | 'truncated' | 'malformed', said: string) =>
    refuse(reason, said, source);
  if (bytes.length > RISK_FILE_BYTES_MAX) {
    return refused(
      'too-large',
      `The file has more than ${RISK_FILE_BYTES_MAX} bytes; ask for fewer products.`,
    );
  }
  if (bytes.length < FIXED)
    return refused('truncated', 'The file ends inside its first line of counts; fetch it again.');
  const [version, length, count, lanes] = [8, 12, 16, 20].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (version !== PACKED_VERSION)
    return refused('malformed', `The packed version must be ${PACKED_VERSION}; this is another.`);
  if (count > PRODUCTS_MAX || lanes > LANES_MAX) {
    return refused(
      'too-large',
      `It says to have ${count} rows of ${lanes} lanes; the limits are ${PRODUCTS_MAX} and ${LANES_MAX}.`,
    );
  }
  const end = FIXED + length + count * (8 + 2 * lanes);
  if (bytes.length <= end) return refused('truncated', 'The file ends before its rows do; fetch it again.');
  const [head, tail] = [fromUtf8(bytes.subarray(FIXED, FIXED + length)), fromUtf8(bytes.subarray(end))];
  if (head === undefined || tail === undefined)
    return refused('malformed', 'Its JSON is not UTF-8 text; fetch it again.');
  const content = bytes.slice(0, end);
  const sealed = readTail(tail, digestOf(content), source);
  if (isRefusal(sealed)) return sealed;
  const read = readHead(head, view, { at: FIXED + length, count, lanes }, source);
  return isRefusal(read) ? read : { ...withDigest(read, sealed.digest), content, ...sealed };
}

/** The digest first: words have no shape that could be doubted. */
function readTail(
  text: string,
  digest: Digest,
  source: string,
): Pick<PackedFile, 'digest' | 'signatures'> | Refusal {
  const root = parseJson(text, `${source} after its rows`);
  if (!isJson(root)) return root;
  const doubts = new Doubts();
  const fields = new Fields(root, { source, path: '' }, ['digest', 'signatures'], doubts);
  const signatures = readSignatures(fields, doubts);
  if (readHex(fields, 'digest', 64) !== digest) fields.refuse('digest', notDigestOf('the content', digest));
  return doubts.fault ?? { digest, signatures };
}

interface Cells {
  readonly at: number;
  readonly count: number;
  readonly lanes: number;
}

function readHead(text: string, view: DataView, cells: Cells, source: string): RiskHead | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const doubts = new Doubts();
  const head = readRiskHead(root, { source, path: '' }, doubts, {
    key: 'exact',
    rowsOf(file, count, lanes) {
      readHex(file, 'exact', 64);
      if (count !== cells.count || lanes !== cells.lanes) {
        file.refuse(
          'products',
          `There are ${count} in ${lanes} lanes, and ${cells.count} rows of ${cells.lanes} words.`,
        );
        return { rows: new Float64Array(0) };
      }
      return readWords(view, cells, (message) => file.refuse('products', message));
    },
  });
  return head ?? doubts.fault!;
}

function readWords(
  view: DataView,
  { at, count, lanes }: Cells,
  refuseRow: (message: string) => void,
): Pick<RiskBook, 'rows' | 'units'> {
  const stride = Math.ceil(lanes / LANE_PAD) * LANE_PAD;
  const rows = new Float64Array(count * stride);
  const units = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    const unit = view.getFloat64(at + 8 * p, true);
    units[p] = unit;
    if (!isUnit(unit))
      refuseRow(`The unit of row ${p} is ${unit}; it must be zero or a power of two below ${CELL_MAX}.`);
    for (let s = 0; s < lanes; s++) {
      rows[p * stride + s] = unit * view.getInt16(at + 8 * count + 2 * (p * lanes + s), true);
    }
  }
  return { rows, units };
}

function isUnit(unit: number): boolean {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, unit);
  const isPower = view.getUint32(4) === 0 && (view.getUint32(0) & 0xf_ffff) === 0;
  return unit === 0 || (isPower && unit > 0 && unit <= CELL_MAX && view.getUint16(0) >> 4 > 0);
}

/** Packed rows ask for other numbers than exact ones, so the book has another digest. */
function withDigest(head: RiskHead, packed: Digest): RiskHead {
  const { risk } = head.book;
  const digest = digestValue(['plimsoll packed risk book', PACKED_VERSION, risk.digest, packed]);
  return { ...head, book: { ...head.book, risk: { ...risk, digest } } };
}
