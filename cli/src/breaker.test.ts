// The breaker of a venue's file, through the built command.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { breakerDefaults, cascade, type Rung } from '@plimsoll/core/governor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cascadeSteps } from './breaker-svg.ts';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const example = fileURLToPath(new URL('../../examples/venue.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env });
}
const breaker = (...more: string[]) =>
  run('breaker', '--chain', at('chain.csv'), '--accounts', example, '--model', 'static', ...more);

beforeAll(() => {
  expect(run('demo', '--seed', '7', '--save', folder).status).toBe(0);
});

describe('breaker', () => {
  it('M-156 judges each side by the cascade of its own rungs', () => {
    const { status, stdout, stderr } = breaker('--depth', 'BTC=1m/2m', '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { coins, unjudged, model } = JSON.parse(stdout);
    expect([model, unjudged, coins.length]).toEqual(['static', ['ETH'], 1]);
    for (const [side, depth] of [
      ['down', 1e8],
      ['up', 2e8],
    ] as const) {
      const found = coins[0][side];
      const rungs: Rung[] = found.rungs;
      expect(rungs.length).toBeGreaterThan(0);
      expect(rungs.map(({ move }) => move)).toEqual(rungs.map(({ move }) => move).sort((a, b) => a - b));
      const again = cascade(rungs, depth, breakerDefaults);
      expect(found.depth).toBe(depth);
      expect(again).toMatchObject({ rest: found.rest, light: found.light, multiplier: found.multiplier });
    }
    expect(coins[0].down.rungs.map(({ account }: { account: string }) => account)).toContain(
      'fund-a: directional',
    );
  });

  it('M-158 a rung stands where its account has its liquidation price', () => {
    const rows = [
      'owner,account,kind,product,quantity',
      'a,x,cash,USD,20000',
      'a,x,position,BTC-PERPETUAL,100000',
    ];
    writeFileSync(at('one.csv'), rows.join('\n'));
    const given = ['--chain', at('chain.csv'), '--model', 'static'];
    const { stdout } = run('breaker', ...given, '--accounts', at('one.csv'), '--depth', 'BTC=50m', '--json');
    const [rung] = JSON.parse(stdout).coins[0].down.rungs;
    const portfolio = {
      account: 'x',
      cash: { USD: '20000' },
      positions: [{ product: 'BTC-PERPETUAL', quantity: '100000' }],
    };
    writeFileSync(at('one.json'), JSON.stringify(portfolio));
    const survived = run('survive', ...given, '--portfolio', at('one.json'), '--json').stdout;
    const { move } = JSON.parse(survived).pools[0].axes[0].thresholds.maintenance.down;
    expect(rung.move).toBeCloseTo(-move, 4);
  });

  it('M-157 a thin book costs who adds to the crowd, a deep one nobody; policies may differ', () => {
    const [thin, deep] = ['BTC=800k', 'BTC=500m'].map((depth) => {
      return JSON.parse(breaker('--depth', depth, '--json').stdout).coins[0].down;
    });
    expect(deep).toMatchObject({ light: 'green', multiplier: 1, increase: { charge: '0' } });
    expect(thin.multiplier).toBeGreaterThan(1);
    const { initial, charge } = thin.increase;
    expect(Number(charge)).toBeCloseTo((thin.multiplier - 1) * Number(initial), 4);
    writeFileSync(at('policy.json'), '{"shock":0.1,"multiplierMax":1.5}');
    const own = JSON.parse(breaker('--depth', 'BTC=800k', '--policy', at('policy.json'), '--json').stdout);
    expect(own.policy).toMatchObject({ shock: 0.1, multiplierMax: 1.5, closedShare: 0.6 });
    expect(own.coins[0].down.shock).toBe(0.1);
  });

  it('M-156 speaks and draws: rungs, lights, and a curve that meets the diagonal where the cascade rests', () => {
    const { status, stdout, stderr } = breaker('--depth', 'BTC=1m', 'ETH=500k', '--svg', at('b.svg'));
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('price falls, longs are sold');
    expect(stdout).toMatch(/light +(green|amber|red) +(green|amber|red)/);
    expect(stdout).toMatch(/BTC down: \d+ rungs, nearest first/);
    const svg = readFileSync(at('b.svg'), 'utf8');
    expect(svg.match(/<path class="model"/g)).toHaveLength(4);
    expect(svg).not.toMatch(/<script|href|NaN/);
    const steps = cascadeSteps([{ move: 0.04, dollars: 1e6 }], 1e8, breakerDefaults, 0.5);
    const y = 0.05 + 0.6e6 / 0.25e8;
    expect(steps).toEqual([
      [0, 0.05],
      [0.04, 0.05],
      [0.04, y],
      [0.5, y],
    ]);
  });

  it('refuses a depth or a policy that cannot be meant', () => {
    for (const depth of ['BTC', 'BTC=0', 'BTC=many', 'BTC=1m/2m/3m', 'BTC=-1m']) {
      expect(breaker('--depth', depth).status, depth).toBe(2);
    }
    expect(breaker('--depth', 'BTC=1m', 'btc=2m').stderr).toContain('already');
    expect(breaker('--depth', 'SOL=1m').stderr).toContain('no SOL');
    expect(breaker().status).toBe(2);
    writeFileSync(at('odd.json'), '{"shok":0.1}');
    expect(breaker('--depth', 'BTC=1m', '--policy', at('odd.json')).stderr).toContain('shock');
    writeFileSync(at('odd.json'), '{"shock":0.9}');
    const wrong = breaker('--depth', 'BTC=1m', '--policy', at('odd.json'));
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('odd.json');
    const lost = breaker('--depth', 'BTC=1m', '--svg', at('none/b.svg'));
    expect(lost.stderr).toMatch(/b\.svg: The file cannot be written \(ENOENT\)/);
  });
});
