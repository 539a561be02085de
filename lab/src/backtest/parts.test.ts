// A walk in parts against the walk in one piece.

import { type FactorHistory, isRefusal, type MarginModel, models, type Refusal } from '@plimsoll/core';
import { expect, it } from 'vitest';
import { sampleHistory } from '../../../core/test/history.ts';
import { Backtest, type BacktestPlan, type BacktestState } from './engine.ts';
import { governingDefaults } from './governing.ts';
import { standardStrategies } from './holding.ts';
import { joinParts } from './parts.ts';
import { drivenScene } from './scene.ts';
import { promisedDefaults } from './verdict.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const history = sampleHistory(1_400) as unknown as FactorHistory;
const scene = sure(drivenScene(history));
const plan: BacktestPlan = {
  model: models.grid as MarginModel,
  parameters: models.grid.defaults,
  scene,
  strategies: sure(standardStrategies(scene, 900)),
  ...{ from: 900, to: 1_301, every: 20, history, governing: governingDefaults },
  horizonHours: promisedDefaults.horizonHours,
};

function walked(index: number, count: number): BacktestState {
  const run = sure(Backtest.open(plan, undefined, () => 0, { index, count }));
  while (!run.isDone) expect(run.step()).toBeUndefined();
  return JSON.parse(JSON.stringify(run.state));
}

it('M-181 parts of a walk, each begun from what was held by then, are the walk to the bit', () => {
  const whole = walked(0, 1);
  for (const count of [2, 3, 30]) {
    const parts = Array.from({ length: count }, (_, index) => walked(index, count));
    expect(sure(joinParts(plan, parts))).toEqual(whole);
  }
});

it('parts that are not all, not done, or of another walk are no walk; a part does not go on from another', () => {
  const [first, second] = [walked(0, 2), walked(1, 2)];
  expect(isRefusal(joinParts(plan, [first]))).toBe(true);
  expect(isRefusal(joinParts(plan, [second, first]))).toBe(true);
  expect(isRefusal(joinParts(plan, [first, { ...second, next: second.next - plan.every }]))).toBe(true);
  expect(isRefusal(joinParts(plan, [first, { ...second, fingerprint: 'other' }]))).toBe(true);
  expect(isRefusal(Backtest.open(plan, first, () => 0, { index: 1, count: 2 }))).toBe(true);
});
