// What a venue sees and what time brings: markets with their lies and delays, slices, beats, settlements.

import type { Instant, Market } from '@plimsoll/core';
import { type Input, type MarketHealth, priceUnits } from '@plimsoll/core/engine';
import type { Dice } from './dice.ts';
import { marketAt } from './market.ts';
import { COINS, FAR, NEAR } from './products.ts';
import type { Scene, Timed } from './world.ts';

const SLICE_MOST = 12;

function healthOf(dice: Dice): ReadonlyMap<string, MarketHealth> {
  const health = new Map<string, MarketHealth>();
  for (const coin of COINS) {
    const mode = dice.weighted({ normal: 90, widen: 3, 'reduce-only': 4, halt: 3 });
    const mayLiquidate = mode === 'normal' ? !dice.percent(4) : dice.percent(40);
    if (mode !== 'normal' || !mayLiquidate) {
      health.set(coin, { mode, mayLiquidate: mode !== 'halt' && mayLiquidate, reasons: ['a lone source'] });
    }
  }
  return health;
}

/** Markets stop, repeat, arrive late, or say what cannot be. */
function marketInput({ world, dice, state }: Scene, at: Instant): Input {
  const funding = new Map<string, number>();
  if (dice.percent(80)) funding.set('BTC-PERPETUAL', (dice.next() - 0.5) * 0.02);
  if (dice.percent(80)) funding.set('ETH_USDC-PERPETUAL', (dice.next() - 0.5) * 0.02);
  const health = healthOf(dice);
  const make = (when: number): Market => marketAt(when as Instant, world.paths, world.peg);
  const how = dice.weighted({ sound: 90, repeated: 2, late: 4, ahead: 2, funding: 1, rate: 1 });
  const { market: last } = state;
  if (how === 'repeated' && last !== undefined) return { kind: 'market', market: last, health, funding };
  if (how === 'late') return { kind: 'market', market: make(at - dice.whole(1, 180_000)), health, funding };
  if (how === 'ahead') return { kind: 'market', market: make(at + dice.whole(1, 60_000)), health, funding };
  if (how === 'funding') funding.set(dice.one(['BTC-24APR26', 'NOBODY']), 0.001);
  if (how === 'rate') funding.set('BTC-PERPETUAL', dice.one([0.2, Number.NaN, Number.POSITIVE_INFINITY]));
  return { kind: 'market', market: make(at), health, funding };
}

/** What waits to be settled, at a price near the index; now and then too early. */
function settleInput({ world, dice }: Scene): Input {
  const coin = dice.one(world.paths);
  const price = priceUnits(coin.index * (0.995 + 0.01 * dice.next()));
  return { kind: 'settle', underlying: coin.coin, expiry: dice.percent(85) ? NEAR : FAR, price };
}

/** @example seenInput(scene, at).input.kind // 'market' */
export function seenInput(scene: Scene, at: Instant): Timed {
  const { dice, world, state } = scene;
  const isDue = at >= NEAR && state.products.get('BTC-27MAR26-65000-C')?.mode !== 'settled';
  if (isDue && dice.percent(25)) {
    const btc = world.paths[0]!;
    return { at, input: { kind: 'settle', underlying: 'BTC', expiry: NEAR, price: priceUnits(btc.index) } };
  }
  if (dice.percent(3)) world.darkUntil = at + dice.whole(60_000, 600_000);
  const what = dice.weighted({ market: 50, slice: 34, beat: 14, settle: 2 });
  if (what === 'settle') return { at, input: settleInput(scene) };
  if (what === 'beat') return { at, input: { kind: 'beat' } };
  if (what === 'slice' || at < world.darkUntil) {
    return { at, input: { kind: 'slice', count: dice.whole(1, SLICE_MOST) } };
  }
  return { at, input: marketInput(scene, at) };
}
