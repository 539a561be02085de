// The crash through the engine: accounts opened on the first market, then market after market until the last, with whoever answers in between.

import {
  atmVol,
  type ChainSnapshot,
  doubtMarket,
  gridDefaults,
  type Instant,
  isRefusal,
  type MarginModel,
  type Market,
  models,
  type Option,
  seededPrng,
} from '@plimsoll/core';
import { type AccountState, type Fact, previewOf, type Status } from '@plimsoll/core/engine';
import type { KernelMargin } from '@plimsoll/wasm';
import { type Answer, type AnswerCounts, answer, answersTo, noAnswers } from './answers.ts';
import { marketBetween } from './between.ts';
import { Notes } from './notes.ts';
import { HANDS, openVenue } from './opening.ts';
import { bridges, MINUTE, type Path, type Pin } from './path.ts';
import { type Plan, plansOf } from './plans.ts';
import { type Sample, sampleOf, volNear } from './sample.ts';
import { type Event, eventsOf, healthAt, type Scene } from './scene.ts';
import { Stage } from './stage.ts';

/** Correlation of the coins along a bridge: that of the parameters, from years of hours. */
export const CORRELATION = 0.85;
/** The expiry whose at-the-money vol a bridge has, days. */
export const VOL_DAYS = 7;
const PATH_STREAM = 0x2545f491;

/** What a change of parameters was said to do, what was said again a moment before it, and what came. */
export interface ChangeStory {
  proposed: { called: number; closed: number; named: readonly string[] };
  again: { called: readonly string[]; closed: readonly string[] };
  came: { called: readonly string[]; closed: readonly string[]; toppedUp: readonly string[] };
  /** Statuses at adoption, before it, of those the proposal named. */
  before: Readonly<Partial<Record<Status, number>>>;
}

export interface Outcome {
  readonly scene: Scene;
  readonly stage: Stage;
  readonly notes: Notes;
  readonly plans: readonly Plan[];
  readonly path: Path;
  readonly samples: readonly Sample[];
  readonly answers: AnswerCounts;
  readonly change: ChangeStory;
  /** Markets between fitted ones: how many, and at how many slices the total variance at the money falls from one expiry to the next. */
  readonly moved: { markets: number; slices: number; falling: number };
  readonly opened: { readonly inputs: number; readonly fills: number };
  /** Judgements of accounts by the model that counts. */
  readonly judged: number;
}

const byName = (all: typeof models): ReadonlyMap<string, MarginModel> =>
  new Map(Object.entries(all) as [string, MarginModel][]);
const known = byName(models);

/** The new parameters: ranges wider by a quarter. */
export const WIDER = {
  ...gridDefaults,
  version: `${gridDefaults.version}-wider`,
  coins: Object.fromEntries(
    Object.entries(gridDefaults.coins).map(([coin, own]) => {
      return [coin, { ...own, maintenance: 1.25 * own.maintenance, initial: 1.25 * own.initial }];
    }),
  ),
};

/** Pins of the path: every fitted market, and what is known in between. */
function pinsOf({ markets, between }: Scene): Pin[] {
  const pins = markets.map(({ at, underlyings }): Pin => {
    return {
      at,
      levels: underlyings.map(({ index }) => index),
      vols: underlyings.map((coin) => volNear(coin, VOL_DAYS)),
    };
  });
  const last = pins.at(-1)!.at;
  const more = between
    .filter(({ at }) => at > pins[0]!.at && at < last && pins.every((pin) => Math.abs(pin.at - at) > MINUTE))
    .map((pin): Pin => ({ ...pin, vols: pins.findLast(({ at }) => at < pin.at)!.vols }));
  return [...pins, ...more].sort((left, right) => left.at - right.at);
}

