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
  const length = bytes.length;
  const padded = new Uint8Array(((length + 8) >> 6) * 64 + 64);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 536_870_912));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  const state = initialState.slice();
  const schedule = new Uint32Array(ROUNDS);
  for (let offset = 0; offset < padded.length; offset += 64) compress(state, schedule, view, offset);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('') as Digest;
}
