// Bad clients: unknown names, wrong signs and scales, numbers that are none, what was sent before.

import type { Instant } from '@plimsoll/core';
import type { Input, InputKind } from '@plimsoll/core/engine';
import type { Dice } from './dice.ts';
import type { Scene, Timed } from './world.ts';

const NUMBERS = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 1e300] as const;
const NAMES = ['', 'nobody', 'clearing', 'backstop', 'x'.repeat(200), 'a\u0000b', '__proto__'] as const;
const AMOUNTS = [0n, -1n, 10n ** 30n, -(10n ** 30n)] as const;

/** Fields that a client fills in, with what may go wrong with them. `set`, `terms`, `policy` and `parameters` come from the venue. */
function spoil(dice: Dice, value: unknown): unknown {
  if (typeof value === 'number') return dice.one(NUMBERS);
  if (typeof value === 'bigint') return dice.one(AMOUNTS);
  if (typeof value === 'string') return dice.one(NAMES);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map)
    return value;
  const keys = Object.keys(value).filter((key) => !FIXED.has(key));
  if (keys.length === 0) return value;
  const key = dice.one(keys);
  return { ...value, [key]: spoil(dice, (value as Record<string, unknown>)[key]) };
}

/** Words of a closed list are doubted in wire, before the engine sees them. */
const FIXED: ReadonlySet<string> = new Set([
  'kind',
  'side',
  'mode',
  'hold',
  'limit',
  'category',
  'taker',
  'market',
  'parameters',
  'scope',
  'reduceOnly',
  'postOnly',
  'model',
  'lot',
  'product',
]);
const SPOILED: ReadonlySet<InputKind> = new Set<InputKind>([
  'open',
  'classify',
  'regroup',
  'link',
  'deposit',
  'withdraw',
  'convert',
  'transfer',
  'place',
  'amend',
  'cancel',
  'cancel-all',
  'protect',
  'fill',
  'bust',
  'slice',
  'approve',
  'withdraw-proposal',
  'delist',
  'settle',
  'override',
  'limit',
  'propose',
]);

/** An input with one field that cannot be; one that was sent before; one that names what is not there. */
export function strangeInput(scene: Scene, at: Instant): Timed {
  const { dice, world } = scene;
  const past = world.sent.slice(-60);
  if (dice.percent(40)) return { at, input: dice.one(past).input };
  const known = past.filter(({ input }) => SPOILED.has(input.kind));
  if (known.length === 0) return { at, input: { kind: 'beat' } };
  const { input } = dice.one(known);
  const fresh = 'id' in input && dice.percent(70) ? { ...input, id: world.id() } : input;
  const spoiled =
    dice.percent(30) && 'product' in fresh ? { ...fresh, product: 'NOTHING' } : spoil(dice, fresh);
  return { at, input: spoiled as Input };
}
