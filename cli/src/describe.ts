// Scenarios in words: what a lane means for one coin.

import type { Move, RiskBook } from '@plimsoll/core';
import { percent, signed } from './output.ts';

function size(share: number): string {
  const decimals = Math.abs(share * 100 - Math.round(share * 100)) < 1e-9 ? 0 : 1;
  return signed(percent(share, decimals));
}

function describeMove(move: Move): string {
  switch (move.kind) {
    case 'spot':
      return `spot ${size(move.relative)}${move.keeps === 'basis' ? ' of the index, forwards by as many dollars' : ''}`;
    case 'vol': {
      const { scaling } = move;
      const by = (share: number) =>
        move.form === 'points' ? `${signed((share * 100).toFixed(1))} points` : size(share);
      const nodes = 'nodes' in scaling ? scaling.nodes : [{ days: 30, factor: 1 }];
      const words = nodes.map(({ days, factor }) => `${by(move.size * factor)} at ${days} d`);
      return `vol ${words.join(', ')}${move.floor === undefined ? '' : `, at least ${percent(move.floor)}`}`;
    }
    case 'skew':
      return `${move.form} skew ${signed(String(move.size))}`;
    case 'wing':
      return `wings ${size(move.size)}`;
    case 'term':
      return `term twist, front ${size(move.front)}, back ${size(move.back)}`;
    case 'basis':
      return `forwards ${size(move.size * move.add)} and ${size(move.size * move.multiple)} a year`;
    case 'premium':
      return `perpetual ${size(move.relative)} against the index`;
    case 'peg':
      return `${move.asset ?? 'stable assets'} ${size(move.relative)}`;
    case 'par':
      return 'stable assets at par';
    case 'time':
      return `${move.days} d later`;
  }
}

/** A lane of a book as an underlying sees it. @example 'spot -16 %, vol +50 % at 30 d, at least 50 %' */
export function describeLane(book: RiskBook, underlying: string, lane: number): string {
  if (lane < 0) return 'no scenario loses';
  const shock = book.shocks.get(underlying)![lane]!;
  const own = shock.moves.filter((move) => !('underlying' in move) || move.underlying === underlying);
  const words = own.map(describeMove);
  if (words.length === 0) words.push('nothing moves');
  if (shock.smile === 'sticky-moneyness') words.push('vols stay at their moneyness');
  if (shock.netting === 'loss-per-expiry') words.push('each expiry a loss');
  if (shock.damp !== 1) words.push(`${percent(shock.damp, 1)} counted`);
  return words.join(', ');
}