class Run {
  readonly stage: Stage;
  readonly notes = new Notes();
  readonly samples: Sample[] = [];
  readonly answers = noAnswers();
  readonly moved = { markets: 0, slices: 0, falling: 0 };
  judged = 0;
  change: ChangeStory = {
    proposed: { called: 0, closed: 0, named: [] },
    again: { called: [], closed: [] },
    came: { called: [], closed: [], toppedUp: [] },
    before: {},
  };
  private readonly scene: Scene;
  private readonly plans: ReadonlyMap<string, Plan>;
  private readonly path: Path;
  private readonly options: readonly Option[];
  private due: Answer[] = [];
  /** Deadlines that were stated, ascending. */
  private deadlines: Instant[] = [];

  constructor(scene: Scene, stage: Stage, plans: readonly Plan[], path: Path, options: readonly Option[]) {
    this.scene = scene;
    this.stage = stage;
    this.notes = stage.notes;
    this.plans = new Map(plans.map((plan) => [plan.id, plan]));
    this.path = path;
    this.options = options;
  }

  /** Facts may be calls; calls have a deadline and are answered. */
  private heard(facts: readonly Fact[]): void {
    for (const fact of facts) if (fact.kind === 'called') this.deadlines.push(fact.deadline);
    const more = answersTo(facts, this.plans, this.stage.state.now);
    if (more.length > 0) this.due = [...this.due, ...more].sort((left, right) => left.at - right.at);
  }

  /** Sends what clients want to send before a time. */
  private letAnswer(until: Instant): void {
    for (let next = this.due[0]; next !== undefined && next.at < until; next = this.due[0]) {
      this.due.shift();
      this.heard(answer(this.stage, next, this.answers));
    }
  }

  /** A market for deadlines that pass before an event: nobody is closed on one that is stale. An event that is a market serves those of its own time. */
  private passDeadlines({ at: time, kind }: Event): void {
    const until = kind === 'market' || kind === 'settle' ? time : time + 1;
    for (const at of [...new Set(this.deadlines)].sort((left, right) => left - right)) {
      if (at >= until) break;
      this.letAnswer(at);
      const span = this.scene.markets.findLastIndex((market) => market.at < at);
      this.see({ kind: 'market', at, fitted: undefined, span });
    }
    this.deadlines = this.deadlines.filter((at) => at >= until);
    this.letAnswer(time);
  }

  private judge(at: Instant): Fact[] {
    this.notes.shades = new Map();
    this.judged += this.stage.state.remaining;
    const facts = this.stage.judgeAll(at);
    this.heard(facts);
    return facts;
  }

  private marketAt({ at, fitted, span }: Extract<Event, { kind: 'market' }>): Market {
    const { markets } = this.scene;
    if (fitted !== undefined) return markets[fitted]!;
    const market = marketBetween(
      { from: markets[span]!, to: markets[span + 1]!, path: this.path },
      at,
      this.options,
    );
    const wrong = doubtMarket(market);
    if (wrong !== undefined) throw new Error(wrong.message);
    this.moved.markets++;
    for (const { slices } of market.underlyings) {
      this.moved.slices += slices.length;
      slices.forEach((slice, i) => {
        const before = slices[i - 1];
        const variance = (one: typeof slice) => atmVol(one) * atmVol(one) * one.years;
        if (before !== undefined && variance(slice) < variance(before)) this.moved.falling++;
      });
    }
    return market;
  }

  private see(event: Extract<Event, { kind: 'market' }>): Market {
    const { at } = event;
    const market = this.marketAt(event);
    const health = healthAt(this.scene, at, this.path.coins);
    this.heard(this.stage.must(at, { kind: 'market', market, health, funding: this.scene.funding(at) }));
    return market;
  }

  private observe(event: Extract<Event, { kind: 'market' }>): void {
    const market = this.see(event);
    this.judge(event.at);
    this.sample(market, event.fitted !== undefined);
  }

  sample(market: Market, isFitted: boolean): void {
    this.samples.push(sampleOf(this.stage, this.plans.keys(), market, isFitted));
  }

  private propose(at: Instant): void {
    const input = {
      set: 'grid-2',
      model: 'grid',
      parameters: WIDER as never,
      groups: ['main'],
      shadowOf: [],
    };
    const { from } = this.scene.change;
    const reason = 'ranges wider by a quarter in a falling market';
    const facts = this.stage.must(at, { kind: 'propose', ...input, from, operator: HANDS[0], reason });
    const said = facts.find((fact) => fact.kind === 'proposed');
    if (said?.kind !== 'proposed') return;
    const { calledCount: called, closedCount: closed } = said;
    this.change = { ...this.change, proposed: { called, closed, named: [...said.called, ...said.closed] } };
  }

