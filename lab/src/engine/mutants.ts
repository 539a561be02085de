// Planted defects: what the auditor must find before its silence counts. Each is a small change around the engine or the journal, never within.

import { isRefusal } from '@plimsoll/core';
import {
  type AccountState,
  apply,
  Desk,
  type EnginePolicy,
  evolve,
  type Fact,
  type FactOf,
  type GoneReason,
  type Input,
  type OpenOrder,
  type Sequenced,
  type State,
} from '@plimsoll/core/engine';
import type { Disk, Journal } from '@plimsoll/server';
import { FOUND_AT } from './found-at.ts';
import type { Tamper } from './venue.ts';
import { MODELS } from './world.ts';

type Apply = NonNullable<Tamper['apply']>;
type Credit = FactOf<'credited'>;

export interface Mutant {
  readonly name: string;
  readonly tamper: Tamper;
  /** The engine alone or through a journal. */
  readonly way: 'bare' | 'journal';
  /** Where it was found first: a test begins to look there. */
  readonly seed: number;
}

/** Facts with some of them made otherwise, in the state as well. */
function rewritten(change: (fact: Fact, state: State, by: Sequenced<Input>) => Fact[] | undefined): Apply {
  return (state, by, desk) => apply(state, by, desk).flatMap((fact) => change(fact, state, by) ?? [fact]);
}

const isCredit = (fact: Fact, why: Credit['why']): fact is Credit =>
  fact.kind === 'credited' && fact.why === why;

/** Another amount of a credit, written to the state as the difference. */
function otherwise(state: State, by: Sequenced<Input>, fact: Credit, units: bigint): Credit {
  if (units !== fact.units) evolve(state, { ...fact, units: units - fact.units }, by);
  return { ...fact, units };
}

/** Puts back orders that went for a reason, as they were before. */
function putBack(why: GoneReason, which: (order: OpenOrder) => boolean = () => true): Apply {
  return (state, by, desk) => {
    const before = new Map<string, [AccountState, OpenOrder]>();
    for (const account of state.accounts.values())
      for (const order of account.orders.values()) before.set(order.id, [account, { ...order }]);
    return apply(state, by, desk).filter((fact) => {
      if (fact.kind !== 'unordered' || fact.why !== why) return true;
      const [account, order] = before.get(fact.order) ?? [];
      if (account === undefined || order === undefined || !which(order)) return true;
      account.orders.set(order.id, order);
      account.version++;
      return false;
    });
  };
}

/** The policy is another while an input is decided. */
function underPolicy(other: (policy: EnginePolicy) => EnginePolicy): Apply {
  return (state, by, desk) => {
    const policy = state.policy;
    const swapped = other(policy);
    state.policy = swapped;
    const facts = apply(state, by, desk);
    if (state.policy === swapped) state.policy = policy;
    return facts;
  };
}

/** A map of the state is without some entries while an input is decided. */
function without<V>(mapOf: (state: State) => Map<string, V>, which: (key: string) => boolean): Apply {
  return (state, by, desk) => {
    const map = mapOf(state);
    const hidden = [...map].filter(([key]) => which(key));
    const isHand = ['halt', 'kill', 'resume', 'limit'].includes(by.input.kind);
    if (!isHand) for (const [key] of hidden) map.delete(key);
    const facts = apply(state, by, desk);
    if (!isHand) for (const [key, value] of hidden) map.set(key, value);
    return facts;
  };
}

/** Something is done to the state before, or after, an input is decided. */
const before =
  (change: (state: State, input: Input) => void): Apply =>
  (state, by, desk) => {
    change(state, by.input);
    return apply(state, by, desk);
  };
const after =
  (change: (state: State, input: Input, facts: readonly Fact[]) => void): Apply =>
  (state, by, desk) => {
    const facts = apply(state, by, desk);
    change(state, by.input, facts);
    return facts;
  };

class NothingLocked extends Desk {
  override figuresAs(...given: Parameters<Desk['figuresAs']>) {
    const figures = super.figuresAs(...given);
    return isRefusal(figures) ? figures : { ...figures, locked: 0n as typeof figures.locked };
  }
}

/** Looks at new orders as if nothing else were open. */
class OthersUnseen extends Desk {
  override figuresAs(state: State, imagined: AccountState) {
    const known = state.accounts.get(imagined.id)?.orders;
    const fresh = [...imagined.orders].filter(([id]) => known?.has(id) !== true);
    return super.figuresAs(state, fresh.length === 0 ? imagined : { ...imagined, orders: new Map(fresh) });
  }
  override admit(state: State, account: AccountState, order: OpenOrder) {
    return super.admit(state, { ...account, orders: new Map() }, order);
  }
}

/** A disk that says a sync is done and does none. */
function unsynced(disk: Disk): Disk {
  return {
    names: () => disk.names(),
    size: (name) => disk.size(name),
    read: (name, at, length) => disk.read(name, at, length),
    write: (name, at, bytes) => disk.write(name, at, bytes),
    truncate: (name, size) => disk.truncate(name, size),
    sync: () => undefined,
    remove: (name) => disk.remove(name),
  };
}

/** A journal that reads as if its last record were not there. */
function lastUnread(journal: Journal): Journal {
  const read = function* (after: number) {
    for (const record of journal.read(after)) {
      if (!isRefusal(record) && record.seq === journal.head.seq) return;
      yield record;
    }
  };
  return new Proxy(journal, {
    get: (own, key) => {
      if (key === 'read') return read;
      const value = Reflect.get(own, key, own) as unknown;
      return typeof value === 'function' ? value.bind(own) : value;
    },
  });
}

