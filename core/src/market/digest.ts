// The name of a fitted market: a hash over every number in it, in the order written here.

import { ByteWriter, type Digest, digestOf } from '../base/index.ts';
import { type AssetCode, compareText } from '../product/index.ts';
import type { Market, RawSvi, Slice, UnderlyingMarket } from './market.ts';
import type { Touch } from './quotes.ts';

/** Bump when the layout below changes: an old digest then never matches by chance. */
const LAYOUT = 'plimsoll-market-1';

/**
 * SHA-256 over schema-ordered little-endian bytes: instant, coins (levels, futures, slices, refusals), pegs, touches. The source's
 * name is left out: the same market read from another file is the same market.
 * @example marketDigest(market) === market.digest // true for a market as fitted
 */
export function marketDigest(market: Pick<Market, 'at' | 'underlyings' | 'pegs' | 'touches'>): Digest {
  const { at, underlyings, pegs, touches } = market;
  const records = [
    new ByteWriter().text(LAYOUT).f64(at).u32(underlyings.length).u32(pegs.size).u32(touches.size),
  ];
  for (const coin of underlyings) pushUnderlying(records, coin);
  for (const entry of [...pegs].sort(byCode)) records.push(pegRecord(entry));
  for (const entry of [...touches].sort(byCode)) records.push(touchRecord(entry));
  return digestOf(joined(records.map((record) => record.finish())));
}

function byCode([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return compareText(left, right);
}

function pushUnderlying(records: ByteWriter[], coin: UnderlyingMarket): void {
  const { underlying, index, indexUncertainty, perpetual, futures, slices, refused } = coin;
  const head = new ByteWriter().text(underlying).f64(index).f64(indexUncertainty).f64(perpetual);
  records.push(head.u32(futures.length).u32(slices.length).u32(refused.length));
  for (const { expiry, forward } of futures) records.push(new ByteWriter().f64(expiry).f64(forward));
  for (const slice of slices) records.push(sliceRecord(slice));
  for (const { expiry, refusal } of refused) records.push(new ByteWriter().f64(expiry).text(refusal.reason));
}

function sliceRecord(slice: Slice): ByteWriter {
  const { expiry, years, forward, smileForward, smileYears, smile, unfixed, quality } = slice;
  const bytes = new ByteWriter().f64(expiry).f64(years).f64(forward).f64(smileForward).f64(smileYears);
  writeSvi(bytes, smile.near);
  writeSvi(bytes, smile.far);
  bytes.f64(smile.mix).f64(unfixed).text(quality.source);
  return bytes.f64(quality.uncertainty).f64(quality.confidence);
}

function writeSvi(bytes: ByteWriter, svi: RawSvi): void {
  bytes.f64(svi.a).f64(svi.b).f64(svi.rho).f64(svi.m).f64(svi.sigma);
}

function pegRecord([asset, peg]: readonly [AssetCode, number]): ByteWriter {
  return new ByteWriter().text(asset).f64(peg);
}

function touchRecord([id, { bid, ask }]: readonly [string, Touch]): ByteWriter {
  const bytes = new ByteWriter().text(id).u8((bid === undefined ? 0 : 1) | (ask === undefined ? 0 : 2));
  if (bid !== undefined) bytes.f64(bid);
  if (ask !== undefined) bytes.f64(ask);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
