// The library's front door: one namespace per room would hide the flow, so the rooms' words are exported flat.
export * from './base/index.ts';
export * from './margin/index.ts';
export * from './market/index.ts';
export * from './pricing/index.ts';
export * from './product/index.ts';
export * from './risk/index.ts';
export * from './scenario/index.ts';
export * from './wire/index.ts';
