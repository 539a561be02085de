// Moves of a market as a person types them: one, or a whole stress.

import {
  isRefusal,
  type Market,
  type Move,
  parseDecimal,
  type Refusal,
  refuse,
  underlyingOf,
} from '@plimsoll/core';

const MOVE = /^(?:([A-Z0-9]+)=)?([+-]?[0-9.]+)(%|pt)$/i;
/** What is said happens to every expiry alike. */
const NO_SCALING = { short: 0, long: 0, dteFloor: 1 };

/** How far something moves: a share, or vol points. */
interface Size {
  readonly share: number;
  readonly unit: '%' | 'pt';
}

function readSize(text: string, unit: string, option: string): Size | Refusal {
  const size = parseDecimal(text, option);
  if (isRefusal(size)) return size;
  const share = size / 100;
  if (unit === '%' && !(share > -1)) {
    return refuse('out-of-range', 'a price or vol cannot fall by 100 % or more.', option);
  }
  return { share, unit: unit === '%' ? '%' : 'pt' };
}

function spotOrVol(kind: 'spot' | 'vol', { share, unit }: Size, coin: string | undefined): Move {
  const own = coin === undefined ? {} : { underlying: coin };
  if (kind === 'spot') return { kind, relative: share, ...own };
  return { kind, form: unit === '%' ? 'relative' : 'points', size: share, scaling: NO_SCALING, ...own };
}

/** A move of spot or vol from a word such as `BTC=-10%` or `+5pt`; `option` is where it stood. */
export function readMove(kind: 'spot' | 'vol', word: string, option: string): Move | Refusal {
  const parts = MOVE.exec(word);
  if (parts === null || (kind === 'spot' && parts[3] !== '%')) {
    const example = kind === 'spot' ? 'BTC=-10%' : '+5pt or +20%';
    return refuse('malformed', `'${word}' is not a move; write for example ${example}.`, option);
  }
  const size = readSize(parts[2]!, parts[3]!, option);
  return isRefusal(size) ? size : spotOrVol(kind, size, parts[1]?.toUpperCase());
}

const STRESSED = /^(?:(spot|vol|basis|premium|peg)(?::([A-Z0-9]+))?|([A-Z0-9]+))=([+-]?[0-9.]+)(%|pt)$/;

function readPart(word: string, option: string): Move | Refusal {
  const [, kind = 'spot', of, coin = of, text, unit] = STRESSED.exec(word) ?? [];
  if (text === undefined || (unit === 'pt' && kind !== 'vol')) {
    const mend =
      'write BTC=-40%, spot=-40% (all coins), vol=+60%, vol:BTC=+20pt, premium=-3%, basis=+1% or peg:USDC=-10%, with commas between.';
    return refuse('malformed', `'${word}' is no part of a stress; ${mend}`, option);
  }
  const size = readSize(text, unit!, option);
  if (isRefusal(size)) return size;
  if (kind === 'peg') {
    if (coin === undefined || coin === 'USD') {
      return refuse('malformed', 'a peg is of a stable asset; write for example peg:USDC=-10%.', option);
    }
    return { kind, relative: size.share, asset: coin };
  }
  const own = coin === undefined ? {} : { underlying: coin };
  if (kind === 'basis') return { kind, size: size.share, add: 1, multiple: 0, ...own };
  if (kind === 'premium') return { kind, relative: size.share, ...own };
  return spotOrVol(kind === 'vol' ? 'vol' : 'spot', size, coin);
}

/** The moves of a stress such as `BTC=-40%,ETH=-50%,vol=+60%`; nothing moves twice. */
export function readStress(words: string, option: string): Move[] | Refusal {
  const moves: Move[] = [];
  const seen = new Set<string>();
  for (const word of words.split(',').map((part) => part.trim())) {
    const move = readPart(word, option);
    if (isRefusal(move)) return move;
    const key = word.slice(0, word.indexOf('=')).replace(/^spot:/, '');
    if (seen.has(key)) return refuse('duplicate', `'${word}' moves the same again; give one move.`, option);
    seen.add(key);
    moves.push(move);
  }
  return moves;
}

/** A move of a coin that a market does not have. */
export function doubtCoins(moves: readonly Move[], market: Market, option: string): Refusal | undefined {
  for (const move of moves) {
    const coin = 'underlying' in move ? move.underlying : undefined;
    if (coin === undefined || underlyingOf(market, coin) !== undefined) continue;
    const coins = market.underlyings.map(({ underlying }) => underlying).join(', ');
    return refuse('no-market', `there is no ${coin} in this market to move; it has ${coins}.`, option);
  }
  return undefined;
}

const MONEY = /^([0-9]+(?:\.[0-9]+)?)([kmb]?)$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 };
const MONEY_MAX = 1e13;

/** Dollars from a word such as `5m`. @example readMoney('5m', '--fund') // 5000000 */
export function readMoney(word: string, option: string): number | Refusal {
  const [, text, unit] = MONEY.exec(word) ?? [];
  if (text === undefined) {
    return refuse(
      'malformed',
      `'${word}' is no amount; write dollars such as 750000, 750k, 5m or 1.2b.`,
      option,
    );
  }
  const amount = parseDecimal(text, option);
  if (isRefusal(amount)) return amount;
  const dollars = amount * UNITS[unit!.toLowerCase()]!;
  return dollars <= MONEY_MAX
    ? dollars
    : refuse('out-of-range', 'that is more dollars than there are.', option);
}
