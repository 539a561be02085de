// Simulated markets, evidence, and the files both read.
export * from './backtest/index.ts';
export * from './backtest/tests/index.ts';
export * from './engine/index.ts';
export {
  estimateGarch,
  GARCH_RETURNS_MIN,
  type GarchEstimate,
  type GarchForm,
  logLikelihoodOf,
} from './estimate/garch.ts';
export { type Minimum, nelderMead } from './estimate/nelder-mead.ts';
export { markdownTable, preface } from './evidence/markdown.ts';
export { FILE_BYTES_MAX, readBinary, readText, TEXT_BYTES_MAX } from './files.ts';
export { factorOfName, type HistoryWord, loadHistory, type NamedFactor, readHistoryWord } from './history.ts';
export { isSignedBy, newKeys, publicKeyOf, signBytes } from './keys.ts';
export * from './simulate/index.ts';
export { type SurfaceEvidence, surfaceEvidence } from './surface/evidence.ts';
