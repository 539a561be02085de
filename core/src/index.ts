// The library's front door, by name: what a user of the library may lean on. Everything else belongs to its room.

export type * from './base/index.ts';
export {
  AssertionError,
  assert,
  creditDown,
  DAYS_PER_YEAR,
  digestOf,
  digestValue,
  dollars,
  instant,
  isRefusal,
  MS_PER_DAY,
  MS_PER_YEAR,
  owedUp,
  refuse,
  seededPrng,
  sentence,
  usd,
  utf8,
  years,
  yearsBetween,
} from './base/index.ts';
export type * from './margin/index.ts';
export {
  applyTrade,
  assess,
  CHARGE_RULES,
  carryBids,
  coinParameters,
  doubtParameters,
  grid,
  gridDefaults,
  models,
  productsOf,
  requirementDigest,
  settleExpired,
  withEntries,
} from './margin/index.ts';
export type * from './market/index.ts';
export {
  assetUsd,
  atmVol,
  butterflyMin,
  durrleman,
  essviRaw,
  fitMarket,
  fitPolicy,
  fitReport,
  GRID_REACH,
  isTooWide,
  jumpWingsOf,
  marketDigest,
  oneTerm,
  rawOf,
  repairedByWings,
  sliceAt,
  sviRefusal,
  sviVariance,
  totalVariance,
  underlyingOf,
  volAt,
  volQuotes,
} from './market/index.ts';
export type * from './pricing/index.ts';
export { futureMark, futureProfit, greeks, price } from './pricing/index.ts';
export type * from './product/index.ts';
export { compareProducts, compareText, expiryOf } from './product/index.ts';
export type * from './risk/index.ts';
export {
  attribute,
  buildRiskBook,
  combine,
  fillRows,
  holdingsOf,
  planCombine,
  sweep,
  withExpiries,
} from './risk/index.ts';
export type * from './scenario/index.ts';
export {
  lanePlace,
  laneSpot,
  later,
  priceVolGrid,
  resolveLane,
  shift,
  standardScenarios,
  TERM_SCALING,
} from './scenario/index.ts';
export type * from './wire/index.ts';
export {
  formatDecimal,
  formatExpiry,
  formatInstant,
  formatProduct,
  formatUsd,
  isAssetCode,
  isPrice,
  openChainCsv,
  parseDecimal,
  parseInstant,
  parseProduct,
  readChainCsv,
  readChainJson,
  readMarket,
  readParameters,
  readPerpetualsCsv,
  readPortfolioCsv,
  readPortfolioJson,
  withFutures,
  writeMarket,
} from './wire/index.ts';
