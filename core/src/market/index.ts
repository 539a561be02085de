export { deformVol, VOL_MIN, type VolDeform } from './deform.ts';
export {
  assetUsd,
  type ForwardMark,
  type Market,
  type RawSvi,
  type RefusedSlice,
  type Slice,
  type SliceQuality,
  type Smile,
  type UnderlyingMarket,
  underlyingOf,
} from './market.ts';
export type { ChainSnapshot, FutureQuote, OptionQuote, Touch } from './quotes.ts';
