// What the expansion of the model greeks is off by, leg by leg: `plimsoll explain --model greeks`.

import { type Expansion, type ExpansionError, measureExpansion, type RiskBook } from '@plimsoll/core';
import type { Judged } from './judge.ts';
import { figure, heading, money, percent, say, table } from './output.ts';

/** One leg in one scenario, dollars of the whole leg. */
interface ExpandedLeg extends ExpansionError {
  readonly quantity: number;
}

/** The expansion a book was made by; undefined where its rows are full revaluations. */
function expansionIn({ book }: Judged): Expansion | undefined {
  return (book as { expansion?: Expansion }).expansion;
}

/** The worst lane of an underlying on either line. */
function worstLanes({ book, standing }: Judged, underlying: string): number[] {
  const u = book.risk.groups.underlyings.indexOf(underlying);
  const { maintenance, initial } = standing.requirement;
  return [maintenance, initial].map(({ combined }) => combined.own[u]!.lane).filter((lane) => lane >= 0);
}

/**
 * Of every option held: the scenario in which what the book uses of the expansion is most wrong, the one in which what fell back would
 * have been, and the scenarios in which its underlying loses most.
 */
export function expansionOf(judged: Judged): ExpandedLeg[] | undefined {
  const expansion = expansionIn(judged);
  if (expansion === undefined) return undefined;
  const { risk } = judged.book;
  const { rows, quantities } = judged.standing.requirement.holdings;
  const measure = measureExpansion(risk, expansion, judged.market);
  return Array.from(rows).flatMap((row, i): ExpandedLeg[] => {
    const { kind, underlying } = risk.products[row]!;
    if (kind !== 'option') return [];
    const quantity = quantities[i]!;
    const cells = [
      measure.worst(row, 'expanded'),
      measure.worst(row, 'full'),
      ...worstLanes(judged, underlying).map((lane) => measure.at(row, lane)),
    ].filter((cell) => cell !== undefined);
    const distinct = new Map(cells.map((cell) => [cell.scenario, cell]));
    return [...distinct.values()].map((cell) => ({
      ...cell,
      quantity,
      expanded: quantity * cell.expanded,
      full: quantity * cell.full,
      error: quantity * cell.error,
    }));
  });
}

function fallenShare({ products, lanes, stride }: RiskBook, { fellBack }: Expansion): number {
  let [cells, fallen] = [0, 0];
  products.forEach(({ kind }, p) => {
    if (kind !== 'option') return;
    cells += lanes.length;
    for (let s = 0; s < lanes.length; s++) fallen += fellBack[p * stride + s]!;
  });
  return cells === 0 ? 0 : fallen / cells;
}

/** The table of `explain`; nothing where the book is no expansion. */
export function sayExpansion(judged: Judged): void {
  const legs = expansionOf(judged);
  if (legs === undefined || legs.length === 0) return;
  heading('Expansion error (USD of the leg)');
  const rows = legs.map(({ product, quantity, scenario, expanded, full, error, used }) => [
    product,
    figure(quantity, 8),
    scenario,
    money(expanded),
    money(full),
    money(error),
    used === 'full' ? 'fell back' : 'expanded',
  ]);
  table(['product', 'quantity', 'scenario', 'expanded', 'full', 'error', 'used'], rows, [0, 2, 6]);
  const share = percent(fallenShare(judged.book.risk, expansionIn(judged)!), 1);
  say(`  ${share} of the options' cells fell back to full revaluation`);
}
