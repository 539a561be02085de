export { CHAIN_QUOTES_MAX } from './chain.ts';
export { listChainCsv, readChainCsv, SNAPSHOT_SPREAD_MS } from './chain-csv.ts';
export {
  DECIMAL_LENGTH_MAX,
  formatDecimal,
  formatScaled,
  formatUsd,
  parseDecimal,
  parseScaled,
  QUANTITY_MAX,
} from './decimal.ts';
export { formatInstant, parseInstant } from './instants.ts';
export { formatExpiry, formatProduct, isAssetCode, NAME_LENGTH_MAX, parseProduct } from './names.ts';
export { TEXT_LENGTH_MAX } from './words.ts';
