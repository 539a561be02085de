import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberOf, scaled } from './fields.ts';
import { main } from './main.ts';
import { exactly, inputBlur, within } from './suite.ts';

const OUTSIDE = fileURLToPath(new URL('../../../shared/vectors', import.meta.url));
const HALF = { x: 0, cdf: '0.5', pdf: '0.39894228040143267793994605993438186847' };
const DERIVE = {
  engine: 'ANNUALISE',
  input: { sec: 31_536_000 },
  asserted: { years: '1', tolerance: { all: 'abs 1e-12' } },
};

let root: string;
let count = 0;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'plimsoll-vectors-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A directory with these files; text is written as it is, everything else as JSON. */
function folder(files: Record<string, unknown>): string {
  const directory = join(root, String(count++));
  mkdirSync(directory);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

function normal(...cases: unknown[]): object {
  return { suites: [{ id: 'num.normal-cdf-pdf', tolerance: { cdfRelative: 1e-13 }, cases }] };
}

function sentenceOf(err: string): string {
  expect(err).not.toMatch(/\n\s+at /);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  return err;
}

describe('a case ends in exactly one way', () => {
  it('right: passes, exit code 0, whatever the file is called', () => {
    const { code, out } = main([
      folder({ 'any name.json': normal(HALF), 'other.json': { cases: [DERIVE] } }),
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/num\.normal-cdf-pdf +1 +1 +0 +0/);
    expect(out).toMatch(/derive\.ANNUALISE +1 +1 +0 +0/);
  });

  it('wrong: fails with exit code 1 and shows expected, got, error and tolerance', () => {
    const { code, out } = main([folder({ 'a.json': normal(HALF, { ...HALF, cdf: '0.5000000001' }) })]);
    expect(code).toBe(1);
    expect(out).toMatch(/num\.normal-cdf-pdf +2 +1 +1 +0/);
    expect(out).toMatch(/#2 cdf: expected 0\.5000000001, got 0\.5, error 2\.0e-10, tolerance 1\.0e-13/);
  });

  it('unknown to us: listed by name as not yet, exit code 0', () => {
    const files = {
      'a.json': {
        suites: [
          { id: 'auction.decay-maker', cases: [{}, {}] },
          { id: 'new.thing', cases: [{}] },
        ],
      },
      'b.json': { cases: [{ engine: 'LIQUIDATION_SIM', id: 'x' }] },
      'c.json': { cases: [{ venue: 'Paradex', model: 'vaults', provenance: 'derived' }] },
    };
    const { code, out } = main([folder(files)]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /not yet\n +auction\.decay-maker +2 +needs liquidation\n +new\.thing +1 +unknown suite/,
    );
    expect(out).toMatch(/derive\.LIQUIDATION_SIM +1 +needs liquidation/);
    expect(out).toMatch(/Paradex: vaults +1 +needs model paradex/);
  });

  it('unknown function of a known suite: skipped under its reason', () => {
    const { code, out } = main([
      folder({ 'a.json': { cases: [DERIVE, { ...DERIVE, engine: 'MATH', input: { fn: 'tanh' } }] } }),
    ]);
    expect(code).toBe(0);
    expect(out).toContain('1 skipped: function "tanh" is not known');
  });

  it.each([
    [{}, 'field "x" is missing; a number is needed'],
    [{ ...HALF, cdf: 'half' }, 'field "cdf" is "half"; a number is needed'],
    [7, 'the case is not an object'],
  ])('unreadable: %j fails, and says why', (row, why) => {
    const { code, out } = main([folder({ 'a.json': normal(row) })]);
    expect(code).toBe(1);
    expect(out).toContain(`#1: ${why}`);
  });

  it('a suite without cases or id fails', () => {
    const { code, out } = main([folder({ 'a.json': { suites: [{ id: 'num.normal-cdf-pdf' }, {}] } })]);
    expect(code).toBe(1);
    expect(out).toContain('the suite has no list of cases');
    expect(out).toContain('the suite has no id');
  });

  it('a case that must be refused passes only when it is', () => {
    const svi = { tau: '0.1', a: '-10', b: '0.01', rho: '0', m: '0', sigma: '0.1', forward: '1800' };
    const row = { engine: 'SVI', input: { svi, strike: '1800' }, asserted: { error: 'negative' } };
    expect(main([folder({ 'a.json': { cases: [row] } })]).code).toBe(0);
    const fine = { ...row, input: { svi: { ...svi, a: '0.1' }, strike: '1800' } };
    expect(main([folder({ 'a.json': { cases: [fine] } })]).code).toBe(1);
  });
});

describe('bad input is one sentence', () => {
  it.each([
    [
      'broken JSON',
      { 'good.json': normal(HALF), 'torn.json': '{"suites": [' },
      /torn\.json: this is not JSON \(.*\); mend the file/,
    ],
    ['no vector file', { 'a.json': { hello: 1 } }, /1 JSON files, none of a known shape; give a directory/],
    ['no JSON at all', { 'a.txt': 'x' }, /no \*\.json file; give a directory/],
    ['no case', { 'a.json': { suites: [] } }, /hold no case; nothing was run/],
  ])('%s', (_, files, sentence) => {
    const { code, out, err } = main([folder(files)]);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(sentenceOf(err)).toMatch(sentence);
  });

  it('a directory that is not there, and a file in its place', () => {
    const missing = main([join(root, 'nowhere')]);
    expect(missing.code).toBe(1);
    expect(sentenceOf(missing.err)).toContain('the directory does not exist');
    const file = main([join(folder({ 'a.json': normal(HALF) }), 'a.json')]);
    expect(file.code).toBe(1);
    expect(sentenceOf(file.err)).toContain('this is a file; give the directory');
  });

  it.each([[[]], [['a', 'b']], [['--fast', 'a']]])('usage %j is exit code 2', (args) => {
    const { code, err } = main(args);
    expect(code).toBe(2);
    expect(err).toContain('usage: npm run conformance -- DIR');
  });
});

it('--json says the same', () => {
  const files = {
    'a.json': normal(HALF, { ...HALF, pdf: 'NaN' }),
    'b.json': { cases: [{ engine: 'AUCTION' }] },
  };
  const { code, out } = main([folder(files), '--json']);
  expect(code).toBe(1);
  const told = JSON.parse(out);
  expect(told.ok).toBe(false);
  expect(told.summary).toMatchObject({
    suites: 1,
    cases: 2,
    passed: 1,
    failed: 1,
    waiting: 1,
    waitingCases: 1,
  });
  expect(told.files[0].suites[0].failures[0].problem).toContain('field "pdf" is "NaN"');
  expect(told.files[1].notYet).toEqual([{ suite: 'derive.AUCTION', cases: 1, reason: 'needs liquidation' }]);
});

it.each([
  ['90/365', 90 / 365],
  ['-1.5e-3', -0.0015],
  ['0.49999999999999999999999999999999999999999999999999', 0.5],
  [' 2 ', 2],
  ['', undefined],
  ['1/0', undefined],
  ['0x10', undefined],
  ['1/2/3', undefined],
  ['1e400', undefined],
  [null, undefined],
])('number %j is %j', (written, value) => {
  expect(numberOf(written)).toBe(value);
});

it.each([
  ['0.00000001', 8, 1n],
  [1e-8, 8, 1n],
  [1.5e12, 0, 1_500_000_000_000n],
  ['2000000000000000000', 0, 2n * 10n ** 18n],
  ['-0.5', 1, -5n],
  ['0.55', 1, undefined],
  ['', 1, undefined],
  ['.', 1, undefined],
  [null, 1, undefined],
])('count %j at %d decimals is %s', (written, decimals, count) => {
  const read = () => scaled({ x: written }, 'x', decimals);
  if (count === undefined) expect(read).toThrow('field "x"');
  else expect(read()).toBe(count);
});

it('integers are compared to the unit, however large', () => {
  expect(exactly('x', 10n ** 30n, 10n ** 30n).ok).toBe(true);
  expect(exactly('x', 10n ** 30n, 10n ** 30n + 1n)).toMatchObject({ ok: false, error: 1 });
});

it('tolerances are never read finer than doubles, nor NaN as right', () => {
  expect(within('x', 1, 1 + Number.EPSILON, 0).ok).toBe(true);
  expect(within('x', 1, 1 + 3 * Number.EPSILON, 0).ok).toBe(false);
  expect(within('x', 1, Number.NaN, 1).ok).toBe(false);
  expect(within('x', 1, Number.POSITIVE_INFINITY, 1).ok).toBe(false);
  expect(inputBlur(-37.5)).toBe(0);
  expect(inputBlur(0.99999)).toBeGreaterThan(5e-17);
});

it('the vectors beside this checkout: nothing fails', ({ skip }) => {
  skip(!existsSync(OUTSIDE), 'no ../shared/vectors beside this checkout; they are never copied into it');
  const { code, out, err } = main([OUTSIDE]);
  expect(`${err}${out}`).not.toContain('failed in');
  expect(out).toMatch(/ 0 failed,/);
  expect(code).toBe(0);
});