  /** The change comes into force, on the market of the same minute: what is said of it now is what must come. */
  private adopt(at: Instant): void {
    const { stage, change } = this;
    const { state, desk } = stage;
    const judge = desk.build(state, state.sets.get('grid-2')!, state.market!);
    if (isRefusal(judge)) throw new Error(judge.message);
    const { called, closed } = previewOf(state, judge, ['main']);
    const ids = (accounts: readonly AccountState[]) => accounts.map(({ id }) => id);
    const before: Partial<Record<Status, number>> = {};
    for (const id of change.proposed.named) {
      const { status } = stage.account(id);
      before[status] = (before[status] ?? 0) + 1;
    }
    const first = this.notes.changes.length;
    const adopted = stage.must(at, { kind: 'beat' });
    this.heard(adopted);
    const drawn = [...adopted, ...this.judge(at)].flatMap((fact) =>
      fact.kind === 'drawn' ? [fact.account] : [],
    );
    const came = this.notes.changes.slice(first);
    const of = (...statuses: Status[]) => [
      ...new Set(came.filter(({ status }) => statuses.includes(status)).map(({ account }) => account)),
    ];
    this.change = {
      ...change,
      before,
      again: { called: ids(called), closed: ids(closed) },
      came: { called: of('called'), closed: of('liquidating', 'bankrupt'), toppedUp: drawn },
    };
  }

  take(event: Event): void {
    const { at } = event;
    this.passDeadlines(event);
    switch (event.kind) {
      case 'settle': {
        const mean = this.path.average(event.coin, at - 30 * MINUTE, at);
        const input = { underlying: event.coin, expiry: event.expiry, price: Math.round(mean * 1e8) };
        this.heard(this.stage.must(at, { kind: 'settle', ...input }));
        return;
      }
      case 'market':
        this.observe(event);
        return;
      case 'propose':
        this.propose(at);
        return;
      case 'sign':
        this.heard(this.stage.must(at, { kind: 'approve', set: 'grid-2', operator: HANDS[1] }));
        return;
      case 'adopt':
        this.adopt(at);
        return;
      case 'beat':
        this.heard(this.stage.must(at, { kind: 'beat' }));
    }
  }
}

/** Runs a scene from its first market to its last. `snapshot` lists what the accounts may hold; with a kernel it makes books and judges slices. */
export function runScene(
  scene: Scene,
  snapshot: ChainSnapshot,
  say: (line: string) => void = () => {},
  kernel?: KernelMargin,
): Outcome {
  const plans = plansOf(snapshot, scene.accounts, seededPrng(scene.seed));
  const first = scene.markets[0]!;
  const coins = first.underlyings.map(({ underlying }) => underlying);
  const path = bridges(coins, pinsOf(scene), CORRELATION, seededPrng(scene.seed ^ PATH_STREAM));
  const stage = new Stage(kernel === undefined ? known : byName(kernel.models), new Notes(), kernel?.body);
  const listed = openVenue(stage, first, plans, scene.funding(first.at));
  const opened = { inputs: stage.inputs, fills: stage.notes.facts.get('traded') ?? 0 };
  say(`opened: ${scene.accounts} accounts, ${listed.length} contracts, ${opened.inputs} inputs`);
  const options = listed.filter((product) => product.kind === 'option');
  const run = new Run(scene, stage, plans, path, options);
  run.sample(first, true);
  for (const event of eventsOf(scene, listed)) {
    run.take(event);
    if (event.kind === 'market' && event.fitted !== undefined)
      say(`judged on ${new Date(event.at).toISOString()}`);
  }
  const { notes, samples, answers, change, moved, judged } = run;
  return { scene, stage, notes, plans, path, samples, answers, change, moved, opened, judged };
}
