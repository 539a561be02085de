// Simulated venues and their auditor.
export { Auditor, type Finding } from './audit/auditor.ts';
export { type Broken, type RunPlan, type RunResult, runOnce } from './run.ts';
export { WORLD_MODELS, World, type WorldModel } from './world.ts';
