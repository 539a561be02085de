import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ChainSnapshot,
  fitReport,
  formatExpiry,
  type Instant,
  instant,
  isRefusal,
  type OptionQuote,
  readMarket,
  writeMarket,
} from '@plimsoll/core';
import { blackPrice } from '@plimsoll/core/kernel';
import { Command } from 'commander';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { addSurface } from './surface.ts';
import { escapeXml, spread, ticks } from './surface-draw.ts';
import { surfaceSvg } from './surface-svg.ts';
import { saySurface, surfaceJson } from './surface-table.ts';
import { narrow, type SurfaceView, viewOf } from './surface-view.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-surface-'));
afterAll(() => rmSync(folder, { recursive: true }));

const AT = instant(Date.UTC(2026, 0, 1, 8));
const MONTH = instant(Date.UTC(2026, 0, 30, 8));
const SPRING = instant(Date.UTC(2026, 2, 27, 8));
const GONE = instant(Date.UTC(2025, 11, 26, 8));
const NASTY = `<chain> & "quotes" 'of' \u0001today.csv`;

/** A quote of `width` vol points around a gentle smile. */
function quote(underlying: string, expiry: Instant, strike: number, row: number, width = 0.02): OptionQuote {
  const forward = 100;
  const right = strike < forward ? 'put' : 'call';
  const k = Math.log(strike / forward);
  const vol = 0.6 - 0.1 * k + 0.4 * k * k;
  const years = Math.max(expiry - AT, 1) / 31_536_000_000;
  const coins = (at: number) => blackPrice(right, forward, strike, at * Math.sqrt(years)) / forward;
  return {
    product: {
      kind: 'option',
      id: `${underlying}-${formatExpiry(expiry)}-${strike}-${right === 'put' ? 'P' : 'C'}`,
      underlying,
      settlement: 'inverse',
      settleAsset: underlying,
      expiry,
      strike,
      right,
    },
    row,
    bid: coins(vol - width / 2),
    ask: coins(vol + width / 2),
    markVol: vol,
    forward,
    index: forward,
    openInterest: 1,
  };
}

/** Two coins, two living expiries each, one expired; at strike 130 of spring a quote too wide to be used. */
function tiny(): ChainSnapshot {
  const options: OptionQuote[] = [];
  for (const coin of ['AAA', 'BBB']) {
    for (const expiry of [MONTH, SPRING]) {
      for (const strike of [80, 85, 90, 95, 100, 105, 110, 115, 120, 130]) {
        const wide = expiry === SPRING && strike === 130;
        options.push(quote(coin, expiry, strike, options.length + 2, wide ? 0.4 : 0.02));
      }
    }
    options.push(quote(coin, GONE, 100, options.length + 2));
  }
  return { at: AT, source: NASTY, options, futures: [], pegs: new Map() };
}

function view(): SurfaceView {
  const snapshot = tiny();
  const report = fitReport(snapshot);
  if (isRefusal(report)) throw new Error(report.message);
  return viewOf(report.market, ['one remark'], { snapshot, report });
}

