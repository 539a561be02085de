// plimsoll venues through the built command: its page's commands run, days and files are obeyed, and refusals name the option.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MarginModel, models } from '@plimsoll/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/venues/README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', env });
};
const json = (...args: string[]) => {
  const { status, stdout, stderr } = run(...args, '--json');
  expect(stderr).toBe('');
  expect([0, 1]).toContain(status);
  return JSON.parse(stdout);
};
const market = ['--chain', 'demo/chain.csv', '--perpetuals', 'demo/perpetuals.csv'];
const margin = (...more: string[]) => [
  'margin',
  '--model',
  'deribit-sm',
  ...market,
  '--portfolio',
  'demo/portfolio.json',
  ...more,
];
const newer = ['--param-history', 'examples/venues/newer.json'];

beforeAll(() => {
  expect(run('demo', '--save', 'demo').status).toBe(0);
  cpSync(join(root, 'examples/venues'), join(folder, 'examples/venues'), { recursive: true });
});

describe('docs/venues/README', () => {
  it('has commands that run as they are written', { timeout: 120_000 }, () => {
    const commands = [...page.matchAll(/^npm run plimsoll -- (.+)$/gm)].map(([, words]) => words!);
    expect(commands.length).toBeGreaterThan(7);
    for (const command of commands) {
      const { status, stderr } = run(...command.split(' '));
      // A note says what an answer brought with it; nothing else is said beside the answer.
      expect(stderr.replaceAll(/^ {2}note: .+\n/gm, ''), command).toBe('');
      expect(status, command).toBe(0);
    }
  });
});

