// How far the market can go, through the built command.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env });
}
const survive = (...more: string[]) =>
  run('survive', '--chain', at('chain.csv'), '--portfolio', at('desk.json'), '--model', 'static', ...more);

beforeAll(() => {
  expect(run('demo', '--seed', '7', '--save', folder).status).toBe(0);
  const positions = [
    { product: 'BTC-PERPETUAL', quantity: '300000' },
    { product: 'ETH-PERPETUAL', quantity: '-60000', isolated: '8' },
  ];
  writeFileSync(at('desk.json'), JSON.stringify({ account: 'desk-1', cash: { USD: '80000' }, positions }));
});

describe('survive', () => {
  it('M-70 names the liquidation price of every pool, and none where there is none', () => {
    const { status, stdout, stderr } = survive();
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('desk-1: spot of BTC');
    expect(stdout).toContain('desk-1 / isolated ETH-PERPETUAL: spot of ETH');
    expect(stdout).toContain('none');
    const { pools } = JSON.parse(survive('--json').stdout);
    const [shared, own] = pools;
    const { maintenance, bankruptcy } = shared.axes[0].thresholds;
    expect(maintenance.up).toBeNull();
    expect(maintenance.down.marks['BTC-PERPETUAL']).toBeGreaterThan(bankruptcy.down.marks['BTC-PERPETUAL']);
    expect(own.pool).toBe('isolated');
    expect(shared.axes[0].assessments).toBeGreaterThan(200);
  });

  it('M-69 takes any axis by its name', () => {
    for (const axis of ['vol=BTC', 'vol-points', 'days', 'basis', 'premium']) {
      expect(survive('--axis', axis).stdout, axis).toContain('none');
    }
    const days = survive('--axis', 'days').stdout;
    expect(days).toContain('days passing, looked at for 90.00 d');
    expect(days).not.toMatch(/down/);
  });

  it('M-70 says by which model and when, shows no mark that nobody would quote, and says so where nothing is held', () => {
    const { model, at: when, treatment } = JSON.parse(survive('--json').stdout);
    expect([model, when, treatment]).toEqual(['static', '2026-03-02T09:30:00Z', 'portfolio']);
    const positions = [
      { product: 'BTC-PERPETUAL', quantity: '300000' },
      { product: 'BTC-27MAR26-104000-C', quantity: '1' },
    ];
    writeFileSync(at('far.json'), JSON.stringify({ account: 'far', cash: { USD: '180000' }, positions }));
    const { stdout } = survive('--portfolio', at('far.json'));
    expect(stdout.split('\n')[0]).toContain('static 2026-11-1, portfolio treatment  2026-03-02T09:30:00Z');
    expect(stdout).toMatch(/BTC-27MAR26-104000-C +< 0\.00001/);
    writeFileSync(at('idle.json'), JSON.stringify({ account: 'idle', cash: { USD: '80000' } }));
    expect(survive('--portfolio', at('idle.json')).stdout).toContain('no contracts');
  });

  it('M-73 draws a map that stands alone', () => {
    const { status, stderr } = survive('--map', '--svg', at('map.svg'));
    expect(status).toBe(2);
    expect(stderr).toContain('one pool');
    const book = {
      account: 'a <b>',
      cash: { USD: '80000' },
      positions: [{ product: 'BTC-PERPETUAL', quantity: '300000' }],
    };
    writeFileSync(at('one.json'), JSON.stringify(book));
    const drawn = survive('--portfolio', at('one.json'), '--map', 'btc', '--svg', at('map.svg'));
    expect(drawn.status).toBe(0);
    expect(drawn.stdout).toContain('B bankrupt');
    const svg = readFileSync(at('map.svg'), 'utf8');
    expect(svg).toContain('a &lt;b&gt;');
    expect(svg).toContain('static, portfolio treatment, 2026-03-02T09:30:00Z');
    expect(svg).not.toMatch(/<script|href/);
    const lost = survive('--portfolio', at('one.json'), '--map', '--svg', at('none/map.svg'));
    expect(lost.status).toBe(1);
    expect(lost.stderr).toMatch(/map\.svg: The file cannot be written \(ENOENT\)/);
    expect(svg.match(/<rect x/g)!.length).toBe(22 * 13 + 5 + 1);
  });

  it('refuses what is no axis', () => {
    for (const axis of ['gamma', 'days=BTC', 'peg']) expect(survive('--axis', axis).status, axis).toBe(2);
    expect(survive('--axis', 'spot=SOL').stderr).toContain('no SOL');
    expect(survive('--svg', at('a.svg')).status).toBe(2);
    expect(survive('--map', 'SOL').stderr).toContain('--map: the market has no SOL');
    expect(survive('--map', '--axis', 'vol').stderr).toContain('give --axis or --map');
  });
});