/** Names of all elements; throws where tags do not nest or text is not escaped. */
function elementsOf(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9-]+="[^"<&]*")*)(\/?)>/g,
    (_, end, name, _a, empty) => {
      if (end === '/') expect(open.pop()).toBe(name);
      else names.push(name);
      if (end === '' && empty === '') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[<&]/);
  return names;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('the view', () => {
  it('sorts every quote into used, weak and dropped, and keeps the fit of its own count', () => {
    const spring = view().coins[0]!.expiries[1]!;
    const uses = spring.quotes.map(({ strike, use, touch }) => [strike, use, touch !== undefined]);
    expect(uses.slice(0, 9).every(([, use]) => use === 'used')).toBe(true);
    expect(uses.slice(9)).toEqual([
      [130, 'weak', false],
      [130, 'dropped', true],
    ]);
    expect(spring.quotes.filter(({ use }) => use === 'used').length).toBe(spring.report!.fates.get('quoted'));
    for (const { model, mid, use } of spring.quotes)
      if (use === 'used') expect(Math.abs(model - mid)).toBeLessThan(0.01);
  });

  it('measures the smile it was given: a falling skew, wings above the middle', () => {
    const { atm, reversal, butterfly } = view().coins[0]!.expiries[1]!;
    expect(atm).toBeCloseTo(0.6, 2);
    expect(reversal).toBeLessThan(-0.02);
    expect(reversal).toBeGreaterThan(-0.06);
    expect(butterfly).toBeGreaterThan(0);
  });

  it('narrows by coin and expiry, and refuses names that are not there', () => {
    const one = narrow(view(), { underlying: ['bbb'], expiry: ['27mar26'] }) as SurfaceView;
    expect(
      one.coins.map(({ coin, expiries }) => [coin.underlying, expiries.map(({ name }) => name)]),
    ).toEqual([['BBB', ['27MAR26']]]);
    expect(narrow(view(), { underlying: ['CCC'] })).toMatchObject({ where: '--underlying', kind: 'refused' });
    expect(narrow(view(), { expiry: ['28MAR26'] })).toMatchObject({
      where: '--expiry',
      message: expect.stringContaining('26DEC25, 30JAN26, 27MAR26'),
    });
  });
});

describe('the picture', () => {
  it('is well-formed, self-contained and escaped', () => {
    const svg = surfaceSvg(view());
    const names = elementsOf(svg);
    expect(new Set(names)).toEqual(
      new Set(['svg', 'title', 'style', 'rect', 'g', 'text', 'line', 'path', 'circle']),
    );
    expect(svg).toContain('&lt;chain&gt; &amp; &quot;quotes&quot; &#39;of&#39; \uFFFDtoday.csv');
    expect(svg).not.toMatch(/NaN|Infinity|undefined|url\(|href|@import/);
  });

  it('has one panel per served expiry, one overview per coin, and names the refused', () => {
    const svg = surfaceSvg(view());
    expect(count(svg, '<g class="expiry">')).toBe(4);
    expect(count(svg, '<g class="overview">')).toBe(2);
    expect(count(svg, '26DEC25 is not served')).toBe(2);
    expect(count(svg, '<path class="model"')).toBe(4);
  });

  it('draws the same bytes twice, quotes when there are some and none when there are none', () => {
    const seen = view();
    expect(surfaceSvg(view())).toBe(surfaceSvg(seen));
    expect(count(surfaceSvg(seen), 'class="whisker"')).toBeGreaterThan(30);
    const bare = surfaceSvg(viewOf(seen.market, []));
    elementsOf(bare);
    expect(count(bare, '<circle')).toBe(0);
    expect(count(bare, '<g class="expiry">')).toBe(4);
  });

  it('stands without any served expiry', () => {
    const seen = view();
    const empty = { ...seen, coins: seen.coins.map((coin) => ({ ...coin, expiries: [] })) };
    expect(count(surfaceSvg(empty), '<g class="expiry">')).toBe(0);
    elementsOf(surfaceSvg(empty));
  });

  it.each([
    ['a<b>&"\'', 'a&lt;b&gt;&amp;&quot;&#39;'],
    ['\u0000\u001f\ud800\uffff', '\ufffd\ufffd\ufffd\ufffd'],
    ['tab\tπ😀', 'tab\tπ😀'],
  ])('escapes %j', (text, escaped) => expect(escapeXml(text)).toBe(escaped));

  it('puts ticks on round numbers and keeps labels apart', () => {
    expect(ticks({ low: -0.11, high: 0.2 }, 4)).toEqual([-0.1, 0, 0.1, 0.2]);
    const box = { x: 0, y: 0, width: 1, height: 100 };
    expect(spread([95, 96, 10], 12, box)).toEqual([88, 100, 10]);
  });
});

describe('what is printed', () => {
  const lines: string[] = [];
  afterEach(() => vi.restoreAllMocks());
  function heard(speak: () => void): string {
    lines.length = 0;
    const hear = (text: string | Uint8Array) => lines.push(String(text)) > 0;
    vi.spyOn(process.stdout, 'write').mockImplementation(hear);
    vi.spyOn(process.stderr, 'write').mockImplementation(hear);
    speak();
    return lines.join('');
  }

  it('has a row per expiry, fates that occur, refusals by name, and fits 130 columns', () => {
    const text = heard(() => saySurface(view(), false));
    expect(text.match(/^ {2}27MAR26 .*100 %/gm)).toHaveLength(2);
    expect(text).toMatch(/expiry +rows +used +weak +forward by/);
    expect(text).toContain('26DEC25 is not served');
    expect(text).toContain('note: one remark');
    const [remarks, shown] = [lines.filter((line) => line.includes('note:')), text.split('\n')];
    expect(remarks).toHaveLength(1);
    expect(
      Math.max(...shown.filter((line) => !line.includes('served')).map((line) => line.length)),
    ).toBeLessThan(135);
  });

  it('prints strikes when asked, and says why it cannot without quotes', () => {
    const text = heard(() => saySurface(view(), true));
    expect(text).toMatch(/ 95 +-0\.05\d .*inside +used/);
    expect(text.match(/ 130 +0\.26\d +\d.* 60\.\d\d .*dropped/g)).toHaveLength(2);
    expect(heard(() => saySurface(viewOf(view().market, []), true))).toContain('holds no quotes');
  });

  it('gives programs everything, as JSON that survives a round trip', () => {
    const json = surfaceJson(view());
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      observed: true,
      underlyings: [
        {
          underlying: 'AAA',
          expiries: [{ name: '30JAN26', fates: { quoted: 10 }, smile: { mix: 0 } }, { name: '27MAR26' }],
          refused: [{ name: '26DEC25', reason: 'expired' }],
        },
        { underlying: 'BBB' },
      ],
    });
    expect(json.underlyings[0]!.expiries[0]!.smile.near.sigma).toBeGreaterThan(0);
  });
});

