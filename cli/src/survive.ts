// plimsoll survive: how far the market can go before an account crosses its lines, and which are crossed where.

import { writeFile } from 'node:fs/promises';
import {
  type Axis,
  formatInstant,
  isolateAll,
  isRefusal,
  type MapGrid,
  mapDefaults,
  membersOf,
  type Pool,
  type Product,
  poolsOf,
  type Refusal,
  refuse,
  type Subject,
  type Survival,
  type SurvivalMap,
  survivalMap,
  survive,
  type Treatment,
} from '@plimsoll/core';
import type { Command } from 'commander';
import { addTreatmentOption, readTreatment, type TreatedOptions } from './accounts.ts';
import { addBookOptions, loadCase, type Prepared, prepare, sayHead } from './judge.ts';
import { giveUp, heading, sayJson } from './output.ts';
import { mapSvg } from './survive-svg.ts';
import { mapJson, sayMap, saySurvival, survivalJson } from './survive-table.ts';

interface SurviveOptions extends TreatedOptions {
  readonly axis?: string;
  readonly map?: string | boolean;
  readonly svg?: string;
}

export function addSurvive(program: Command): void {
  addTreatmentOption(addBookOptions(program.command('survive')))
    .description('liquidation prices: how far the market can go before each line and zero equity are crossed')
    .option(
      '--axis <what>',
      'spot, vol or vol-points (of all coins, or =BTC), days, basis, premium, or peg=USDC (default: spot of each coin)',
    )
    .option('--map [coin]', 'a grid of spot by vol instead: of one coin, or of all together')
    .option('--svg <file>', 'also draw the map there; of one pool')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll survive --chain chain.csv.gz --portfolio desk-1.json\n  plimsoll survive --chain chain.csv.gz --portfolio desk-1.json --axis vol=BTC\n  plimsoll survive --chain chain.csv.gz --portfolio desk-1.json --map BTC --svg map.svg',
    )
    .action(async (options: SurviveOptions) => {
      const answer = await surviveAll(options);
      if (isRefusal(answer)) return giveUp(answer);
      const { who, prepared, treatment, pools } = answer;
      if (options.json) {
        const at = formatInstant(prepared.book.risk.levels.at);
        const head = { at, model: prepared.book.model, treatment };
        return sayJson({ ...head, pools: pools.map(poolJson), notes: prepared.notes });
      }
      sayHead(who, prepared, treatment);
      for (const found of pools) {
        if (found.map === undefined && found.survivals.length === 0) {
          heading(
            `${found.name}: no contracts, so no liquidation price; --axis looks along an axis all the same`,
          );
        }
        for (const one of found.survivals) saySurvival(found.name, one, found.contracts);
        if (found.map !== undefined) sayMap(found.name, found.map);
      }
    });
}

/** What was found, and by which book. */
interface Answer {
  readonly who: string;
  readonly prepared: Prepared;
  readonly treatment: Treatment;
  readonly pools: readonly Found[];
}

/** What was found for one pool. */
interface Found {
  readonly name: string;
  readonly pool: Pool['kind'];
  readonly contracts: readonly Product[];
  readonly survivals: readonly Survival[];
  readonly map?: SurvivalMap;
}

function poolJson({ name, pool, survivals, map }: Found) {
  return {
    name,
    pool,
    ...(map === undefined ? { axes: survivals.map(survivalJson) } : { map: mapJson(map) }),
  };
}

/** Every pool of every account of the file, with the subject that walks it. */
function subjectsOf(
  prepared: Prepared,
  portfolios: ReturnType<typeof membersOf>,
  treatment: Treatment,
): { readonly pool: Pool; readonly name: string; readonly subject: Subject }[] | Refusal {
  const { market, model, parameters, book } = prepared;
  const subjects: { pool: Pool; name: string; subject: Subject }[] = [];
  for (const portfolio of portfolios) {
    const treated = treatment === 'isolated' ? isolateAll(portfolio, book, model) : portfolio;
    if (isRefusal(treated)) return treated;
    const together = treatment === 'cross' ? 'cross' : 'portfolio';
    for (const pool of poolsOf(treated)) {
      if (pool.portfolio.positions.length + pool.portfolio.orders.length === 0 && portfolios.length > 1)
        continue;
      const own = { portfolio: pool.portfolio, market, model, parameters } as const;
      const name =
        pool.kind === 'shared' ? portfolio.account : `${portfolio.account} / isolated ${pool.name}`;
      subjects.push({ pool, name, subject: { ...own, treatment: together, smile: 'sticky-strike' } });
    }
  }
  return subjects;
}

