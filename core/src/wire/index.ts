export { CHAIN_QUOTES_MAX } from './chain.ts';
export { type ChainFile, openChainCsv, readChainCsv, SNAPSHOT_SPREAD_MS } from './chain-csv.ts';
export { readChainJson, SUMMARY_SPREAD_MS } from './chain-json.ts';
export {
  DECIMAL_LENGTH_MAX,
  formatDecimal,
  formatScaled,
  formatUsd,
  isPrice,
  parseDecimal,
  parseScaled,
  QUANTITY_MAX,
} from './decimal.ts';
export { readFacts, writeFacts } from './engine/facts.ts';
export { readInput, writeInput } from './engine/inputs.ts';
export { readState, STATE_LENGTH_MAX, stateDigest, stateLines, writeState } from './engine/state.ts';
export { type Bars, type HistoryQuery, readHistoryCsv } from './history-csv.ts';
export { formatInstant, parseInstant } from './instants.ts';
export { readMarket } from './market-read.ts';
export { MARKET_FORMAT, MARKET_VERSION, writeMarket } from './market-write.ts';
export { formatExpiry, formatProduct, isAssetCode, NAME_LENGTH_MAX, parseProduct } from './names.ts';
export { ACCOUNTS_MAX, readOwnerJson } from './owner-json.ts';
export { nameOfOwner, OWNERS_MAX, readOwnersCsv, readOwnersJson, VENUE_ACCOUNTS_MAX } from './owners.ts';
export { DATED_SETS_MAX, readParameterHistory } from './parameter-history.ts';
export { readParameters } from './parameters.ts';
export { MARK_AGE_MAX_MS, readPerpetualsCsv, withFutures } from './perpetuals-csv.ts';
export { ACCOUNT_UNNAMED, ORDERS_MAX, PORTFOLIO_LENGTH_MAX, POSITIONS_MAX } from './portfolio.ts';
export { readPortfolioCsv } from './portfolio-csv.ts';
export { readPortfolioJson } from './portfolio-json.ts';
export { type ProductResolver, readProduct } from './resolve.ts';
export {
  RISK_FILE_BYTES_MAX,
  RISK_FILE_FORMAT,
  RISK_FILE_VERSION,
  type RiskHeader,
  type RiskSignature,
  sealRiskFile,
  writeRiskFile,
} from './risk-file.ts';
export { packRiskFile, sealPackedFile } from './risk-file-packed.ts';
export { type RiskFile, readRiskFile } from './risk-file-read.ts';
export { readVenueAnswer } from './venues/open.ts';
export { isVolSnapshots, readVolSnapshotsCsv } from './vol-snapshots-csv.ts';
export { TEXT_LENGTH_MAX } from './words.ts';