const plant = (name: string, way: Mutant['way'], tamper: Tamper): Mutant => ({
  name,
  way,
  tamper,
  seed: FOUND_AT[name] ?? 1,
});
const desk = (made: typeof Desk): Tamper => ({ desk: () => new made(MODELS) });

export const MUTANTS: readonly Mutant[] = [
  plant('a fee is credited twice', 'bare', {
    apply: rewritten((fact, state, by) => {
      if (!isCredit(fact, 'fee') || fact.account !== 'venue') return undefined;
      evolve(state, fact, by);
      return [fact, fact];
    }),
  }),
  plant('funding is rounded for the account', 'bare', {
    apply: rewritten((fact, state, by) => {
      if (!isCredit(fact, 'funding')) return undefined;
      return [otherwise(state, by, fact, fact.units + (fact.account === 'clearing' ? -1n : 1n))];
    }),
  }),
  plant('interest is forgotten', 'bare', {
    apply: rewritten((fact, state, by) => {
      if (!isCredit(fact, 'interest')) return undefined;
      otherwise(state, by, fact, 0n);
      return [];
    }),
  }),
  plant('an option pays out with the wrong sign', 'bare', {
    apply: rewritten((fact, state, by) =>
      isCredit(fact, 'settlement') ? [otherwise(state, by, fact, -fact.units)] : undefined,
    ),
  }),
  plant('a bust gives no fees back', 'bare', {
    apply: before((state, input) => {
      const past = input.kind === 'bust' ? state.fills.get(input.fill) : undefined;
      if (past !== undefined && input.kind === 'bust')
        state.fills.set(input.fill, { ...past, fees: [0n, 0n] });
    }),
  }),
  plant('a withdrawal ignores what is locked', 'bare', desk(NothingLocked)),
  plant('an order check leaves out other open orders', 'bare', desk(OthersUnseen)),
  plant('one-cancels-other does not cancel', 'bare', { apply: putBack('one-cancels-other') }),
  plant('reduce-only orders are not trimmed', 'bare', { apply: putBack('reduced-away') }),
  plant('a kill leaves quotes', 'bare', { apply: putBack('killed', ({ isQuote }) => isQuote) }),
  plant('protection pulls nothing', 'bare', { apply: putBack('protection') }),
  plant('closing leaves orders', 'bare', { apply: putBack('closing') }),
  plant('closing ignores a stale market', 'bare', {
    apply: underPolicy((policy) => ({ ...policy, market: { ...policy.market, ageMax: 1e12 } })),
  }),
  plant('risk is added on a stale market', 'bare', {
    apply: underPolicy((policy) => ({ ...policy, market: { ...policy.market, tradeAgeMax: 1e12 } })),
  }),
  plant('a call ends without hysteresis', 'bare', {
    apply: underPolicy((policy) => ({ ...policy, ladder: { ...policy.ladder, easeBy: 0 } })),
  }),
  plant('forced trades are made at half their cost', 'bare', {
    apply: underPolicy((policy) => ({ ...policy, closing: { ...policy.closing, costShare: 0.0025 } })),
  }),
  plant('a deadline is not longer after a halt', 'bare', {
    apply: after((state, _, facts) => {
      for (const fact of facts) {
        if (fact.kind !== 'resumed') continue;
        for (const id of state.called) {
          const account = state.accounts.get(id)!;
          if (account.deadline !== undefined)
            account.deadline = (account.deadline - fact.longer) as typeof account.deadline;
        }
      }
    }),
  }),
  plant('there is no grace after a halt', 'bare', {
    apply: after((state) => {
      state.graceUntil = 0 as typeof state.graceUntil;
    }),
  }),
  plant('the ids of deposits are forgotten', 'bare', {
    apply: after((state, input) => {
      if (input.kind === 'deposit') state.ids.delete(`${input.account} ${input.id}`);
    }),
  }),
  plant('nobody is held to a rate', 'bare', {
    apply: before((state, input) => {
      const account = 'account' in input ? state.accounts.get(input.account) : undefined;
      if (account !== undefined) account.tokens = state.policy.throttle.burst;
    }),
  }),
  plant('halts of accounts stop nobody', 'bare', {
    apply: without(
      ({ halts }) => halts,
      (key) => key.startsWith('account'),
    ),
  }),
  plant('limits are not looked at', 'bare', {
    apply: without(
      ({ limits }) => limits,
      () => true,
    ),
  }),
  plant('two approvals are by the same hand', 'bare', {
    apply: (state, by, own) => {
      const { input } = by;
      const approvals = input.kind === 'approve' ? state.sets.get(input.set)?.approvals : undefined;
      const place = input.kind === 'approve' ? (approvals?.indexOf(input.operator) ?? -1) : -1;
      if (place >= 0) approvals![place] = `${approvals![place]} `;
      const facts = apply(state, by, own);
      if (place >= 0) approvals![place] = approvals![place]!.trimEnd();
      return facts;
    },
  }),
  plant('a cure is one unit short', 'bare', {
    apply: rewritten((fact) =>
      fact.kind === 'called'
        ? [{ ...fact, cure: { ...fact.cure, units: (fact.cure.units ?? 1n) - 1n } }]
        : undefined,
    ),
  }),
  plant('it is acknowledged before it is durable', 'journal', { disk: unsynced }),
  plant('recovery leaves out the last record', 'journal', { journal: lastUnread }),
  plant('a snapshot is of the state before', 'journal', { body: (_, older) => older }),
  plant('what is decided hangs on something outside', 'journal', {
    // A counter that a restart forgets: the same input is decided otherwise when it is replayed.
    apply: (() => {
      let calls = 0;
      return rewritten((fact) =>
        fact.kind === 'status' ? [{ ...fact, why: `${fact.why} (${++calls})` }] : undefined,
      );
    })(),
  }),
];
