// Parameter files: what a model's form lets them change, and what is refused by its place.

import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, refuse, sentence } from '../base/index.ts';
import { grid, gridDefaults, type ParameterForm, staticDefaults, staticModel } from '../margin/index.ts';
import { readParameters } from './parameters.ts';

const BASE = {
  id: 'toll',
  version: '1',
  kind: 'flat' as 'flat' | 'steep',
  rate: 0.1,
  lorry: { rate: 0.2, axles: 4 },
  lorries: { A: { rate: 0.3, axles: 6 } } as Record<string, { rate: number; axles: number }>,
  bridges: {} as Record<string, number>,
  steps: [{ from: 0, rate: 0.1 }],
};
const FORM: ParameterForm<typeof BASE> = {
  fields: {
    kind: { kind: 'words', words: ['flat', 'steep'] },
    lorries: { kind: 'map', names: 'asset', fresh: 'lorry' },
    bridges: { kind: 'map', names: 'product', fresh: 0 },
    steps: { kind: 'list', item: { from: 0, rate: 0 }, most: 2 },
  },
  doubt: ({ rate }) => (rate > 1 ? refuse('bad-parameter', 'rate must be at most 1.') : undefined),
};
const read = (value: unknown) => readParameters(JSON.stringify(value), 'f.json', BASE, FORM);
const told = (value: unknown) => sentence(read(value) as Refusal);

describe('a parameter file', () => {
  it('that says nothing is the base under a version of its own', () => {
    expect(read({})).toEqual({ ...BASE, version: '1+f.json' });
  });

  it('replaces numbers and words, adds names to maps, replaces lists whole', () => {
    const steps = [
      { from: 0, rate: 0.2 },
      { from: 9, rate: 0.3 },
    ];
    expect(read({ version: '2', kind: 'steep', rate: 0.5, steps, bridges: { 'BTC-PERPETUAL': 3 } })).toEqual({
      ...BASE,
      version: '2',
      kind: 'steep',
      rate: 0.5,
      steps,
      bridges: { 'BTC-PERPETUAL': 3 },
    });
  });

  it('starts a new name from its neighbour as the file has it, wherever it stands', () => {
    const merged = read({ lorries: { A: { rate: 0.4 }, B: { rate: 0.9 } }, lorry: { axles: 8 } });
    expect(merged).toMatchObject({ lorries: { A: { rate: 0.4, axles: 6 }, B: { rate: 0.9, axles: 8 } } });
    expect(BASE.lorries['B']).toBeUndefined();
  });

  it.each([
    [{ rat: 1 }, 'f.json line 1: The key "rat" is unknown here. Did you mean "rate"?'],
    [{ kind: 'stepp' }, 'f.json line 1, kind: "stepp" is unknown here. Did you mean "steep"?'],
    [{ lorries: { b: {} } }, 'lorries.b: "b" is not an asset'],
    [{ bridges: { 'BTC-SWAP': 1 } }, 'bridges.BTC-SWAP: '],
    [{ steps: [{ from: 0 }] }, 'steps[0]: "rate" is missing'],
    [{ steps: [{}, {}, {}] }, 'more than the limit of 2'],
    [{ steps: 4 }, 'must be a list'],
    [{ rate: 2 }, 'f.json: rate must be at most 1.'],
  ])('%j is refused by name', (value, said) => {
    expect(told(value)).toContain(said);
  });

  it('of grid takes moves that keep the basis and vols tenor by tenor, and doubts their nodes', () => {
    const nodes = [
      { days: 0, factor: 0.5 },
      { days: 30, factor: 0.35 },
    ];
    const moves = (of: object[]) => [
      { kind: 'spot', relative: -0.12, keeps: 'basis' },
      { kind: 'vol', form: 'points', size: 1, scaling: { nodes: of } },
    ];
    const scenarios = (of: object[]) => ({
      scenarios: { id: 'own', lanes: [{ id: 'down', moves: moves(of) }] },
    });
    const merged = readParameters(JSON.stringify(scenarios(nodes)), 'f', gridDefaults, grid.form);
    if (isRefusal(merged)) throw new Error(sentence(merged));
    expect(merged.scenarios.lanes[0]!.moves).toEqual(moves(nodes));
    for (const wrong of [[], nodes.toReversed(), [{ days: -1, factor: 1 }]]) {
      const doubted = readParameters(JSON.stringify(scenarios(wrong)), 'f', gridDefaults, grid.form);
      expect(isRefusal(doubted) && sentence(doubted)).toContain('scenarios lane down vol.scaling.nodes');
    }
  });

  it('of grid keeps what is not a pair out of the correlations', () => {
    const wrong = readParameters('{"correlations":{"pairs":{"BTC":1}}}', 'f', gridDefaults, grid.form);
    expect(isRefusal(wrong) && sentence(wrong)).toContain('is not a pair');
  });

  it('of static adds coins and products, replaces tiers whole, and is doubted', () => {
    const tiers = [{ from: 0, maintenance: 0.01, initial: 0.02 }];
    const own = { otherCoin: { option: { initial: 0.5 } }, coins: { DOGE: { perpetual: { tiers } } } };
    const text = JSON.stringify({ ...own, products: { 'BTC-PERPETUAL': { sizeFactor: 0.00001 } } });
    const merged = readParameters(text, 'f', staticDefaults, staticModel.form);
    if (isRefusal(merged)) throw new Error(sentence(merged));
    expect(merged.coins['DOGE']?.perpetual.tiers).toEqual(tiers);
    expect(merged.coins['DOGE']?.option.initial).toBe(0.5);
    expect(merged.products['BTC-PERPETUAL']).toEqual({
      ...staticDefaults.otherCoin.perpetual,
      sizeFactor: 0.00001,
    });
    const steep = JSON.stringify({
      coins: { BTC: { future: { tiers: [{ ...tiers[0], initial: 0.001 }] } } },
    });
    const doubted = readParameters(steep, 'f', staticDefaults, staticModel.form);
    expect(isRefusal(doubted) && sentence(doubted)).toContain(
      'coins.BTC.future.tiers[0].maintenance must be',
    );
  });
});
