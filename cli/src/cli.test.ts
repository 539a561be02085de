// The command as a user meets it: the built program, files on disk, exit codes. `npm test` builds it first.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
const at = (name: string) => join(folder, name);

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

function write(name: string, text: string | Uint8Array): string {
  writeFileSync(at(name), text);
  return at(name);
}

let chain = '';
let book = '';

beforeAll(() => {
  const saved = run('demo', '--seed', '7', '--save', folder);
  expect(saved.stderr).toBe('');
  expect(saved.status).toBe(0);
  chain = at('chain.csv');
  book = at('portfolio.json');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (...args: string[]) => {
  const { status, stdout, stderr } = run(...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
};
/** A decimal string in units of 1e-8. */
const units = (text: string): bigint => {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text)!;
  return (sign === '-' ? -1n : 1n) * (BigInt(whole!) * 100_000_000n + BigInt(fraction.padEnd(8, '0')));
};

describe('explain --model greeks', () => {
  it('M-64 shows how wrong the expansion is, per leg, in what it uses and in what fell back', () => {
    const given = ['--model', 'greeks', '--chain', chain, '--portfolio', book];
    const { model, legs, expansion } = json('explain', ...given);
    expect(model).toBe('greeks');
    const options = legs.filter(({ kind }: { kind: string }) => kind === 'option');
    for (const { product } of options) {
      const own = expansion.filter((cell: { product: string }) => cell.product === product);
      expect(own.map(({ used }: { used: string }) => used)).toEqual(
        expect.arrayContaining(['expanded', 'full']),
      );
      for (const { expanded, full, error } of own) expect(error).toBeCloseTo(expanded - full, 6);
    }
    expect(run('explain', ...given).stdout).toMatch(/Expansion error[\s\S]*fell back to full revaluation/);
    expect(json('explain', '--chain', chain, '--portfolio', book).expansion).toBeUndefined();
  });

  it('M-63 refuses by name when told to, and reads the guard from a parameter file', () => {
    const strict = write(
      'strict.json',
      '{"expansion":{"tolerance":0.001,"judged":"measured","beyond":"refuse"}}',
    );
    const given = ['--model', 'greeks', '--chain', chain, '--portfolio', book, '--params', strict];
    const { status, stderr } = run('margin', ...given);
    expect(status).toBe(1);
    expect(stderr).toMatch(/is wrong by .* USD per unit in scenario/);
  });
});

describe('margin', () => {
  it('M-19 M-32 answers the shape that programs rely on, and its parts add up to the unit', () => {
    const answer = json(
      'margin',
      '--chain',
      chain,
      '--perpetuals',
      at('perpetuals.csv'),
      '--portfolio',
      book,
    );
    const { requirement, excess, equity, swept } = answer;
    for (const line of ['maintenance', 'release', 'initial']) {
      expect(units(excess[line])).toBe(units(equity) - units(requirement[line]));
    }
    expect(units(requirement.maintenance) <= units(requirement.release)).toBe(true);
    expect(units(requirement.release) <= units(requirement.initial)).toBe(true);
    const parts = answer.legs.reduce(
      (sum: bigint, leg: { contribution: string }) => sum + units(leg.contribution),
      0n,
    );
    expect(parts).toBe(-units(swept.initial));
    const charged = (line: string) =>
      answer.charges
        .filter((charge: { line: string }) => charge.line === line)
        .reduce((sum: bigint, charge: { amount: string }) => sum + units(charge.amount), 0n);
    expect(units(swept.maintenance) + charged('maintenance')).toBe(units(requirement.maintenance));
    expect(units(swept.initial) + charged('initial')).toBe(units(requirement.initial));
    expect(
      answer.worst.map((item: { line: string; underlying: string }) => `${item.line} ${item.underlying}`),
    ).toContain('initial BTC');
    expect(answer.scenarios.length).toBeGreaterThan(100);
    expect(answer.orders).toBe('exact');
    expect(answer.digest).toMatch(/^[0-9a-f]{64}$/);
    for (const key of ['product', 'quantity', 'value', 'delta', 'gamma', 'vega', 'theta', 'contribution']) {
      expect(answer.legs[0]).toHaveProperty(key);
    }
  });

  it('M-34 counts open orders as legs whose parts add up with the others, and shows them', () => {
    const held = JSON.parse(readFileSync(book, 'utf8'));
    const orders = [
      { product: 'BTC-PERPETUAL', side: 'buy', quantity: '100000', price: '1000' },
      { product: 'BTC-PERPETUAL', side: 'sell', quantity: '2000000', price: '90000' },
    ];
    const quoting = write('quoting.json', JSON.stringify({ ...held, orders }));
    const answer = json('margin', '--chain', chain, '--portfolio', quoting);
    const without = json('margin', '--chain', chain, '--portfolio', book);
    expect(units(answer.requirement.initial) > units(without.requirement.initial)).toBe(true);
    expect(answer.equity).toBe(without.equity);
    expect(['exact', 'bound']).toContain(answer.orders);
    const parts = answer.legs.map(({ contribution }: { contribution: string }) => units(contribution));
    expect(parts.reduce((sum: bigint, part: bigint) => sum + part, 0n)).toBe(-units(answer.swept.initial));
    expect(answer.legs.filter((leg: { order?: unknown }) => leg.order !== undefined)).toHaveLength(2);
    expect(run('margin', '--chain', chain, '--portfolio', quoting).stdout).toMatch(
      /Open orders: .*worst subset/,
    );
  });

  it('M-33 is the same twice, gzip or not, CSV or JSON portfolio, chain or saved market', () => {
    const packed = write('chain.csv.gz', gzipSync(readFileSync(chain)));
    const saved = run('surface', '--chain', chain, '--save', at('market.json'));
    expect(saved.status).toBe(0);
    const digest = (...market: string[]) =>
      json('margin', ...market, '--portfolio', join(examples, 'desk-1.json')).digest;
    const first = digest('--chain', chain);
    expect(digest('--chain', packed)).toBe(first);
    expect(digest('--market', at('market.json'))).toBe(first);
    const csv = json('margin', '--chain', chain, '--portfolio', join(examples, 'desk-1.csv'));
    expect(csv.digest).toBe(first);
    const turned = JSON.parse(readFileSync(join(examples, 'desk-1.json'), 'utf8'));
    turned.positions.reverse();
    expect(
      json('margin', '--chain', chain, '--portfolio', write('turned.json', JSON.stringify(turned))).digest,
    ).toBe(first);
  });

  it('takes parameters that differ from the defaults', () => {
    const plain = json('margin', '--chain', chain, '--portfolio', book);
    const given = json(
      'margin',
      '--chain',
      chain,
      '--portfolio',
      book,
      '--params',
      join(examples, 'parameters.json'),
    );
    expect(given.parameters.version).toBe('desk-7');
    expect(Number(given.requirement.maintenance)).toBeGreaterThan(Number(plain.requirement.maintenance));
  });

  it('prints a table without a colour code when nobody looks', () => {
    const { stdout } = run('margin', '--chain', chain, '--portfolio', book);
    expect(stdout).toContain('requirement');
    expect(stdout).toContain('Worst scenario');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must not be there
    expect(stdout).not.toMatch(/\u001b/);
  });

  it('an account without positions needs nothing and owns what it owns', () => {
    const empty = write('empty.json', '{"account":"a","cash":{"USD":"1000"}}');
    const answer = json('margin', '--chain', chain, '--portfolio', empty);
    expect(answer.equity).toMatch(/^1000(\.0+)?$/);
    expect(Number(answer.requirement.initial)).toBe(0);
  });
});

describe('the library', () => {
  it('in a program of one page says what the command says', () => {
    const { stdout, status } = spawnSync(process.execPath, [join(examples, 'library.mjs'), chain, book], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const { requirement } = json('margin', '--chain', chain, '--portfolio', book);
    expect(stdout).toContain(`initial ${requirement.initial},`);
  });
});

describe('explain and what-if', () => {
  it('cites a rule for every charge', () => {
    const { status, stdout } = run('explain', '--chain', chain, '--portfolio', book);
    expect(status).toBe(0);
    for (const word of [
      'M-21',
      'together',
      'P&L in thousand USD by spot and vol',
      'Smiles used',
      'Parameters and digests',
    ]) {
      expect(stdout).toContain(word);
    }
    const answer = json('explain', '--chain', chain, '--portfolio', book);
    expect(answer.parameterValues.scenarios.lanes.length).toBeGreaterThan(100);
    expect(answer.surfaces.length).toBeGreaterThan(0);
  });

  it('nothing changed changes no number', () => {
    const { before, after } = json('what-if', '--chain', chain, '--portfolio', book);
    expect(after.requirement).toEqual(before.requirement);
    expect(Math.abs(Number(after.equity) - Number(before.equity))).toBeLessThan(1e-6);
  });

  it('M-33 an imagined market has its own digest, whatever was moved', () => {
    for (const move of [
      ['--vol', '+5pt'],
      ['--spot', '-1%'],
      ['--days', '1'],
    ]) {
      const { before, after } = json('what-if', '--chain', chain, '--portfolio', book, ...move);
      expect(after.digest, move.join(' ')).not.toBe(before.digest);
      expect(after.market.digest, move.join(' ')).not.toBe(before.market.digest);
    }
  });

  it('closing every position leaves the balances', () => {
    const held = JSON.parse(readFileSync(book, 'utf8')).positions as { product: string; quantity: string }[];
    const trades = held.map(({ product, quantity }) =>
      quantity.startsWith('-') ? `buy ${quantity.slice(1)} ${product}` : `sell ${quantity} ${product}`,
    );
    const { before, after } = json('what-if', '--chain', chain, '--portfolio', book, '--trade', ...trades);
    expect(after.legs.every((leg: { kind: string }) => leg.kind === 'asset')).toBe(true);
    expect(Math.abs(Number(after.equity) - Number(before.equity))).toBeLessThan(1e-6);
    expect(Number(after.requirement.initial)).toBeLessThan(Number(before.requirement.initial));
  });

  it('M-34 shows what one more order would ask, and lets it lapse with its product', () => {
    const order = ['--order', 'sell 20 BTC-27MAR26-90000-C @ 0.001'];
    const base = ['what-if', '--chain', chain, '--portfolio', book, ...order];
    const { before, after } = json(...base);
    expect(units(after.requirement.initial) > units(before.requirement.initial)).toBe(true);
    expect(after.equity).toBe(before.equity);
    const later = json(...base, '--days', '40');
    expect(later.after.legs.some((leg: { order?: unknown }) => leg.order !== undefined)).toBe(false);
    const { status, stderr } = run(...base.slice(0, -1), 'sell 20 BTC-27MAR26-90000-C');
    expect(status).toBe(2);
    expect(stderr).toContain('has no limit; write it after an @.');
    const gone = run(...base.slice(0, -1), 'sell 20 BTC-2JAN26-90000-C @ 0.001');
    expect(gone.status).toBe(1);
    expect(gone.stderr).toMatch(/expired before .*; remove the order\./);
  });

  it('M-34 sets the part of an order beside the part of its position, not in its place', () => {
    const order = ['--order', 'buy 10 BTC-PERPETUAL @ 80000'];
    const { stdout } = run('what-if', '--chain', chain, '--portfolio', book, ...order);
    const rows = stdout.split('\n').filter((line) => line.includes('BTC-PERPETUAL'));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/buy/);
    const [, was, is, partWas, partIs] = rows[1]!.trim().split(/\s+/);
    expect([was, partWas]).toEqual([is, partIs]);
  });

  it('M-45 shows no part in a swept loss where nothing is swept', () => {
    for (const verb of ['margin', 'explain', 'what-if']) {
      const { stdout } = run(verb, '--chain', chain, '--portfolio', book, '--model', 'static');
      expect(stdout, verb).not.toMatch(/in worst|swept loss|part after/);
    }
  });

  it('M-51 says whose scenarios they are, and tells of no joint move where coins add up', () => {
    const { stdout } = run('explain', '--chain', chain, '--portfolio', book, '--model', 'span');
    expect(stdout).toContain('16 scenarios of its own');
    expect(stdout).toMatch(/open orders +none/);
    expect(stdout).not.toContain('together');
  });

  it('a move shows its loss, and time settles what expires', () => {
    const moved = json(
      'what-if',
      '--chain',
      chain,
      '--portfolio',
      book,
      '--spot',
      'BTC=-10%',
      '--vol',
      '+10pt',
      '--days',
      '40',
    );
    expect(Number(moved.after.equity)).toBeLessThan(Number(moved.before.equity));
    const names = moved.after.legs.map((leg: { product: string }) => leg.product).join(' ');
    expect(names).not.toContain('27MAR26');
    expect(names).toContain('29MAY26');
  });
});

describe('bad input is one sentence and an exit code', () => {
  const chainWith = (change: (lines: string[]) => string[]) =>
    change(readFileSync(chain, 'utf8').trimEnd().split('\n')).join('\n');
  const cases: [string, () => string[], RegExp, number][] = [
    [
      'a missing file',
      () => ['--chain', at('nowhere.csv'), '--portfolio', book],
      /nowhere\.csv: There is no such file/,
      1,
    ],
    ['no market at all', () => ['--portfolio', book], /--chain/, 2],
    [
      'an unknown model',
      () => ['--chain', chain, '--portfolio', book, '--model', 'magic'],
      /no model 'magic'.*grid/,
      2,
    ],
    ['an unknown option', () => ['--chain', chain, '--portfolio', book, '--wat'], /unknown option/, 2],
    ['a bad time', () => ['--chain', chain, '--portfolio', book, '--at', 'yesterday'], /--at/, 2],
    [
      'an unknown product',
      () => [
        '--chain',
        chain,
        '--portfolio',
        write('p1.json', '{"positions":[{"product":"BTC-27MAR26-HIGH-C","quantity":"1"}]}'),
      ],
      /p1\.json line 1.*BTC-27MAR26-HIGH-C/,
      1,
    ],
    [
      'a coin the chain does not cover',
      () => [
        '--chain',
        chain,
        '--portfolio',
        write('p2.json', '{"positions":[{"product":"DOGE-PERPETUAL","quantity":"1"}]}'),
      ],
      /DOGE/,
      1,
    ],
    [
      'an expired option',
      () => [
        '--chain',
        chain,
        '--portfolio',
        write('p3.json', '{"positions":[{"product":"BTC-1JAN26-90000-C","quantity":"1"}]}'),
      ],
      /BTC-1JAN26-90000-C.*expired/,
      1,
    ],
    [
      'a quantity of 1e30',
      () => ['--chain', chain, '--portfolio', write('p4.json', '{"cash":{"USD":"1e30"}}')],
      /p4\.json line 1, cash\.USD/,
      1,
    ],
    [
      'not a number',
      () => ['--chain', chain, '--portfolio', write('p5.json', '{"cash":{"USD":"NaN"}}')],
      /p5\.json line 1, cash\.USD/,
      1,
    ],
    [
      'a misspelt key',
      () => ['--chain', chain, '--portfolio', write('p6.json', '{"posittions":[]}')],
      /posittions.*positions/,
      1,
    ],
    [
      'a portfolio cut short',
      () => ['--chain', chain, '--portfolio', write('p7.json', readFileSync(book, 'utf8').slice(0, 150))],
      /p7\.json/,
      1,
    ],
    [
      'a negative price',
      () => [
        '--chain',
        write(
          'c1.csv',
          chainWith((lines) => [lines[0]!, lines[1]!.replace(/,0\.\d+,/, ',-0.5,'), ...lines.slice(2)]),
        ),
        '--portfolio',
        book,
      ],
      /c1\.csv row 2/,
      1,
    ],
    [
      'half a row',
      () => [
        '--chain',
        write('c2.csv', chainWith((lines) => lines.slice(0, 50)).slice(0, -40)),
        '--portfolio',
        book,
      ],
      /c2\.csv row/,
      1,
    ],
    [
      'a chain with a header alone',
      () => [
        '--chain',
        write(
          'c3.csv',
          chainWith((lines) => lines.slice(0, 1)),
        ),
        '--portfolio',
        book,
      ],
      /c3\.csv/,
      1,
    ],
    [
      'a gzip that ends early',
      () => [
        '--chain',
        write('c4.csv.gz', gzipSync(readFileSync(chain)).subarray(0, 5000)),
        '--portfolio',
        book,
      ],
      /c4\.csv\.gz: The gzip ends early/,
      1,
    ],
    [
      'a text file that is not a chain',
      () => ['--chain', join(examples, 'desk-1.csv'), '--portfolio', book],
      /desk-1\.csv/,
      1,
    ],
    [
      'a 10 GB file',
      () => {
        const big = write('big.csv', '');
        truncateSync(big, 10 * 2 ** 30);
        return ['--chain', big, '--portfolio', book];
      },
      /big\.csv: The file has 10240 MiB, more than the limit/,
      1,
    ],
    [
      'a coin that pretends to be stable',
      () => ['--chain', chain, '--portfolio', book, '--peg', 'SOL=150'],
      /--peg: the parameters know no stable asset SOL/,
      2,
    ],
    ['a peg that is no peg', () => ['--chain', chain, '--portfolio', book, '--peg', 'USDC'], /--peg/, 2],
    [
      'a parameter that cannot be',
      () => ['--chain', chain, '--portfolio', book, '--params', write('q1.json', '{"retained":3}')],
      /q1\.json: retained must be in \[0, 1\]/,
      1,
    ],
    [
      'a misspelt parameter',
      () => ['--chain', chain, '--portfolio', book, '--params', write('q2.json', '{"retaned":0.3}')],
      /retaned.*retained/,
      1,
    ],
  ];

  it.each(cases)('%s', (_, args, sentence, code) => {
    const { status, stdout, stderr } = run('margin', ...args());
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(status).toBe(code);
  });
});
