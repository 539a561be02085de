// plimsoll explain: why.

import {
  CHARGE_RULES,
  dollars,
  expiryOf,
  formatExpiry,
  isRefusal,
  type Line,
  lanePlace,
  laneSpot,
  type RiskBook,
  requirementDigest,
  underlyingOf,
} from '@plimsoll/core';
import type { Command } from 'commander';
import colors from 'picocolors';
import {
  addTreatmentOption,
  isOwner,
  type JudgedOwner,
  judgedParts,
  loadTreated,
  ownerJson,
  sayOwner,
  type TreatedOptions,
} from './accounts.ts';
import { describeLane } from './describe.ts';
import { expansionOf, sayExpansion } from './expansion.ts';
import { addBookOptions, type Judged } from './judge.ts';
import { sayLegs, sayStanding } from './margin.ts';
import { marginJson } from './margin-json.ts';
import { figure, giveUp, heading, money, percent, say, sayJson, signed, table } from './output.ts';
import { sayTail } from './tail.ts';
import { marked, sayLegend } from './venue-words.ts';

export function addExplain(program: Command): void {
  addTreatmentOption(addBookOptions(program.command('explain')))
    .description('where every dollar of a requirement comes from: scenarios, legs, charges, parameters')
    .addHelpText('after', '\nExample:\n  plimsoll explain --chain chain.csv.gz --portfolio desk-1.json')
    .action(async (options: TreatedOptions) => {
      const judged = await loadTreated(options);
      if (isRefusal(judged)) return giveUp(judged);
      if (isOwner(judged)) return explainOwner(judged, options.json);
      if (options.json) return sayJson(explainJson(judged));
      sayExplanation(judged);
    });
}

/** Everything a person is shown, top to bottom. */
export function sayExplanation(judged: Judged): void {
  sayStanding(judged);
  sayWorst(judged);
  sayTail(judged, 10);
  sayGrid(judged);
  sayLegs(judged);
  sayCharges(judged);
  sayExpansion(judged);
  saySurfaces(judged);
  sayParameters(judged);
}

/** The sums of every pool, then every part as an account of its own. */
function explainOwner(owner: JudgedOwner, json: boolean | undefined): void {
  if (json) {
    sayJson({ ...ownerJson(owner), rules: CHARGE_RULES, parameterValues: owner.parameters });
    return;
  }
  sayOwner(owner);
  for (const { name, judged } of judgedParts(owner)) {
    if (judged.standing.requirement.holdings.rows.length === 0) continue;
    say();
    say(colors.bold(`== ${name}`));
    sayExplanation(judged);
  }
}

/** `margin --json` with the parameters written out, the quality of every smile that was used, and how wrong an expansion is. */
function explainJson(judged: Judged) {
  const rules = Object.fromEntries(Object.entries(CHARGE_RULES));
  const expansion = expansionOf(judged);
  return {
    ...marginJson(judged),
    rules,
    parameterValues: judged.parameters,
    surfaces: surfacesOf(judged),
    ...(expansion === undefined ? {} : { expansion }),
  };
}

function sayWorst({ book, model, standing }: Judged): void {
  const { underlyings } = book.risk.groups;
  if (book.risk.lanes.length === 0) {
    heading('No scenarios: every position is charged by itself');
    return;
  }
  for (const name of ['maintenance', 'initial'] as const) {
    const { combined, swept, sweep } = standing.requirement[name];
    if (swept === 0n) {
      heading(`${name}: no scenario loses`);
      continue;
    }
    heading(`${name}: ${marked(model, 'scenarios', 'swept loss')} ${money(swept)} USD`);
    const rows = underlyings.flatMap((underlying, u) => {
      const { lane, loss } = combined.own[u]!;
      if (lane < 0) return [];
      return [['alone', underlying, money(-loss), describeLane(book.risk, underlying, lane)]];
    });
    const together = underlyings.flatMap((underlying, u) => {
      const lane = combined.jointLanes[u]!;
      const pnl = lane < 0 ? 0 : sweep.pnl[u * book.risk.stride + lane]!;
      if (pnl === 0) return [];
      const words = describeLane(book.risk, underlying, lane);
      return [
        [underlying === combined.driver ? 'together, driver' : 'together', underlying, money(pnl), words],
      ];
    });
    // A formula stands in no scenario.
    if (rows.length === 0) continue;
    // One coin alone is its own worst, and where nothing is offset coins add up: then there is no joint move to tell.
    const joint = rows.length + together.length > 2 && combined.retained < 1;
    table(['', 'coin', 'P&L USD', 'scenario'], joint ? [...rows, ...together] : rows, [0, 1, 3]);
    if (joint) {
      const kept = percent(combined.retained);
      say(
        `  worst together ${money(combined.joint)}, separately ${money(combined.ownSum)}; ${kept} of the offset is kept: ${money(swept)}`,
      );
    }
  }
}

interface Family {
  readonly spots: number[];
  readonly lanes: number[];
}

