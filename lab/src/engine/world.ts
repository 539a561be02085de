// A simulated venue and its people: who they are, what time it is, what the market does. It proposes inputs; what becomes of them is the engine's.

import { gridDefaults, type Instant, type ModelParameters, models, staticDefaults } from '@plimsoll/core';
import { type Desk, type EnginePolicy, enginePolicy, type Input, type State } from '@plimsoll/core/engine';
import { type Dice, rollOf } from './dice.ts';
import { type CoinPath, marketAt, pathsOf, stepPaths } from './market.ts';
import { operatorInput } from './operators.ts';
import { ASSETS, LISTED, START } from './products.ts';
import { seenInput } from './seen.ts';
import { strangeInput } from './strangers.ts';
import { traderInput } from './traders.ts';

/** How somebody trades. */
export type Habit = 'hedger' | 'gambler' | 'maker' | 'withdrawer' | 'forgetful';

export interface Person {
  readonly account: string;
  readonly owner: string;
  readonly group: string;
  readonly habit: Habit;
}

/** Models a world may be judged by. */
export const WORLD_MODELS = ['static', 'grid'] as const;
export type WorldModel = (typeof WORLD_MODELS)[number];

const { lanes } = gridDefaults.scenarios;
const few = new Set(lanes.filter((_, place) => place % 24 === 0).flatMap(({ id, twin = id }) => [id, twin]));

/** `grid` on few lanes: the same rules, a fraction of the work. */
const lightGrid = {
  ...gridDefaults,
  id: 'grid-light',
  scenarios: { ...gridDefaults.scenarios, id: 'light', lanes: lanes.filter(({ id }) => few.has(id)) },
};
export const PARAMETERS: Readonly<Record<WorldModel, ModelParameters>> = {
  static: staticDefaults,
  grid: lightGrid,
};
export const MODELS = worldModels(models);

/** Those of all models that worlds are run under. */
export function worldModels(all: typeof models) {
  return new Map(WORLD_MODELS.map((name) => [name as string, all[name]]));
}

/** An input with the time it arrives. */
export interface Timed {
  readonly at: Instant;
  readonly input: Input;
}

/** What proposals are made from. */
export interface Scene {
  readonly world: World;
  readonly dice: Dice;
  readonly state: State;
  readonly desk: Desk;
}

const MINUTE = 60_000;
const HABITS: readonly Habit[] = [
  'maker',
  'gambler',
  'hedger',
  'forgetful',
  'withdrawer',
  'gambler',
  'hedger',
];

function policyOf(dice: Dice): EnginePolicy {
  return {
    ...enginePolicy,
    version: 'simulated',
    ladder: {
      ...enginePolicy.ladder,
      callLine: dice.percent(45) ? 'release' : 'initial',
      deadline: dice.whole(1, 12) * MINUTE,
      cureAsset: dice.one(['USD', 'USDC', 'BTC']),
      cureTrades: 2,
    },
    closing: { ...enginePolicy.closing, candidates: 2 },
    throttle: { rate: 0.01, burst: dice.whole(2, 16) },
    approvals: dice.percent(50) ? 2 : 1,
    grace: dice.whole(1, 4) * MINUTE,
  };
}

export class World {
  readonly dice: Dice;
  readonly model: WorldModel;
  readonly people: readonly Person[];
  readonly policy: EnginePolicy;
  readonly paths: readonly CoinPath[];
  /** In half of all worlds markets hardly rest. */
  readonly isStormy: boolean;
  /** What was sent, so that some of it comes again. */
  readonly sent: Timed[] = [];
  peg = 1;
  now: Instant = START;
  /** No market comes before this time. */
  darkUntil: number = 0;
  private readonly script: Input[] = [];
  private ids = 0;

  constructor(seed: number, model: WorldModel) {
    this.dice = rollOf(seed);
    this.model = model;
    this.people = HABITS.map((habit, place) => ({
      account: `a${place}`,
      owner: place === 6 ? 'o1' : `o${place}`,
      group: place === 5 ? 'second' : 'main',
      habit,
    }));
    this.policy = policyOf(this.dice);
    this.paths = pathsOf(this.dice);
    this.isStormy = this.dice.percent(50);
    this.script.push(...this.opening());
  }

