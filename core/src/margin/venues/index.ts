// Rules of venues as pure functions, for whoever wants one without a book: feeds, funding, lending, fees, loss sharing.

export {
  DERIVE_SETTLEMENT_SECONDS,
  type ForwardParts,
  type ForwardPrint,
  forwardParts,
  type SpotDifference,
  spotWithDifference,
} from './derive/feeds.ts';
export {
  type CashPool,
  type DeriveBorrowing,
  type DeriveFunding,
  deriveBorrowRate,
  deriveFundingPaid,
  deriveFundingRate,
  deriveInterest,
  deriveInterestFee,
  deriveInterestFees,
  type FundingHeld,
  type InterestTrade,
} from './derive/rates.ts';
export {
  type FundingStretch,
  type ParadexFunding,
  paradexFundingAdvance,
  paradexFundingRate,
  type Shortfall,
  socialisedShare,
} from './paradex/funding.ts';
