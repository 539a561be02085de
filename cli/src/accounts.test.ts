// Accounts of several pools through the built command.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
const market = () => ['--chain', at('chain.csv'), '--perpetuals', at('perpetuals.csv')];
const margin = (verb: string, file: string, ...more: string[]) =>
  run(verb, ...market(), '--portfolio', at(file), ...more);
const json = (...args: Parameters<typeof margin>) => {
  const { status, stdout, stderr } = margin(...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
};

const perpetual = { product: 'BTC-PERPETUAL', quantity: '100000' };
const desk = {
  account: 'desk-1',
  cash: { USD: '400000' },
  collateral: { BTC: '2' },
  positions: [perpetual, { product: 'ETH-PERPETUAL', quantity: '-60000' }],
};
const fund = {
  owner: 'fund-a',
  accounts: [
    { ...desk, subaccounts: [{ account: 'alpha', cash: { USD: '50000' }, positions: [perpetual] }] },
    { ...desk, account: 'desk-2' },
  ],
};

beforeAll(() => {
  expect(run('demo', '--seed', '7', '--save', folder).status).toBe(0);
  const isolated = { ...desk, positions: [{ ...perpetual, isolated: '0.5' }, desk.positions[1]] };
  const files = { desk, fund, isolated };
  for (const [name, value] of Object.entries(files)) writeFileSync(at(`${name}.json`), JSON.stringify(value));
});

describe('treatments', () => {
  it('M-66 a plain account keeps its shape, and cross adds parts that sum to it', () => {
    const plain = json('margin', 'desk.json');
    expect(json('margin', 'desk.json', '--treatment', 'portfolio')).toEqual(plain);
    expect(plain).not.toHaveProperty('parts');
    const cross = json('margin', 'desk.json', '--treatment', 'cross');
    expect(cross.equity).toBe(plain.equity);
    expect(cross.parts.map((part: { name: string }) => part.name)).toEqual([
      'balances',
      'BTC-PERPETUAL',
      'ETH-PERPETUAL',
    ]);
    const sum = cross.parts.reduce(
      (all: number, part: { requirement: { initial: string } }) => all + Number(part.requirement.initial),
      0,
    );
    expect(Number(cross.requirement.initial)).toBeCloseTo(sum, 6);
    expect(Number(cross.requirement.initial)).toBeGreaterThan(Number(plain.requirement.initial));
    expect(cross.parts[1].legs.map((leg: { product: string }) => leg.product)).toContain('BTC-PERPETUAL');
  });

  it('M-65 isolated positions of the file are honoured whatever is asked', () => {
    const answer = json('margin', 'isolated.json');
    expect(answer.isolated.map((pool: { name: string }) => pool.name)).toEqual(['BTC-PERPETUAL']);
    expect(answer.parts[0].legs.map((leg: { product: string }) => leg.product)).not.toContain(
      'BTC-PERPETUAL',
    );
    const { stdout } = margin('margin', 'isolated.json');
    expect(stdout).toContain('isolated BTC-PERPETUAL');
  });

  it('M-68 an owner is told of every account, and of sizes together', () => {
    const answer = json('margin', 'fund.json');
    expect(answer.owner).toBe('fund-a');
    const names = answer.accounts.map(({ account }: { account: string }) => account);
    expect(names).toEqual(['desk-1', 'desk-1/alpha', 'desk-2']);
    expect(answer.concentration.length).toBeGreaterThan(0);
    const { stdout } = margin('explain', 'fund.json');
    expect(stdout).toContain('owner-concentration BTC');
    expect(stdout).toContain('== desk-1/alpha');
  });

  it('refuses a treatment that there is not, balances that do not reach, and verbs for one account', () => {
    expect(margin('margin', 'desk.json', '--treatment', 'gross')).toMatchObject({ status: 2 });
    const short = margin('margin', 'desk.json', '--treatment', 'isolated');
    expect(short.status).toBe(1);
    expect(short.stderr).toContain('isolating it takes');
    const other = margin('what-if', 'fund.json');
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('3 accounts');
  });
});