  /** An id that no input had before. */
  id(): string {
    return `i${this.ids++}`;
  }

  /** The first day: assets, products, parameters, a market, people and their money. */
  private *opening(): Generator<Input> {
    for (const terms of ASSETS) yield { kind: 'asset', terms };
    for (const terms of LISTED) yield { kind: 'list', terms };
    yield { kind: 'policy', policy: { ...this.policy, approvals: 1 }, operator: 'ann' };
    for (const [set, group] of [
      ['first', 'main'],
      ['other', 'second'],
    ] as const) {
      yield {
        kind: 'propose',
        set,
        model: this.model,
        parameters: PARAMETERS[this.model],
        groups: [group],
        shadowOf: [],
        from: 0 as Instant,
        operator: 'ann',
        reason: 'first day',
      };
    }
    yield { kind: 'policy', policy: this.policy, operator: 'ann' };
    yield {
      kind: 'market',
      market: marketAt(START, this.paths, this.peg),
      health: new Map(),
      funding: new Map([['BTC-PERPETUAL', 0.001]]),
    };
    for (const person of this.people) yield* this.arrival(person);
    yield { kind: 'deposit', account: 'insurance', asset: 'USD', units: 5_000n * 10n ** 8n, id: this.id() };
    yield { kind: 'deposit', account: 'insurance', asset: 'BTC', units: 10n ** 7n, id: this.id() };
  }

  private *arrival({ account, owner, group, habit }: Person): Generator<Input> {
    const { dice } = this;
    yield { kind: 'open', account, owner, group, category: 'professional' };
    const times = habit === 'maker' ? 40 : 1;
    const deposit = (asset: string, low: number, high: number, decimals: number): Input => ({
      kind: 'deposit',
      account,
      asset,
      units: BigInt(times * dice.whole(low, high)) * 10n ** BigInt(decimals) + BigInt(dice.whole(0, 999)),
      id: this.id(),
    });
    yield deposit('USD', 10_000, 60_000, 8);
    if (times > 1 || dice.percent(60)) yield deposit('BTC', 5, 30, 7);
    if (times > 1 || dice.percent(60)) yield deposit('USDC', 5_000, 30_000, 6);
    if (dice.percent(20)) yield deposit('ETH', 1, 9, 9);
  }

  /** Time passes: mostly seconds, sometimes none, minutes, a leap, or backwards. */
  private tick(): Instant {
    const { dice } = this;
    const step = dice.weighted({ none: 15, seconds: 66, minute: 14, minutes: 4, leap: 0.5, back: 0.5 });
    if (step === 'back') return (this.now - dice.whole(1, 90_000)) as Instant;
    const ahead = {
      none: 0,
      seconds: dice.whole(1, 12_000),
      minute: dice.whole(12_000, 70_000),
      minutes: dice.whole(70_000, 240_000),
      leap: dice.whole(11 * MINUTE, 40 * MINUTE),
    }[step];
    this.now = (this.now + ahead) as Instant;
    return this.now;
  }

  /** What comes next, given what became of everything before. */
  next(state: State, desk: Desk): Timed {
    const scripted = this.script.shift();
    if (scripted !== undefined) return this.keep({ at: this.now, input: scripted });
    const at = this.tick();
    stepPathsSometimes(this);
    const scene: Scene = { world: this, dice: this.dice, state, desk };
    const operator = state.called.size > 0 ? 16 : 8;
    const who = this.dice.weighted({ seen: 34, trader: 52, operator, stranger: 6 });
    const make = { seen: seenInput, trader: traderInput, operator: operatorInput, stranger: strangeInput }[
      who
    ];
    return this.keep(make(scene, at));
  }

  private keep(timed: Timed): Timed {
    this.sent.push(timed);
    return timed;
  }
}

function stepPathsSometimes(world: World): void {
  if (!world.dice.percent(40)) return;
  stepPaths(world.dice, world.paths, world.isStormy);
  if (world.dice.percent(10))
    world.peg = Math.min(1.01, Math.max(0.9, world.peg + 0.004 * world.dice.normal()));
}
