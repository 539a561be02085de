// The only randomness in core: a seeded generator, passed in. Same seed, same bits, on every engine.

/** A stream of uniform doubles in [0, 1) with 53 random bits each. */
export interface Prng {
  next(): number;
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand "small fast counting"), seeded by one 32-bit integer and warmed for 20 steps.
 * Integer arithmetic only, so engines cannot differ.
 * @example const prng = seededPrng(42); prng.next() // the same number for ever
 */
export function seededPrng(seed: number): Prng {
  let a = seed >>> 0;
  let b = (seed ^ 0x9e3779b9) >>> 0;
  let c = 0x243f6a88;
  let counter = 1;
  function word(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }
  for (let i = 0; i < 20; i++) word();
  return {
    next() {
      const high = word() >>> 5;
      const low = word() >>> 6;
      return (high * 67_108_864 + low) / 9_007_199_254_740_992;
    },
  };
}