describe('venues', () => {
  it('M-123 lists every venue model, and shows each with parameters, levels and reasons', {
    timeout: 60_000,
  }, () => {
    const listed = json('venues');
    const venues = (Object.values(models) as MarginModel[]).filter(({ facts }) => facts !== undefined);
    expect(listed.map(({ model }: { model: string }) => model)).toEqual(venues.map(({ id }) => id));
    for (const { id, facts } of venues) {
      const { stdout, status } = run('venues', 'show', id);
      expect(status, id).toBe(0);
      expect(stdout, id).toContain(facts!.venue);
      for (const { why } of Object.values(facts!.exactness)) expect(stdout, id).toContain(why);
    }
  });

  it('M-120 lists the day of the set that held on a day, or that none was known', () => {
    const since = (...day: string[]) =>
      new Map(
        json('venues', 'list', ...day).map((row: { model: string; since: string }) => [row.model, row.since]),
      );
    const then = since('--as-of', '2024-07-01');
    expect(['deribit-sm', 'deribit-pm', 'derive-srm'].map((model) => then.get(model))).toEqual([
      '2022-01-11',
      '2024-06-17',
      null,
    ]);
    expect(since().get('deribit-sm')).toBe('2026-08-01');
    expect(run('venues', '--as-of', '2024-07-01').stdout).toMatch(/derive-srm .* none on 2024-07-01/);
  });

  it('M-123 the page of OKX gives every term the level that the model does', () => {
    const levels = models['okx-pm'].facts!.exactness as Readonly<Record<string, { level: string }>>;
    const okxPage = readFileSync(join(root, 'docs/venues/okx.md'), 'utf8');
    const rows = [...okxPage.matchAll(/^\| (?:MR\d|1\.3) \| .+ \| (.+) \| (\w+).* \|$/gm)];
    expect(rows).toHaveLength(10);
    for (const [row, here, level] of rows) {
      const term = here!.startsWith('lane')
        ? 'scenarios'
        : here === 'left out'
          ? 'mr5-rates'
          : here!.replaceAll('`', '');
      expect(level, row).toBe(levels[term]!.level);
    }
  });

  it('M-120 a margin takes the parameters of the day, and says whose they are', () => {
    const [then, now] = [json(...margin('--as-of', '2026-03-02')), json(...margin())];
    expect(then.venue.parameters.effective).toBe('2022-01-11');
    expect(now.venue.parameters.effective > '2026-03-02').toBe(true);
    expect(now.notes).toEqual([expect.stringContaining('--as-of 2026-03-02')]);
    expect(Number(then.requirement.maintenance)).toBeLessThan(Number(now.requirement.maintenance));
    expect(then.charges[0]).toHaveProperty('exactness');
    expect(json('margin', ...market, '--portfolio', 'demo/portfolio.json')).not.toHaveProperty('venue');
  });

  it('M-123 marks terms in margin and explain, and says what marks mean', () => {
    for (const verb of ['margin', 'explain']) {
      const { stdout } = run(...margin('--as-of', '2026-03-02').with(0, verb));
      expect(stdout).toMatch(/short-option-margin [=~?]/);
      expect(stdout).toContain('= exact, ~ partly, ? indicative');
      expect(stdout).toContain('parameters of 2022-01-11');
    }
  });

  it('M-122 a file of newer sets is known to every verb with a model', () => {
    const { venue } = json(...margin(...newer));
    expect(venue.parameters).toMatchObject({ effective: '2026-11-01' });
    const written = run(
      'risk-file',
      'write',
      ...market,
      '--model',
      'deribit-sm',
      ...newer,
      '--out',
      'risk.json',
    );
    expect(written.status).toBe(0);
    expect(readFileSync(join(folder, 'risk.json'), 'utf8')).toContain('deribit-sm-2026-11-01');
  });

  it('M-121 tells what changed and what it does to a portfolio, line by line', () => {
    const given = [
      '--from',
      '2022-01-11',
      '--to',
      '2026-08-01',
      ...market,
      '--portfolio',
      'demo/portfolio.json',
    ];
    const { differences, effect } = json('venues', 'diff', 'deribit-sm', ...given);
    expect(differences).toContainEqual({
      path: 'coins.BTC.linear.maintenance.base',
      from: 0.01,
      to: 0.02 / 1.5,
    });
    const before = json(...margin('--as-of', '2022-01-11'));
    expect(effect.before.requirement).toEqual(before.requirement);
    const { stdout } = run('venues', 'diff', 'deribit-sm', ...given);
    expect(stdout).toMatch(/position-margin [=~?]\s+[\d,.]+\s+[\d,.]+\s+\+/);
    const same = json('venues', 'diff', 'deribit-sm', '--from', '2022-01-11', '--to', '2022-01-12');
    expect(same.differences).toEqual([]);
  });

  it.each([
    [margin('--as-of', '2022-01-10'), 2, '--as-of: no parameters are known before 2022-01-11'],
    [margin('--as-of', 'then'), 2, "--as-of: 'then' is not a day"],
    [margin('--as-of', '2026-03-02').with(2, 'grid'), 2, 'grid has no dated parameters'],
    [margin('--param-history', 'none.json'), 1, 'none.json'],
    [['venues', 'derive-pmrm2'], 2, 'it is a model; write plimsoll venues show derive-pmrm2'],
    [
      ['venues', 'list', 'nosuch'],
      2,
      'none of list, show, diff, compare; for a model write plimsoll venues show MODEL',
    ],
    [['venues', 'grid'], 2, 'for a model write plimsoll venues show MODEL'],
    [['venues', 'list', '--as-of', 'then'], 2, "--as-of: 'then' is not a day"],
    [
      ['venues', 'compare', '--from', 'examples/venues/deribit-summaries.json'],
      1,
      'give private/get_positions as well',
    ],
    [['venues', 'show', 'grid'], 1, 'grid has no dated parameters'],
    [['venues', 'show', 'nope'], 1, "there is no model 'nope'"],
    [['venues', 'diff', 'deribit-sm', '--from', '2021-01-01'], 2, '--from: no parameters'],
    [['venues', 'diff', 'deribit-sm', ...market], 2, '--portfolio: a market alone'],
    [['venues', 'compare'], 2, '--from'],
    [['venues', 'compare', '--from', 'demo/portfolio.json'], 1, 'no answer that is known'],
    [['venues', 'compare', '--from', 'examples/venues/derive-subaccount.json'], 1, '--at TIME'],
    [['venues', 'compare', '--from', 'examples/venues/deribit-positions.json', ...market], 2, '--model'],
    [['venues', 'compare', '--from', 'x', '--hold', 'most'], 2, '--hold'],
    [['venues', 'compare', '--from', 'x', '--tolerance', '1'], 2, '--tolerance'],
  ])('refuses %j', (args, code, words) => {
    const { status, stderr } = run(...args);
    expect(stderr).toContain(words);
    expect(status).toBe(code);
  });
});

