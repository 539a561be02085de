export {
  type CrossAccount,
  crossHealth,
  type HealthPerpetual,
  type HealthToken,
  type LockedFunds,
  perpetualHealth,
} from './health.ts';
export {
  depositCappedWeight,
  fractionOf,
  isqrt,
  type OpenInterestCaps,
  openInterestFraction,
  type SizedWeight,
  sizedAssetWeight,
  sizedLiabilityWeight,
} from './integers.ts';
export {
  borrowable,
  leveragedMargin,
  lockedBy,
  type Pledged,
  saleThreshold,
  type TokenUse,
  useOf,
} from './leverage.ts';
export {
  bankruptcyPrice,
  type Exposed,
  inverseBankruptcyPrice,
  inverseLiquidationPrice,
  liquidationPrice,
} from './liquidation-price.ts';
export { type OpenSides, onlyReduces, openSides } from './open-sides.ts';
export { nakedOption, outOfTheMoney, type ShortOptionRates, shortOption } from './short-option.ts';
export {
  type DeductedTier,
  discountedWeight,
  leverageTiers,
  openInterestShare,
  rampedRate,
  sizeScaled,
  type Tier,
  tierAt,
  tieredMargin,
  withDeductions,
} from './tiers.ts';
export { type Vault, type VaultLeg, vaultExcess } from './vault.ts';
