// The JSON of `margin` and `explain`. Money is a decimal string in USD; everything else is a number. Keep this shape stable.

import {
  type Charge,
  type ChargeName,
  dollars,
  exactnessOf,
  formatDecimal,
  formatInstant,
  formatUsd,
  LINE_NAMES,
  type Line,
  type LineName,
  type MarginModel,
  owedUp,
  type Product,
  perLine,
  requirementDigest,
  type Usd,
} from '@plimsoll/core';
import type { Assessed } from './judge.ts';
import { tailJson } from './tail.ts';
import { venueJson } from './venue-words.ts';

const money = (value: number): string => formatUsd(owedUp(value));

function worstOf({ book, standing }: Assessed) {
  const { underlyings } = book.risk.groups;
  return (['maintenance', 'initial'] as const).flatMap((name) => {
    const { combined } = standing.requirement[name];
    return underlyings.flatMap((underlying, u) => {
      const { lane, loss } = combined.own[u]!;
      if (lane < 0) return [];
      return [{ line: name, underlying, scenario: book.risk.lanes[lane]!.id, loss: money(loss) }];
    });
  });
}

function jointOf({ book, standing }: Assessed) {
  const { underlyings } = book.risk.groups;
  return (['maintenance', 'initial'] as const).map((name) => {
    const { combined } = standing.requirement[name];
    const moves = underlyings.flatMap((underlying, u) => {
      const lane = combined.jointLanes[u]!;
      return lane < 0 ? [] : [{ underlying, scenario: book.risk.lanes[lane]!.id }];
    });
    return {
      line: name,
      driver: combined.driver ?? null,
      ...(combined.by === undefined ? {} : { by: combined.by }),
      moves,
      joint: money(combined.joint),
      separate: money(combined.ownSum),
    };
  });
}

function scenariosOf({ book, standing }: Assessed) {
  const { sweep: swept } = standing.requirement.initial;
  return book.risk.lanes.flatMap((lane, s) =>
    book.risk.groups.underlyings.map((underlying, u) => ({
      id: lane.id,
      underlying,
      line: lane.line,
      pnl: formatUsd(-owedUp(-swept.pnl[u * book.risk.stride + s]!) as Usd),
    })),
  );
}

/** Holdings: balances of coins are legs too, because they are swept with the rest. */
function legsOf({ book, standing }: Assessed) {
  const { columns, products } = book.risk;
  const { contributions, holdings } = standing.requirement;
  const ofHoldings = contributions.filter(({ order }) => order === undefined);
  const parts = new Map(ofHoldings.map((part) => [part.row, part.amount]));
  const { rows, quantities } = holdings;
  return Array.from(rows, (row, i) => {
    const quantity = quantities[i]!;
    const product = products[row]!;
    return {
      product: product.id,
      kind: product.kind,
      underlying: product.underlying,
      quantity: formatDecimal(quantity),
      mark: columns.mark[row]!,
      markUnit: markUnit(product),
      value: formatUsd(-owedUp(-quantity * columns.value[row]!) as Usd),
      delta: quantity * columns.delta[row]!,
      gamma: quantity * columns.gamma[row]!,
      vega: quantity * columns.vega[row]!,
      theta: quantity * columns.theta[row]!,
      contribution: formatUsd(parts.get(row) ?? (0n as Usd)),
    };
  });
}

/** Open orders as legs: worth nothing until they fill, each with what its fill adds to the swept loss. */
function orderLegsOf({ book, standing, portfolio }: Assessed) {
  const { columns, products } = book.risk;
  return standing.requirement.contributions.flatMap(({ row, quantity, order, amount }) => {
    if (order === undefined) return [];
    const product = products[row]!;
    const { side, price } = portfolio.orders[order]!;
    return [
      {
        product: product.id,
        kind: product.kind,
        underlying: product.underlying,
        order: { side, price: formatDecimal(price) },
        quantity: formatDecimal(quantity),
        mark: columns.mark[row]!,
        markUnit: markUnit(product),
        value: formatUsd(0n as Usd),
        delta: 0,
        gamma: 0,
        vega: 0,
        theta: 0,
        contribution: formatUsd(amount),
      },
    ];
  });
}

function markUnit(product: Product): string {
  if (product.kind === 'asset') return 'USD';
  const perDollar = product.kind === 'perpetual' || product.kind === 'future';
  return perDollar && product.settlement === 'inverse' ? 'USD' : product.settleAsset;
}

function chargeJson(model: MarginModel, line: LineName, charge: Charge) {
  const { name, underlying, product, amount, inputs } = charge;
  const exactness = exactnessOf(model, name)?.level ?? null;
  return {
    line,
    name,
    ...(underlying === undefined ? {} : { underlying }),
    ...(product === undefined ? {} : { product }),
    amount: formatUsd(amount),
    ...(model.facts === undefined ? {} : { exactness }),
    inputs,
  };
}

/** The whole answer of `margin --json`. */
export function marginJson(judged: Assessed) {
  const { book, standing, portfolio, parameters, notes } = judged;
  const { requirement, excess } = standing;
  const line = (name: LineName): Line => requirement[name];
  const venue = venueJson(judged);
  const tail = tailJson(judged);
  return {
    account: portfolio.account,
    at: formatInstant(book.risk.levels.at),
    model: book.model,
    ...(venue === undefined ? {} : { venue }),
    equity: formatUsd(standing.equity),
    requirement: perLine((name) => formatUsd(line(name).amount)),
    excess: perLine((name) => formatUsd(excess[name])),
    withdrawable: formatUsd(standing.withdrawable),
    swept: { maintenance: formatUsd(line('maintenance').swept), initial: formatUsd(line('initial').swept) },
    worst: worstOf(judged),
    joint: jointOf(judged),
    ...(tail === undefined ? {} : { tail }),
    scenarios: scenariosOf(judged),
    legs: [...legsOf(judged), ...orderLegsOf(judged)],
    charges: LINE_NAMES.flatMap((name) =>
      line(name).charges.map((charge) => chargeJson(judged.model, name, charge)),
    ),
    orders: requirement.orders,
    parameters: {
      id: parameters.id,
      version: parameters.version,
      scenarios: parameters.scenarios?.id ?? null,
      digest: book.parameters,
    },
    market: { source: book.risk.levels.source, digest: book.risk.levels.digest },
    book: book.risk.digest,
    digest: requirementDigest(portfolio, book),
    notes,
  };
}

/** For tables: a charge's total per name over underlyings, in the order the rules come. */
export function chargeTotals(line: Line): { name: ChargeName; amount: number }[] {
  const totals = new Map<ChargeName, number>();
  for (const charge of line.charges) {
    totals.set(charge.name, (totals.get(charge.name) ?? 0) + dollars(charge.amount));
  }
  return [...totals].map(([name, amount]) => ({ name, amount }));
}
