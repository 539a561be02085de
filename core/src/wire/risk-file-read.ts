// A risk-parameter file read back to the bit. A file comes from somebody else, so everything is doubted here: each part by itself, the parts
// against each other, and at last the digest, which is taken of what was understood and not of what was written.

import { type Digest, digestOf, fromUtf8, type Refusal, refuse } from '../base/index.ts';
import { below, Doubts, Fields } from './fields.ts';
import { isJson, parseJson } from './json.ts';
import { RISK_FILE_BYTES_MAX, type RiskSignature, writeRiskFile } from './risk-file.ts';
import { notDigestOf, type RiskHead, readRiskHead, readSignatures } from './risk-file-head.ts';
import { isPacked, readPackedFile } from './risk-file-packed.ts';
import { readRows } from './risk-file-parts.ts';

/** A file that was read, believed so far as its digest goes. Who signed it is for the host to check: core has no signatures. */
export interface RiskFile extends RiskHead {
  /** What the digest is of and signatures are over. */
  readonly content: Uint8Array;
  readonly digest: Digest;
  readonly signatures: readonly RiskSignature[];
}

/**
 * Reads what `sealRiskFile` writes, to the bit: the book margins every portfolio as the live one does. Refused by name of what is wrong: unknown
 * keys, numbers that are none, products out of order, borders that do not follow from them, digests that are not those of the content.
 * @example readRiskFile(sealRiskFile(content), 'risk.json') // { header, model, book, digest, signatures }, or a refusal
 */
export function readRiskFile(input: string | Uint8Array, source: string): RiskFile | Refusal {
  if (typeof input !== 'string' && isPacked(input)) return readPackedFile(input, source);
  const text = textOf(input, source);
  if (typeof text !== 'string') return text;
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const doubts = new Doubts();
  const fields = new Fields(root, { source, path: '' }, ['digest', 'file', 'signatures'], doubts);
  const place = below(fields.place, 'file');
  const head = readRiskHead(fields.node('file'), place, doubts, {
    key: 'rows',
    rowsOf: (file, count, lanes) => {
      return { rows: readRows(file.node('rows'), below(file.place, 'rows'), count, lanes, doubts) };
    },
  });
  const signatures = readSignatures(fields, doubts);
  if (head === undefined || doubts.fault !== undefined) return doubts.fault!;
  const content = writeRiskFile(head.book, head.header) as Uint8Array;
  const digest = digestOf(content);
  if (fields.text('digest') !== digest) fields.refuse('digest', notDigestOf('the content', digest));
  return doubts.fault ?? { ...head, content, digest, signatures };
}

function textOf(input: string | Uint8Array, source: string): string | Refusal {
  if (typeof input === 'string') return input;
  if (input.length > RISK_FILE_BYTES_MAX) {
    const said = `The file has ${input.length} bytes, more than the limit of ${RISK_FILE_BYTES_MAX}.`;
    return refuse('too-large', said, source);
  }
  return fromUtf8(input) ?? refuse('malformed', 'The file is not UTF-8 text; fetch it again.', source);
}
