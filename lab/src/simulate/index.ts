export { type SimulationSpec, SNAPSHOTS_MAX, simulateChain } from './chain.ts';
export { simulateDay, type TimedInput } from './day.ts';
export { type ListedExpiry, listedExpiries, listedStrikes } from './listing.ts';
export { type PathState, startPath, stepPaths } from './path.ts';
export { type SimulatedSurface, simulatedVol, surfaceOf } from './smile.ts';
export { SIMULATED_SOL, SIMULATED_UNDERLYINGS, type SimulatedUnderlying } from './underlyings.ts';
export { writeBookSummary, writeChainCsv, writeFuturesCsv, writePerpetualsCsv } from './write.ts';
