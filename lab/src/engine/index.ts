// Simulated venues and their auditor.
export { Auditor, type Finding } from './audit/auditor.ts';
export { type Hunt, hunt, huntAll } from './hunt.ts';
export { MUTANTS, type Mutant } from './mutants.ts';
export { type Broken, planOf, type RunPlan, type RunResult, runOnce } from './run.ts';
export { WORLD_MODELS, World, type WorldModel } from './world.ts';
