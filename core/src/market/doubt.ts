// A market that somebody made by hand is doubted once, before it is priced: no level that is none, no share beyond one, no NaN anywhere.

import { type Refusal, refuse } from '../base/index.ts';
import type { Market, Slice, UnderlyingMarket } from './market.ts';

type Kind = 'price' | 'share' | 'at least zero' | 'rate';

const HOLDS: Readonly<Record<Kind, (value: number) => boolean>> = {
  price: (value) => value > 0 && value < Number.POSITIVE_INFINITY,
  share: (value) => value >= 0 && value <= 1,
  'at least zero': (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
  rate: (value) => Math.abs(value) <= 10,
};
const WORDS: Readonly<Record<Kind, string>> = {
  price: 'a price above zero',
  share: 'a share from 0 to 1',
  'at least zero': 'a number, zero or above',
  rate: 'a rate a year between -10 and 10',
};

type Said = readonly [what: string, kind: Kind, value: number | undefined];

function sliceSays({ expiry, ...slice }: Slice, coin: string): Said[] {
  const what = (field: string) =>
    `${field} of ${coin}'s expiry ${new Date(expiry).toISOString().slice(0, 10)}`;
  const { years, forward, smileForward, smileYears, unfixed, rate, oracleConfidence, table } = slice;
  return [
    [what('the years'), 'at least zero', years],
    [what('the forward'), 'price', forward],
    [what('the smile forward'), 'price', smileForward],
    [what('the smile years'), 'at least zero', smileYears],
    [what('the unfixed part'), 'share', unfixed],
    [what('the rate'), 'rate', rate],
    [what('the oracle confidence'), 'share', oracleConfidence],
    ...(table?.vols ?? []).map((vol): Said => [what('a stated vol'), 'at least zero', vol]),
  ];
}

function coinSays({
  underlying,
  index,
  indexUncertainty,
  perpetual,
  futures,
  slices,
}: UnderlyingMarket): Said[] {
  return [
    [`the index of ${underlying}`, 'price', index],
    [`the index uncertainty of ${underlying}`, 'at least zero', indexUncertainty],
    [`the perpetual of ${underlying}`, 'price', perpetual],
    ...futures.map(({ forward }): Said => [`a future of ${underlying}`, 'price', forward]),
    ...slices.flatMap((slice) => sliceSays(slice, underlying)),
  ];
}

/**
 * The first thing a market says that cannot be, or undefined. Files are doubted where they are read; this is for markets made in code.
 * @example doubtMarket({ ...market, pegs: new Map([['USDC', Number.NaN]]) })?.message // 'the price of USDC is NaN; it must be a price above zero.'
 */
export function doubtMarket({ underlyings, pegs, confidences }: Market): Refusal | undefined {
  const says: Said[] = [
    ...underlyings.flatMap(coinSays),
    ...[...pegs].map(([asset, level]): Said => [`the price of ${asset}`, 'price', level]),
    ...[...(confidences ?? [])].map(([feed, sure]): Said => [`the confidence of ${feed}`, 'share', sure]),
  ];
  const wrong = says.find(([, kind, value]) => value !== undefined && !HOLDS[kind](value));
  if (wrong === undefined) return undefined;
  const [what, kind, value] = wrong;
  return refuse('out-of-range', `${what} is ${value}; it must be ${WORDS[kind]}.`, 'the market');
}