describe('venues compare', () => {
  const answers = ['examples/venues/deribit-summaries.json', 'examples/venues/deribit-positions.json'];
  const compare = (...more: string[]) => ['venues', 'compare', '--from', ...answers, ...market, ...more];

  it('M-126 lays ours beside every number of the venue, by the parameters of the day', () => {
    const { model, parameters, accounts, prices, agrees } = json(...compare());
    expect([model, parameters.version, agrees]).toEqual(['deribit-sm', '2022-01-11', true]);
    const [btc, eth] = accounts;
    expect([btc.account, eth.account]).toEqual(['deribit 4242 BTC', 'deribit 4242 ETH']);
    // The chain's smile and the mark of the answer differ by a fifth of a percent, and so do the margins: in coins, two options.
    const [mark] = prices.filter((price: { of: string }) => price.of === 'BTC-27MAR26-78000-P');
    const gap = 2 * (mark.ours - mark.value);
    const term = (path: string) => btc.terms.find((row: { path: string }) => row.path.endsWith(path));
    for (const path of ['summaries[0].initial_margin', 'summaries[0].maintenance_margin']) {
      expect(term(path).difference).toBeCloseTo(gap, 7);
    }
    expect(term('summaries[0].equity').difference).toBeCloseTo(-gap, 7);
    expect(eth.terms.filter((row: { agrees: boolean }) => row.agrees)).toHaveLength(4);
  });

  it('M-126 fails where a number that must agree does not', () => {
    expect(run(...compare()).status).toBe(0);
    expect(run(...compare('--hold', 'indicative')).status).toBe(1);
    expect(run(...compare('--hold', 'indicative', '--tolerance', '0.01')).status).toBe(0);
    const { stdout } = run(...compare());
    expect(stdout).toContain('Prices of the answer and of the market');
    expect(stdout).toContain('what is exact agrees');
  });

  it('M-126 without positions nothing stands beside margins and equity, whatever must agree', () => {
    const given = ['venues', 'compare', '--from', answers[0]!, ...market];
    const { accounts, compared } = json(...given, '--hold', 'indicative');
    expect(compared).toBe(0);
    for (const { terms } of accounts) {
      for (const { agrees, exactness } of terms) expect([agrees, exactness]).toEqual([null, null]);
    }
    const { stdout } = run(...given);
    expect(stdout).toContain('no answer lists what the account holds; give private/get_positions as well');
    expect(stdout).toContain('nothing was compared.');
  });

  it('M-126 where nothing exact was compared, it says so and what to ask for', () => {
    const { status, stdout } = run(
      'venues',
      'compare',
      '--from',
      'examples/venues/okx-position-builder.json',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('nothing exact was compared; --hold partly asks for more.');
    expect(stdout).not.toContain('exact agrees');
  });

  const partly = ['venues', 'compare', '--hold', 'partly', '--from'];

  it('M-125 an answer with its own prices needs no market, and its terms and cells agree', () => {
    const { market: used, accounts, agrees } = json(...partly, 'examples/venues/okx-position-builder.json');
    expect([used.own, agrees]).toEqual([true, true]);
    const [{ terms, vectors }] = accounts;
    const open = terms.filter((row: { agrees: boolean | null }) => row.agrees !== true);
    expect(open.map(({ path }: { path: string }) => path.slice(-3))).toEqual(['mr5', 'mr5']);
    for (const { cells } of vectors) expect(cells).toHaveLength(21);
    expect(vectors.map((row: { agrees: boolean }) => row.agrees)).toEqual([true, true]);
  });

  it('M-126 every term and cell of a risk matrix agrees, by the parameters that the answer states', () => {
    const { model, accounts, agrees, notes } = json(...partly, 'examples/venues/deribit-simulate.json');
    expect([model, agrees]).toEqual(['deribit-pm', true]);
    expect(notes).toContain('parameters that the answer states are used.');
    const [{ terms, vectors }] = accounts;
    const open = terms.filter((row: { agrees: boolean | null }) => row.agrees !== true);
    expect(open.map(({ path }: { path: string }) => path)).toEqual([
      expect.stringContaining('correlation_contingency'),
    ]);
    expect(vectors).toHaveLength(4);
    for (const { agrees: alike, cells } of vectors) expect([alike, cells.length]).toEqual([true, 35]);
  });

  it('M-126 what is left above a requirement is compared as such, at the time that is given', () => {
    const given = ['--from', 'examples/venues/derive-subaccount.json', '--at', '2026-03-02T09:30'];
    const { model, accounts } = json('venues', 'compare', '--hold', 'indicative', ...given);
    expect(model).toBe('derive-srm');
    const rows = accounts[0].terms.filter((row: { agrees: boolean | null }) => row.agrees !== null);
    expect(rows.map((row: { agrees: boolean }) => row.agrees)).toEqual([true, true, true]);
  });

  it('M-126 a cell that is off is named', () => {
    const file = 'examples/venues/okx-position-builder.json';
    const bent = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    bent.data[0].riskUnitData[1].mr1Scenarios.volShockUp['0.06'] = '1300';
    writeFileSync(join(folder, 'cell.json'), JSON.stringify(bent));
    const { status, stdout } = run(...partly, 'cell.json');
    expect(status).toBe(1);
    expect(stdout).toMatch(/riskUnitData\[1\]\.mr1Scenarios +USD +21 +20 +volShockUp 0\.06 +1,300/);
  });

  const samples = fileURLToPath(new URL('../../../shared/data/venue_fixtures/', import.meta.url));
  it.skipIf(!existsSync(samples)).each([
    ['okx/position_builder_doc_2025-01-15.json', ['--at', '2025-01-15T10:26:41Z']],
    ['deribit/pme_simulate_doc_BTC_2024-06-17.json', ['--tolerance', '1e-9']],
  ])("M-126 the venue's own example %s agrees (skipped where the folder is absent)", (name, more) => {
    const answer = json(...partly, join(samples, name), ...more);
    expect(answer.agrees).toBe(true);
    for (const { agrees } of answer.accounts[0].vectors) expect(agrees).toBe(true);
  });

  it('M-124 a refusal of one field names file, line and path', () => {
    const text = readFileSync(join(folder, answers[1]!), 'utf8').replace('"size": 60000', '"size": "many"');
    writeFileSync(join(folder, 'bent.json'), text);
    const { status, stderr } = run('venues', 'compare', '--from', answers[0]!, 'bent.json', ...market);
    expect(status).toBe(1);
    expect(stderr).toMatch(/bent\.json line \d+, result\[0\]\.size: "many" is not a decimal number/);
  });
});
