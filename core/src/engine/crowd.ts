// Many accounts judged in one call of a body, before each is looked at: the same figures as one by one, so that nobody can tell who was judged how.

import { isRefusal, usd } from '../base/index.ts';
import {
  type CrowdFigures,
  columnsOf,
  crowdFigures,
  type FiguresBody,
  type FiguresSweep,
  type MarginBook,
  type Portfolio,
} from '../margin/index.ts';
import type { Judge } from './desk.ts';
import type { StandingFigures } from './facts.ts';

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
   * Figures of portfolios by place; absent for those that are to be asked for one by one.
   * @example crowd.figuresOf([portfolio], judge).get(0)?.equity
   */
  figuresOf(portfolios: readonly Portfolio[], judge: Judge): Map<number, StandingFigures> {
    const figures = new Map<number, StandingFigures>();
    const sweep = portfolios.length < CROWD_MIN ? undefined : this.sweepOf(judge);
    if (sweep === undefined) return figures;
    const { crowd, places } = columnsOf(portfolios, judge.book.risk);
    const out = crowdFigures(crowd.count);
    sweep(crowd, 0, crowd.count, out);
    for (let i = 0; i < crowd.count; i++) if (out.asked[i] === 0) figures.set(places[i]!, figuresAt(out, i));
    return figures;
  }
}
