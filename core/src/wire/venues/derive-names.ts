// Derive's names in ours: `ETH-PERP` is `ETH_USDC-PERPETUAL`, `ETH-20260327-3000-C` is `ETH_USDC-27MAR26-3000-C`.

import { type Refusal, refuse } from '../../base/index.ts';
import type { Listed } from '../../product/index.ts';
import { dayOf } from '../instants.ts';
import { formatExpiry, parseProduct } from '../names.ts';
import { quoted } from '../words.ts';

/** Everything there settles in it. */
export const DERIVE_SETTLES = 'USDC';
const NAME = /^([A-Z0-9]+)-(?:(PERP)|(\d{4})(\d{2})(\d{2})-(\d+(?:[._]\d+)?)-([CP]))$/;
const EXPIRY_HOUR_MS = 28_800_000;

/**
 * A contract by the venue's `instrument_name`: linear, settled in USDC, options ending at 08:00 UTC.
 * @example parseDerive('ETH-PERP').id // 'ETH_USDC-PERPETUAL'
 */
export function parseDerive(name: string, where?: string): Listed | Refusal {
  const parts = NAME.exec(name);
  if (parts === null) {
    const said = `${quoted(name)} is no contract of Derive such as ETH-PERP or ETH-20260327-3000-C.`;
    return refuse('unknown-product', said, where);
  }
  const [, coin, perpetual, year, month, day, strike, right] = parts;
  const head = `${coin}_${DERIVE_SETTLES}`;
  if (perpetual !== undefined) return parseProduct(`${head}-PERPETUAL`, where);
  const midnight = dayOf(Number(year), Number(month), Number(day));
  if (midnight === undefined) {
    return refuse('unknown-product', `${quoted(name)} expires on no day of the calendar.`, where);
  }
  const expiry = formatExpiry((midnight + EXPIRY_HOUR_MS) as never);
  return parseProduct(`${head}-${expiry}-${strike!.replace(/[._]/, 'd')}-${right}`, where);
}
