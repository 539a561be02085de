// Many accounts judged in one call of a body, before each is looked at: the same figures as one by one, so that nobody can tell who was judged how.

import { isRefusal, usd } from '../base/index.ts';
import {
  CrowdColumns,
  type CrowdFigures,
  crowdFigures,
  type FiguresBody,
  type FiguresSweep,
  type MarginBook,
} from '../margin/index.ts';
import type { Judge } from './desk.ts';
import type { StandingFigures } from './facts.ts';
import { giveHoldings, type HoldingsTaker } from './portfolio.ts';
import type { AccountState, State } from './state.ts';

/** Fewer than this are judged one by one. */
const CROWD_MIN = 2;

function figuresAt(figures: CrowdFigures, i: number): StandingFigures {
  const { equity, maintenance, release, initial, locked } = figures;
  return {
    equity: usd(equity[i]!),
    maintenance: usd(maintenance[i]!),
    release: usd(release[i]!),
    initial: usd(initial[i]!),
    locked: usd(locked[i]!),
  };
}

/** A body, and what it made of each book. */
export class CrowdJudge {
  private readonly body: FiguresBody;
  private readonly sweeps = new WeakMap<MarginBook, FiguresSweep | 'none'>();

  constructor(body: FiguresBody) {
    this.body = body;
  }

  /** The body's sweep of a book; undefined where the model has none, or the body cannot hold the book. */
  private sweepOf({ model, book }: Judge): FiguresSweep | undefined {
    let sweep = this.sweeps.get(book);
    if (sweep === undefined) {
      const made = model.figures?.(this.body, book);
      sweep = made === undefined || isRefusal(made) ? 'none' : made;
      this.sweeps.set(book, sweep);
    }
    return sweep === 'none' ? undefined : sweep;
  }

  /**
   * Figures of accounts by place; absent for those that are to be asked for one by one, which is everybody where the body refuses. Money that the book has no price for counts as nothing, as where
   * one is asked for.
   */
  figuresOf(state: State, accounts: readonly AccountState[], judge: Judge): Map<number, StandingFigures> {
    const figures = new Map<number, StandingFigures>();
    const sweep = accounts.length < CROWD_MIN ? undefined : this.sweepOf(judge);
    if (sweep === undefined) return figures;
    const { risk } = judge.book;
    const columns = new CrowdColumns(risk);
    const places: number[] = [];
    let isWhole = true;
    const taker: HoldingsTaker = {
      balance(asset, quantity) {
        if (quantity < 0 || risk.indexOf.has(asset)) isWhole &&= columns.balance(asset, quantity, 'cash');
      },
      position(product, quantity, entryPrice) {
        isWhole &&= columns.position(product, quantity, entryPrice);
      },
    };
    for (const [place, account] of accounts.entries()) {
      isWhole = true;
      giveHoldings(state, account, taker);
      if (isWhole) {
        columns.keep();
        places.push(place);
      } else columns.drop();
    }
    const crowd = columns.crowd();
    const out = crowdFigures(crowd.count);
    if (sweep(crowd, 0, crowd.count, out) !== undefined) return figures;
    for (let i = 0; i < crowd.count; i++) if (out.asked[i] === 0) figures.set(places[i]!, figuresAt(out, i));
    return figures;
  }
}
