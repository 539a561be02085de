// Simulated markets, evidence, and the files both read.
export { FILE_BYTES_MAX, readBinary, readText, TEXT_BYTES_MAX } from './files.ts';
export { factorOfName, type HistoryWord, loadHistory, type NamedFactor, readHistoryWord } from './history.ts';
export { isSignedBy, newKeys, publicKeyOf, signBytes } from './keys.ts';
export * from './simulate/index.ts';
export { type SurfaceEvidence, surfaceEvidence } from './surface/evidence.ts';