/** Price x vol P&L of one underlying: the families of lanes that differ only in spot, on the initial line. */
function familiesOf(book: RiskBook, underlying: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const ranges = book.ranges.get(underlying)!;
  book.lanes.forEach((lane, s) => {
    if (lane.line !== 'initial' || lane.smile !== 'sticky-strike' || lane.netting !== 'sum') return;
    const known = lane.moves.every((move) => move.kind === 'spot' || move.kind === 'vol');
    if (!known || lane.moves.some((move) => move.kind === 'spot' && 'underlying' in move)) return;
    const { family: name, vol } = lanePlace(lane);
    const key = `${name}/${vol}`;
    const family = families.get(key) ?? { spots: [], lanes: [] };
    const spot = laneSpot(lane, ranges, underlying) * ranges[lane.line];
    if (Math.abs(spot) <= ranges.initial * 1.000001) {
      family.spots.push(spot);
      family.lanes.push(s);
    }
    families.set(key, family);
  });
  return families;
}

function sayGrid({ book, standing }: Judged): void {
  const { risk } = book;
  risk.groups.underlyings.forEach((underlying, u) => {
    if (!risk.levels.coins.has(underlying)) return;
    const families = [...familiesOf(risk, underlying).values()].filter(({ lanes }) => lanes.length > 4);
    const { pnl } = standing.requirement.initial.sweep;
    const moved = families.some(({ lanes }) => lanes.some((s) => pnl[u * risk.stride + s] !== 0));
    if (!moved) return;
    heading(`${underlying}: P&L in thousand USD by spot and vol, as initial margin counts it`);
    const spots = families[0]!.spots;
    const rows = families.map(({ lanes }) => {
      const vol = risk.lanes[lanes[0]!]!.moves.find((move) => move.kind === 'vol');
      const label = vol === undefined ? 'vol same' : `vol ${signed(percent(vol.size))}`;
      const cells = lanes.map((s) => pnl[u * risk.stride + s]! / 1000);
      return [label, ...cells.map((cell) => (cell < 0 ? colors.red(cell.toFixed(1)) : cell.toFixed(1)))];
    });
    table(['', ...spots.map((spot) => signed(percent(spot)))], rows);
  });
}

function sayCharges({ model, standing }: Judged): void {
  const { initial, maintenance } = standing.requirement;
  const lines: [string, Line][] = [
    ['maintenance', maintenance],
    ['initial', initial],
  ];
  for (const [name, line] of lines) {
    heading(`Charges on ${name}: ${money(dollars(line.amount) - dollars(line.swept))} USD`);
    const rows = line.charges.map((charge) => [
      CHARGE_RULES[charge.name],
      marked(model, charge.name, charge.name),
      charge.product ?? charge.underlying ?? '',
      money(charge.amount),
      Object.entries(charge.inputs)
        .map(([key, value]) => `${key} ${figure(value)}`)
        .join(', '),
    ]);
    table(['rule', 'charge', 'of', 'USD', 'from'], rows, [0, 1, 2, 4]);
  }
  sayLegend(model);
}

function surfacesOf({ book, market, standing }: Judged) {
  const used = new Map<string, Set<number>>();
  for (const row of standing.requirement.holdings.rows) {
    const product = book.risk.products[row]!;
    const expiry = expiryOf(product);
    if (expiry === undefined || (product.kind !== 'option' && product.kind !== 'structured')) continue;
    const expiries = used.get(product.underlying) ?? new Set<number>();
    used.set(product.underlying, expiries.add(expiry));
  }
  return [...used].flatMap(([underlying, expiries]) =>
    underlyingOf(market, underlying)!
      .slices.filter((slice) => expiries.has(slice.expiry))
      .map((slice) => ({
        underlying,
        expiry: formatExpiry(slice.expiry),
        days: slice.years * 365,
        forward: slice.forward,
        ...slice.quality,
      })),
  );
}

function saySurfaces(judged: Judged): void {
  const rows = surfacesOf(judged).map((slice) => [
    `${slice.underlying} ${slice.expiry}`,
    slice.days.toFixed(1),
    money(slice.forward),
    slice.source,
    String(slice.quotesUsed),
    (slice.fitError * 100).toFixed(2),
    (slice.quoteWidth * 100).toFixed(2),
    (slice.uncertainty * 100).toFixed(2),
    slice.confidence.toFixed(2),
  ]);
  if (rows.length === 0) return;
  heading('Smiles used (vol points)');
  table(
    ['expiry', 'days', 'forward', 'source', 'quotes', 'fit error', 'half-width', 'uncertainty', 'confidence'],
    rows,
    [0, 3],
  );
}

/** How many scenarios a model looks at, and whose. */
function scenarioWords({ book, parameters }: Judged): string {
  const count = book.risk.lanes.length;
  if (count === 0) return 'no scenarios';
  return `${count} scenarios ${parameters.scenarios === undefined ? 'of its own' : `of ${parameters.scenarios.id}`}`;
}

function sayParameters(judged: Judged): void {
  const { book, standing, parameters, portfolio } = judged;
  heading('Parameters and digests');
  const ranges = [...book.risk.ranges].map(
    ([asset, own]) => `${asset} ${percent(own.maintenance, 1)} / ${percent(own.initial, 1)}`,
  );
  table(
    ['what', 'value'],
    [
      ['model', `${book.model} ${parameters.version}, ${scenarioWords(judged)}`],
      ...(book.risk.lanes.length === 0 ? [] : [['ranges', `${ranges.join(', ')} (maintenance / initial)`]]),
      ['open orders', portfolio.orders.length === 0 ? 'none' : standing.requirement.orders],
      ['market', book.risk.levels.digest],
      ['book', book.risk.digest],
      ['parameters', book.parameters],
      ['requirement', requirementDigest(portfolio, book)],
    ],
    [0, 1],
  );
}
