// Canonical bytes: schema order, little endian, no NaN and no minus zero. What is digested is written here.

import { assert } from './assert.ts';

/** Grows as it is written; read it once with `finish`. @example new ByteWriter().text('lane').f64(0.16).finish() */
export class ByteWriter {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** Makes room and says where; call it before touching `view` or `bytes`, because growing replaces both. */
  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
    return this;
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, 'a u32 is a 32-bit count');
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  f64(value: number): this {
    assert(!Number.isNaN(value), 'canonical bytes hold no NaN');
    const at = this.reserve(8);
    this.view.setFloat64(at, value === 0 ? 0 : value, true);
    return this;
  }

  f64s(values: Float64Array): this {
    this.u32(values.length);
    for (const value of values) this.f64(value);
    return this;
  }

  /** UTF-8 with its length first, so that no two sequences of texts share bytes. */
  text(value: string): this {
    const encoded = utf8(value);
    this.u32(encoded.length);
    const at = this.reserve(encoded.length);
    this.bytes.set(encoded, at);
    return this;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** UTF-8 of a string; core has no TextEncoder, because that belongs to a host. */
export function utf8(text: string): Uint8Array {
  // A UTF-16 unit becomes at most three bytes; a pair of them, four.
  const out = new Uint8Array(3 * text.length);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code < 0x80) out[at++] = code;
    else if (code < 0x800) {
      out[at++] = 0xc0 | (code >> 6);
      out[at++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      out[at++] = 0xe0 | (code >> 12);
      out[at++] = 0x80 | ((code >> 6) & 63);
      out[at++] = 0x80 | (code & 63);
    } else {
      i++;
      out[at++] = 0xf0 | (code >> 18);
      out[at++] = 0x80 | ((code >> 12) & 63);
      out[at++] = 0x80 | ((code >> 6) & 63);
      out[at++] = 0x80 | (code & 63);
    }
  }
  return out.slice(0, at);
}

/** Shortest code point of each length of a UTF-8 sequence: a longer spelling of the same is refused. */
const POINT_MIN = [0, 0, 0x80, 0x800, 0x1_0000];
/** Characters made at once; an engine limits the arguments of a call. */
const CHUNK = 8192;

/** The text of UTF-8 bytes, or undefined where they are none (RFC 3629). @example fromUtf8(utf8('wärme')) // 'wärme' */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  const parts: string[] = [];
  let points: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i]!;
    const length =
      lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
    if (length === 0 || i + length > bytes.length) return undefined;
    let point = length === 1 ? lead : lead & (0x7f >> length);
    for (let j = 1; j < length; j++) {
      const next = bytes[i + j]!;
      if (next >> 6 !== 2) return undefined;
      point = (point << 6) | (next & 0x3f);
    }
    const isSurrogate = point >= 0xd800 && point < 0xe000;
    if (point < POINT_MIN[length]! || point > 0x10_ffff || isSurrogate) return undefined;
    points.push(point);
    i += length;
    if (points.length === CHUNK) {
      parts.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  return parts.join('') + String.fromCodePoint(...points);
}
