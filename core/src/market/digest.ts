// The name of a fitted market: a hash over every number in it, in the order written here.

import { ByteWriter, type Digest, digestOf } from '../base/index.ts';
import { compareText } from '../product/index.ts';
import type { VolDeform } from './deform.ts';
import type { Market, RawSvi, Slice, UnderlyingMarket } from './market.ts';

/** Bump when the layout below changes: an old digest then never matches by chance. */
const LAYOUT = 'plimsoll-market-2';

/**
 * SHA-256 over schema-ordered little-endian bytes: instant, coins (levels, futures, slices, refusals), pegs, touches. The source's
 * name is left out: the same market read from another file is the same market.
 * @example marketDigest(market) === market.digest // true for a market as fitted
 */
export function marketDigest(market: Omit<Market, 'digest' | 'source'>): Digest {
  const { at, underlyings, pegs, touches, confidences } = market;
  const bytes = new ByteWriter().text(LAYOUT).f64(at);
  bytes.u32(underlyings.length).u32(pegs.size).u32(touches.size);
  for (const coin of underlyings) writeUnderlying(bytes, coin);
  for (const [asset, peg] of [...pegs].sort(byCode)) bytes.text(asset).f64(peg);
  for (const [id, { bid, ask }] of [...touches].sort(byCode)) {
    bytes.text(id).u8((bid === undefined ? 0 : 1) | (ask === undefined ? 0 : 2));
    if (bid !== undefined) bytes.f64(bid);
    if (ask !== undefined) bytes.f64(ask);
  }
  // What a market need not have is told by name, so that one without it keeps its digest.
  if (confidences !== undefined) {
    bytes.text('confidences').u32(confidences.size);
    for (const [feed, confidence] of [...confidences].sort(byCode)) bytes.text(feed).f64(confidence);
  }
  return digestOf(bytes.finish());
}

function byCode([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return compareText(left, right);
}

function writeUnderlying(bytes: ByteWriter, coin: UnderlyingMarket): void {
  const { underlying, index, indexUncertainty, perpetual, futures, slices, refused } = coin;
  bytes.text(underlying).f64(index).f64(indexUncertainty).f64(perpetual);
  bytes.u32(futures.length).u32(slices.length).u32(refused.length);
  for (const { expiry, forward } of futures) bytes.f64(expiry).f64(forward);
  for (const slice of slices) writeSlice(bytes, slice);
  for (const { expiry, refusal } of refused) bytes.f64(expiry).text(refusal.reason);
}

function writeSlice(bytes: ByteWriter, slice: Slice): void {
  const { expiry, years, forward, smileForward, smileYears, smile, deforms, unfixed, quality } = slice;
  const { rate, oracleConfidence, table } = slice;
  bytes.f64(expiry).f64(years).f64(forward).f64(smileForward).f64(smileYears);
  writeSvi(bytes, smile.near);
  writeSvi(bytes, smile.far);
  bytes.f64(smile.mix).f64(unfixed).text(quality.source);
  const { fitError, quoteWidth, uncertainty, confidence, quotesUsed, insideShare } = quality;
  bytes.f64(fitError).f64(quoteWidth).f64(uncertainty).f64(confidence).f64(quotesUsed).f64(insideShare);
  bytes.f64(quality.butterflyMin).f64(quality.calendarMin).u32(deforms.length);
  for (const deform of deforms) writeDeform(bytes, deform);
  if (rate !== undefined) bytes.text('rate').f64(rate);
  if (oracleConfidence !== undefined) bytes.text('oracle-confidence').f64(oracleConfidence);
  if (table !== undefined) {
    bytes.text('table').u32(table.ks.length);
    for (const value of [...table.ks, ...table.vols]) bytes.f64(value);
  }
}

function writeDeform(bytes: ByteWriter, deform: VolDeform): void {
  bytes.text(deform.kind);
  switch (deform.kind) {
    case 'scale':
      bytes.f64(deform.factor);
      return;
    case 'shift':
      bytes.f64(deform.points);
      return;
    case 'floor':
      bytes.f64(deform.vol);
      return;
    case 'skew':
      bytes.text(deform.form).f64(deform.slope).f64(deform.cap);
      return;
    case 'wing':
      bytes.f64(deform.size).f64(deform.start).f64(deform.width);
      return;
  }
}

function writeSvi(bytes: ByteWriter, svi: RawSvi): void {
  bytes.f64(svi.a).f64(svi.b).f64(svi.rho).f64(svi.m).f64(svi.sigma);
}
