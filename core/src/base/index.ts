export { AssertionError, assert } from './assert.ts';
export { ByteWriter, fromUtf8, utf8 } from './bytes.ts';
export { canonicalJson, digestValue } from './canonical.ts';
export { digestOf, digestOfAll } from './digest.ts';
export { type Prng, seededPrng } from './prng.ts';
export { isRefusal, type Refusal, type RefusalReason, refuse, sentence } from './refusal.ts';
export { creditDown, dollars, owedUp } from './rounding.ts';
export {
  DAYS_PER_YEAR,
  type Digest,
  type Instant,
  instant,
  MS_PER_DAY,
  MS_PER_YEAR,
  USD_SCALE,
  type Usd,
  usd,
  type Years,
  years,
  yearsBetween,
} from './units.ts';