describe('the verb', () => {
  const said = { out: '', err: '' };
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  async function run(...words: string[]): Promise<number> {
    said.out = '';
    said.err = '';
    const hear = (to: 'out' | 'err') => (text: string | Uint8Array) => {
      said[to] += text;
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('out'));
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('err'));
    const program = new Command('plimsoll').exitOverride();
    addSurface(program);
    await program.parseAsync(['node', 'plimsoll', 'surface', ...words]);
    return Number(process.exitCode ?? 0);
  }
  const market = join(folder, 'market.json');
  writeFileSync(market, writeMarket(view().market));

  it('reads a market, draws it, saves it, and says where', async () => {
    const [svg, save] = [join(folder, 'a.svg'), join(folder, 'b.json')];
    expect(await run('--market', market, '--underlying', 'AAA', '--svg', svg, '--save', save)).toBe(0);
    expect(said.out).toContain(`picture: ${svg}`);
    expect(count(readFileSync(svg, 'utf8'), '<g class="expiry">')).toBe(2);
    expect(readMarket(readFileSync(save, 'utf8'), save)).toMatchObject({ digest: view().market.digest });
  });

  it('keeps JSON clean of remarks', async () => {
    expect(await run('--market', market, '--json', '--svg', join(folder, 'c.svg'))).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ observed: false });
    expect(said.err).toContain('picture: ');
  });

  it.each([
    ['nothing', [], 2, /either --chain FILE or --market FILE/],
    ['an absent file', ['--market', join(folder, 'absent')], 1, /no such file/],
    [
      'an absent folder',
      ['--market', market, '--svg', join(folder, 'no', 'x.svg')],
      1,
      /cannot be written \(ENOENT\)/,
    ],
    ['its own input', ['--market', market, '--save', market], 2, /^plimsoll: --save: .*already named/],
    ['an unknown coin', ['--market', market, '--underlying', 'CCC'], 2, /has no CCC; it has AAA, BBB/],
  ] as const)('refuses %s in one sentence', async (_, words, code, sentence) => {
    expect(await run(...words)).toBe(code);
    expect(said.err).toMatch(sentence);
    expect(said.err.trim().split('\n')).toHaveLength(1);
    expect(said.out).toBe('');
  });
});
