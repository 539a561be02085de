export {
  type AccountStanding,
  assessAccount,
  assessPool,
  type PartStanding,
  type PoolStanding,
} from './account.ts';
export { isolate, isolateAll } from './isolate.ts';
export {
  assessOwner,
  type GroupCharge,
  membersOf,
  type OwnerStanding,
  poolStandings,
  splitByWeight,
} from './owner.ts';
export { type Part, type Pool, partsOf, poolsOf, TREATMENTS, type Treatment } from './pools.ts';
