export { balanceWithDue, fundingDue, interestDue } from './accrual.ts';
export * from './bounds.ts';
export { type Closing, reduceAtMark } from './close.ts';
export { cureOf, cureUnits } from './cure.ts';
export { type Preview, previewOf } from './decide/adopt.ts';
export { decide } from './decide/decide.ts';
export { Desk, type Judge, type Models } from './desk.ts';
export { evolve, isLeap } from './evolve.ts';
export type {
  CreditReason,
  Cure,
  CureTrade,
  Fact,
  FactKind,
  FactOf,
  GoneReason,
  StandingFigures,
} from './facts.ts';
export { closingPrice, forcedCost } from './forced.ts';
export {
  CATEGORIES,
  type Category,
  type FillSide,
  type Input,
  type InputKind,
  type InputOf,
  LIMITS,
  type LimitName,
  type MarketHealth,
  type OrderTerms,
  type Protection,
  type Quote,
  type Sequenced,
  type TopUp,
} from './inputs.ts';
export { figuresOf, statusOf } from './ladder.ts';
export { type ClosingPolicy, type EnginePolicy, enginePolicy, type LadderPolicy } from './policy.ts';
export { portfolioOf } from './portfolio.ts';
export { apply, firstDay, isTaken, replay } from './replay.ts';
export { SCHEMA } from './schema.ts';
export {
  type AccountState,
  type AssetState,
  type Balance,
  emptyState,
  type OpenOrder,
  type ParameterProposal,
  type PastFill,
  type Position,
  type ProductState,
  type State,
} from './state.ts';
export {
  type AssetTerms,
  costOf,
  entryOf,
  type ProductMode,
  type ProductTerms,
  priceOf,
  priceUnits,
  quantityOf,
  settlePrice,
  type Tradable,
} from './terms.ts';
export { payout, type TradeChange, tradeChange } from './trade.ts';
export {
  type AccountId,
  type GroupId,
  HOUSE,
  type HouseId,
  type Lots,
  type OrderId,
  type OwnerId,
  PRICE_DECIMALS,
  PRICE_SCALE,
  type PriceUnits,
  type Scope,
  type SetId,
  STATUSES,
  type Status,
  scopeKey,
  type Units,
} from './words.ts';
