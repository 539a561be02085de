// Products of one's own as a user meets them: the examples run, and every verb with a book takes their modules.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-products-'));
const chain = join(folder, 'chain.csv');

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

beforeAll(() => {
  expect(node(program, 'demo', '--save', folder).status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples of products', () => {
  it('M-81 the capped call is swept like the two listed calls it is made of', () => {
    const { stdout, stderr } = node(join(examples, 'capped-call.mjs'), chain);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/: 0 breaches, mark 0\.0\d+ BTC/);
    const swept = /^swept (\S+), worst/m.exec(stdout)![1]!;
    const apart = /^swept as two listed calls (\S+):/m.exec(stdout)![1]!;
    expect(Math.abs(Number(swept) - Number(apart))).toBeLessThan(1e-5);
  });

  it('M-82 the power perpetual has its closed greeks', () => {
    const { stdout, stderr } = node(join(examples, 'power-perpetual.mjs'), chain);
    expect(stderr).toBe('');
    const mark = Number(/mark (\S+) USDC/.exec(stdout)![1]);
    expect(Number(/delta (\S+) BTC/.exec(stdout)![1])).toBeCloseTo((2 * Math.sqrt(mark * 1e6)) / 1e6, 6);
    expect(stdout).toMatch(/gamma 2\.0000e-6, vega 0, theta 0/);
  });
});

describe('--products', () => {
  const power = 'BTC_USDC-SQUARED-1000000';
  const held = () =>
    write(
      'own.json',
      JSON.stringify({ cash: { USDC: '500000' }, positions: [{ product: power, quantity: '-10' }] }),
    );
  const own = (products: string) => ['--chain', chain, '--portfolio', held(), '--products', products];
  const module = join(examples, 'power-perpetual.mjs');

  it('margin, explain and what-if take a module', () => {
    const margin = node(program, 'margin', ...own(module), '--json');
    expect(margin.stderr).toBe('');
    const [leg] = JSON.parse(margin.stdout).legs.filter(
      ({ kind }: { kind: string }) => kind === 'structured',
    );
    expect(leg).toMatchObject({ product: power, markUnit: 'USDC', quantity: '-10' });
    expect(node(program, 'explain', ...own(module)).stdout).toContain(power);
    const trade = ['--trade', `buy 10 ${power}`];
    const after = JSON.parse(node(program, 'what-if', ...own(module), ...trade, '--json').stdout).after;
    expect(after.legs.some(({ product }: { product: string }) => product === power)).toBe(false);
    const models = ['static', 'span', 'greeks'].map((model) =>
      node(program, 'margin', ...own(module), '--model', model, '--json'),
    );
    expect(models.map(({ stderr }) => stderr)).toEqual(['', '', '']);
  });

  it('M-81 a risk file margins them to the last unit, without the module', () => {
    const file = join(folder, 'risk.json');
    expect(node(program, 'risk-file', 'write', ...own(module), '--out', file).stderr).toBe('');
    const alone = node(program, 'risk-file', 'margin', '--file', file, '--portfolio', held(), '--json');
    expect(alone.stderr).toBe('');
    const live = JSON.parse(node(program, 'margin', ...own(module), '--json').stdout);
    const { requirement, equity, digest } = JSON.parse(alone.stdout);
    expect({ requirement, equity, digest }).toEqual({
      requirement: live.requirement,
      equity: live.equity,
      digest: live.digest,
    });
  });

  it.each([
    ['is not there', () => join(folder, 'nowhere.mjs'), 'There is no such file; check the path.'],
    ['does not parse', () => write('broken.mjs', 'export default ('), 'examples/capped-call.mjs'],
    ['exports nothing', () => write('empty.mjs', 'export const other = 1;'), 'examples/capped-call.mjs'],
  ])('a module that %s is refused by name, with the mend', (_, path, mend) => {
    const { status, stderr } = node(program, 'margin', ...own(path()));
    expect(status).toBe(1);
    expect(stderr).toContain(path());
    expect(stderr).toContain(mend);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a name that nobody knows is refused at its place', () => {
    const module = write('shy.mjs', 'export const resolve = () => undefined;');
    const { status, stderr } = node(program, 'margin', ...own(module));
    expect(status).toBe(1);
    expect(stderr).toMatch(/own\.json.*SQUARED.*given products/);
  });
});
