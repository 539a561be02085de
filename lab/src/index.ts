// The laboratory's front door: simulated markets in the shapes real ones come in.
export * from './simulate/index.ts';
