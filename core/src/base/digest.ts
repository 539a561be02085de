// SHA-256 (FIPS 180-4). Written here because core depends on nothing and may not reach for a host's crypto.

import type { Digest } from './units.ts';

const ROUNDS = 64;

/** First 32 bits of the fractional parts of a root of the first primes, found with integers, so exact by construction. */
function rootFractions(count: number, root: 2n | 3n): Uint32Array {
  const out = new Uint32Array(count);
  let prime = 2n;
  for (let i = 0; i < count; prime++) {
    let divisor = 2n;
    while (divisor * divisor <= prime && prime % divisor !== 0n) divisor++;
    if (divisor * divisor <= prime) continue;
    // floor(prime^(1/root) * 2^32) by bisection; the low 32 bits are the fraction.
    const target = prime << (32n * root);
    let low = 0n;
    let high = 1n << 40n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** root <= target) low = middle;
      else high = middle;
    }
    out[i++] = Number(low & 0xffff_ffffn);
  }
  return out;
}

const roundConstants = rootFractions(ROUNDS, 3n);
const initialState = rootFractions(8, 2n);

function compress(state: Uint32Array, schedule: Uint32Array, block: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) schedule[i] = block.getUint32(offset + 4 * i);
  for (let i = 16; i < ROUNDS; i++) {
    const x = schedule[i - 15]!;
    const y = schedule[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = schedule[i - 16]! + s0 + schedule[i - 7]! + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < ROUNDS; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + roundConstants[i]! + schedule[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** SHA-256 of bytes, in lower-case hex. @example digestOf(utf8('abc')) // 'ba7816bf...' */
export function digestOf(bytes: Uint8Array): Digest {
  return digestOfAll([bytes]);
}

const BLOCK = 64;
/** Where the length of the message stands in the last block. */
const LENGTH_AT = 56;

/** SHA-256 of pieces one after another, which are never held together. @example digestOfAll([utf8('a'), utf8('bc')]) === digestOf(utf8('abc')) // true */
export function digestOfAll(pieces: Iterable<Uint8Array>): Digest {
  const state = initialState.slice();
  const schedule = new Uint32Array(ROUNDS);
  const block = new Uint8Array(BLOCK);
  const view = new DataView(block.buffer);
  let length = 0;
  for (const bytes of pieces) {
    const filled = length % BLOCK;
    length += bytes.length;
    let at = filled === 0 ? 0 : Math.min(BLOCK - filled, bytes.length);
    block.set(bytes.subarray(0, at), filled);
    if (filled + at === BLOCK) compress(state, schedule, view, 0);
    else if (filled > 0) continue;
    const whole = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(state, schedule, whole, at);
    block.set(bytes.subarray(at));
  }
  const filled = length % BLOCK;
  block[filled] = 0x80;
  block.fill(0, filled + 1);
  if (filled >= LENGTH_AT) {
    compress(state, schedule, view, 0);
    block.fill(0);
  }
  view.setUint32(LENGTH_AT, Math.floor(length / 536_870_912));
  view.setUint32(LENGTH_AT + 4, (length << 3) >>> 0);
  compress(state, schedule, view, 0);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('') as Digest;
}
