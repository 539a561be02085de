// What `deribit-pm` says of itself: how near each of its terms is to the venue's own number, and since when its parameters hold.

import type { VenueFacts } from '../../requirement.ts';
import { type DeribitPortfolioParameters, deribitPortfolioHistory } from './portfolio-parameters.ts';

export const portfolioFacts: VenueFacts<DeribitPortfolioParameters> = {
  venue: 'Deribit',
  unit: 'coins of the settlement currency, counted at the index; several currencies are summed in dollars',
  exactness: {
    scenarios: {
      level: 'partly',
      why: "Futures and perpetuals are the venue's documented vectors cell by cell; how options are repriced, the dampener where it lets something stand and the offset between currencies are third parties' readings.",
    },
    'scenario-factor': {
      level: 'exact',
      why: 'Maintenance is 0.8 of the risk matrix margin in the documented answer.',
    },
    'roll-shock': {
      level: 'partly',
      why: 'The least move is reproduced to the digit; the exponential of the time to expiry and the delta of options are read, not seen.',
    },
    'delta-shock': {
      level: 'indicative',
      why: 'Zero below the threshold, as in every answer seen; above it the formula is inferred from the names of its parameters.',
    },
    'collateral-haircut': {
      level: 'partly',
      why: 'Haircuts of USDE, USYC and BUIDL are read from exchange updates; how equity in coins enters the matrix of cross collateral (equity_side_impact) is not published and is left out.',
    },
    release: {
      level: 'partly',
      why: "By the venue's text liquidation ends as soon as maintenance margin is below one hundred percent of the margin balance, so release is maintenance; no number of a liquidation was seen.",
    },
    orders: {
      level: 'indicative',
      why: "Orders cost the worst subset of their fills (M-34); the venue's own open-order and market-maker-protection margins are not published.",
    },
  },
  history: deribitPortfolioHistory,
};
