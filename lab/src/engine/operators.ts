// What operators do: halts, kills, limits, holds, proposals and approvals, other policies, delistings, busts, other groups.

import type { Instant } from '@plimsoll/core';
import { type Input, LIMITS, type Scope } from '@plimsoll/core/engine';
import { lotOf } from './traders.ts';
import { PARAMETERS, type Scene, type Timed } from './world.ts';

const HANDS = ['ann', 'ben', 'cleo'] as const;
const reason = 'simulated';

function scopeOf({ world, dice, state }: Scene): Scope {
  const kind = dice.weighted({ account: 40, owner: 20, product: 20, venue: 20 });
  if (kind === 'venue') return { kind };
  if (kind === 'product') return { kind, id: dice.one([...state.products.keys()]) };
  const person = dice.one(world.people);
  return { kind, id: kind === 'account' ? person.account : person.owner };
}

/** A scope that is halted, by its key. */
function haltedScope({ dice, state }: Scene): Scope | undefined {
  if (state.halts.size === 0) return undefined;
  const key = dice.one([...state.halts.keys()]);
  const [kind, id] = key.split(':');
  return kind === 'venue' ? { kind } : ({ kind, id } as Scope);
}

function limitOf(scene: Scene): Input {
  const { dice } = scene;
  const limit = dice.one(LIMITS);
  const most = dice.percent(20)
    ? null
    : { orders: 4, position: 3_000, delta: 150_000, 'open-interest': 5_000 }[limit];
  return { kind: 'limit', scope: scopeOf(scene), limit, most, operator: dice.one(HANDS), reason };
}

/** The same model asked for more or less: what adopting it does is said beforehand. */
function proposeOf({ world, dice, state }: Scene, at: Instant): Input {
  const parameters = {
    ...PARAMETERS[world.model],
    version: `v${dice.whole(1, 99)}`,
    releaseBuffer: 0.1 + 0.3 * dice.next(),
  };
  const isShadow = dice.percent(30);
  return {
    kind: 'propose',
    set: `s${state.seq}`,
    model: world.model,
    parameters,
    groups: isShadow ? [] : [dice.one(['main', 'second'])],
    shadowOf: isShadow ? ['main'] : [],
    from: (dice.percent(70) ? 0 : at + dice.whole(1, 300_000)) as Instant,
    operator: dice.one(HANDS),
    reason,
  };
}

function approveOf({ dice, state }: Scene): Input | undefined {
  const waiting = [...state.sets.values()].filter(({ isAdopted }) => !isAdopted);
  if (waiting.length === 0) return undefined;
  const { set } = dice.one(waiting);
  const operator = dice.one(HANDS);
  return dice.percent(85)
    ? { kind: 'approve', set, operator }
    : { kind: 'withdraw-proposal', set, operator, reason };
}

function delistOf(scene: Scene): Input {
  const { dice, state } = scene;
  const listed = dice.one([...state.products.values()]);
  const { product, tick } = listed.terms;
  const mark = lotOf(scene, listed, 'main')?.mark ?? 1;
  return {
    kind: 'delist',
    product: product.id,
    price: Math.max(1, Math.round((mark * 1e8) / tick)) * tick,
    reason,
  };
}

function policyOf({ world, dice, state }: Scene): Input {
  const { ladder } = state.policy;
  const policy = {
    ...world.policy,
    ladder: { ...ladder, warnWithin: 0.05 + 0.1 * dice.next(), deadline: dice.whole(1, 12) * 60_000 },
  };
  return { kind: 'policy', policy, operator: dice.one(HANDS) };
}

type Maker = (scene: Scene, at: Instant) => Input | undefined;

const makers: Readonly<Record<string, Maker>> = {
  halt: (scene) => ({ kind: 'halt', scope: scopeOf(scene), operator: scene.dice.one(HANDS), reason }),
  kill: (scene) => ({ kind: 'kill', scope: scopeOf(scene), operator: scene.dice.one(HANDS), reason }),
  resume: (scene) => {
    const scope = haltedScope(scene) ?? scopeOf(scene);
    return { kind: 'resume', scope, operator: scene.dice.one(HANDS), reason };
  },
  limit: limitOf,
  override: ({ world, dice }, at) => ({
    kind: 'override',
    account: dice.one(world.people).account,
    hold: dice.one(['closing', 'calls']),
    until: (at + dice.whole(1, 20) * 60_000) as Instant,
    operator: dice.one(HANDS),
    reason,
  }),
  propose: proposeOf,
  approve: approveOf,
  policy: policyOf,
  delist: delistOf,
  mode: ({ dice, state }) => ({
    kind: 'mode',
    product: dice.one([...state.products.keys()]),
    mode: dice.weighted({ live: 50, 'reduce-only': 25, halted: 25 }),
    reason,
  }),
  bust: ({ dice, state }) =>
    state.fills.size === 0
      ? undefined
      : { kind: 'bust', fill: dice.one([...state.fills.keys()]), operator: dice.one(HANDS), reason },
  regroup: ({ world, dice }) => ({
    kind: 'regroup',
    account: dice.one(world.people).account,
    group: dice.one(['main', 'second', 'nobody']),
    operator: dice.one(HANDS),
    reason,
  }),
  classify: ({ world, dice }) => ({
    kind: 'classify',
    owner: dice.one(world.people).owner,
    category: dice.one(['retail', 'eligible']),
    operator: dice.one(HANDS),
    reason,
  }),
};

const WEIGHTS = {
  halt: 7,
  kill: 3,
  resume: 10,
  limit: 9,
  override: 7,
  propose: 8,
  approve: 14,
  policy: 5,
  delist: 3,
  mode: 8,
  bust: 12,
  regroup: 6,
  classify: 2,
};

/** A venue that is halted is resumed before long. @example operatorInput(scene, at).input.kind // 'halt' */
export function operatorInput(scene: Scene, at: Instant): Timed {
  const { state, dice } = scene;
  // Hands are nervous when accounts are called: that is when a halt matters most.
  if (state.called.size > 0 && !state.halts.has('venue') && dice.percent(30))
    return { at, input: { kind: 'halt', scope: { kind: 'venue' }, operator: dice.one(HANDS), reason } };
  const isHalted = state.halts.size > 0 && dice.percent(85);
  const what = isHalted ? 'resume' : dice.weighted(WEIGHTS);
  return { at, input: makers[what]!(scene, at) ?? { kind: 'beat' } };
}
