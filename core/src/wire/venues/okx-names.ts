// OKX's names in ours: `BTC-USDT-SWAP` is `BTC_USDT-PERPETUAL`, `BTC-USD-250328-90000-C` is `BTC-28MAR25-90000-C`.

import { type Refusal, refuse } from '../../base/index.ts';
import type { Listed } from '../../product/index.ts';
import { dayOf } from '../instants.ts';
import { formatExpiry, parseProduct } from '../names.ts';
import { quoted } from '../words.ts';

const NAME = /^([A-Z0-9]+)-([A-Z0-9]+)-(?:(SWAP)|(\d{2})(\d{2})(\d{2})(?:-(\d+(?:\.\d+)?)-([CP]))?)$/;
/** Every dated contract of the venue ends at 08:00 UTC, as ours do. */
const EXPIRY_HOUR_MS = 28_800_000;

/**
 * A contract by the venue's `instId`. Against USD it settles in its coin, against anything else in that.
 * @example parseOkx('BTC-USDT-SWAP').id // 'BTC_USDT-PERPETUAL'
 */
export function parseOkx(name: string, where?: string): Listed | Refusal {
  const parts = NAME.exec(name);
  if (parts === null) {
    const said = `${quoted(name)} is no contract of OKX such as BTC-USDT-SWAP, BTC-USD-250328 or BTC-USD-250328-90000-C.`;
    return refuse('unknown-product', said, where);
  }
  const [, coin, quote, swap, year, month, day, strike, right] = parts;
  const head = quote === 'USD' ? coin! : `${coin}_${quote}`;
  if (swap !== undefined) return parseProduct(`${head}-PERPETUAL`, where);
  const midnight = dayOf(2000 + Number(year), Number(month), Number(day));
  if (midnight === undefined) {
    return refuse('unknown-product', `${quoted(name)} expires on no day of the calendar.`, where);
  }
  const dated = `${head}-${formatExpiry((midnight + EXPIRY_HOUR_MS) as never)}`;
  return parseProduct(strike === undefined ? dated : `${dated}-${strike.replace('.', 'd')}-${right}`, where);
}