const AXIS = /^(spot|vol|vol-points|days|basis|premium|peg)(?:=([A-Z0-9]+))?$/;

/** The axis that a word names. */
export function readAxis(word: string): Axis | Refusal {
  const [, kind, name] = AXIS.exec(word) ?? [];
  const own = name === undefined ? {} : { underlying: name };
  if (kind === 'spot') return { kind, ...own };
  if (kind === 'vol') return { kind: 'vol', form: 'relative', ...own };
  if (kind === 'vol-points') return { kind: 'vol', form: 'points', ...own };
  if (kind === 'peg' && name !== undefined) return { kind, asset: name };
  if ((kind === 'days' || kind === 'basis' || kind === 'premium') && name === undefined) return { kind };
  const mend = 'write spot, spot=BTC, vol, vol=BTC, vol-points=BTC, days, basis, premium or peg=USDC.';
  return refuse('malformed', `'${word}' is no axis; ${mend}`, '--axis');
}

/** Spot of each coin that a contract of the pool stands on. */
function spotsOf({ portfolio }: Pool): Axis[] {
  const coins = [...portfolio.positions, ...portfolio.orders].map(({ product }) => product.underlying);
  return [...new Set(coins)].sort().map((underlying) => ({ kind: 'spot', underlying }));
}

async function surviveAll(options: SurviveOptions): Promise<Answer | Refusal> {
  const treatment = readTreatment(options.treatment);
  if (isRefusal(treatment)) return treatment;
  const asked = options.axis === undefined ? undefined : readAxis(options.axis);
  if (isRefusal(asked)) return asked;
  if (options.svg !== undefined && options.map === undefined) {
    return refuse('malformed', 'what is drawn is a map; add --map or --map COIN.', '--svg');
  }
  if (options.map !== undefined && options.axis !== undefined) {
    return refuse('malformed', 'a map has axes of its own, spot and vol; give --axis or --map.', '--axis');
  }
  const found = await loadCase(options);
  if (isRefusal(found)) return found;
  const portfolios = membersOf(found.owner);
  const prepared = prepare(portfolios, found.loaded, found.chosen);
  if (isRefusal(prepared)) return prepared;
  const subjects = subjectsOf(prepared, portfolios, treatment);
  if (isRefusal(subjects)) return subjects;
  const answers: Found[] = [];
  for (const { pool, name, subject } of subjects) {
    const answer = surviveOne(pool, name, subject, options, asked);
    if (isRefusal(answer)) return answer.where === 'axis' ? { ...answer, where: optionOf(options) } : answer;
    answers.push(answer);
  }
  const who = found.owner.owner ?? portfolios[0]?.account ?? 'nobody';
  const answer = { who, prepared, treatment, pools: answers };
  const drawn = options.svg === undefined ? undefined : await draw(options.svg, answer);
  return drawn ?? answer;
}

/** The option that named what is moved. */
function optionOf({ map }: SurviveOptions): string {
  return map === undefined ? '--axis' : '--map';
}

function surviveOne(
  pool: Pool,
  name: string,
  subject: Subject,
  { map }: SurviveOptions,
  asked: Axis | undefined,
): Found | Refusal {
  const { positions, orders } = pool.portfolio;
  const contracts = [...positions, ...orders].map(({ product }) => product);
  const head = { name, pool: pool.kind, contracts };
  if (map !== undefined) {
    const grid: MapGrid =
      typeof map === 'string' ? { ...mapDefaults, underlying: map.toUpperCase() } : mapDefaults;
    const cells = survivalMap(subject, grid);
    return isRefusal(cells) ? cells : { ...head, survivals: [], map: cells };
  }
  const survivals: Survival[] = [];
  for (const axis of asked === undefined ? spotsOf(pool) : [asked]) {
    const one = survive(subject, axis);
    if (isRefusal(one)) return one;
    survivals.push(one);
  }
  return { ...head, survivals };
}

async function draw(path: string, { prepared, treatment, pools }: Answer): Promise<Refusal | undefined> {
  const [only, ...others] = pools;
  if (only?.map === undefined || others.length > 0) {
    return refuse(
      'not-supported',
      `a picture is of one pool, and the file has ${pools.length}; split the file.`,
      '--svg',
    );
  }
  try {
    const { at, source } = prepared.book.risk.levels;
    const made = `${prepared.book.model}, ${treatment} treatment, ${formatInstant(at)}, ${source}`;
    await writeFile(path, mapSvg(only.name, only.map, made));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      'malformed',
      `The file cannot be written (${code}); check its folder and permissions.`,
      path,
    );
  }
}
