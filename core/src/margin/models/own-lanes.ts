// The lanes that a book brings along (M-13, M-14): every stable asset of it by its own range, every near strike of it exactly.

import { MS_PER_DAY, type Refusal, refuse } from '../../base/index.ts';
import { type Market, underlyingOf } from '../../market/index.ts';
import { compareText, expiryOf, type Product, strikesOf } from '../../product/index.ts';
import { LANES_MAX, type Lane, TERM_SCALING } from '../../scenario/index.ts';
import { coinParameters, type GridParameters } from '../parameters.ts';

/** One strike as a move of spot: where the settlement average would stand exactly on it. */
interface StrikeNode {
  readonly name: string;
  readonly relative: number;
}

/**
 * Lanes that put an expiry exactly on each near strike of the book: between two grid prices a short fly can hide its whole loss.
 * In the settlement window spot must move further, because only the open part of the average follows.
 */
export function strikeNodes(
  products: readonly Product[],
  market: Market,
  parameters: GridParameters,
): Lane[] {
  const nodes = new Map<string, Map<number, StrikeNode>>();
  for (const product of products) {
    const expiry = expiryOf(product);
    const strikes = strikesOf(product);
    if (expiry === undefined || strikes.length === 0 || product.kind === 'asset') continue;
    const coin = underlyingOf(market, product.underlying);
    const slice = coin?.slices.find((candidate) => candidate.expiry === expiry);
    if (slice === undefined || expiry - market.at > parameters.strikeNodeDays * MS_PER_DAY) continue;
    const unit = product.settlement === 'inverse' ? 1 : (market.pegs.get(product.settleAsset) ?? 1);
    const own = nodes.get(product.underlying) ?? new Map<number, StrikeNode>();
    for (const strike of strikes) {
      const relative = ((strike * unit) / slice.forward - 1) / slice.unfixed;
      if (!(Math.abs(relative) <= coinParameters(parameters, product.underlying).initial)) continue;
      // Products come sorted, so that a node that two of them share has one name.
      if (!own.has(relative)) own.set(relative, { name: nodeName(product, strike), relative });
    }
    nodes.set(product.underlying, own);
  }
  return [...nodes].flatMap(([underlying, own]) => nodesOf(underlying, [...own.values()]));
}

/** An option's strike is in its name; a payoff may have several. */
function nodeName(product: Product, strike: number): string {
  return product.kind === 'structured' ? `${product.id}@${strike}` : product.id.replace(/-[CP]$/, '');
}

function nodesOf(underlying: string, nodes: readonly StrikeNode[]): Lane[] {
  return [...nodes]
    .sort((a, b) => a.relative - b.relative)
    .flatMap(({ name, relative }) => {
      const spot = { kind: 'spot', relative, underlying } as const;
      const rest = { line: 'initial', smile: 'sticky-strike', damp: 1, netting: 'sum' } as const;
      const down = { kind: 'vol', form: 'relative', size: -0.25, scaling: TERM_SCALING, underlying } as const;
      return [
        { id: `node/${name}/vol-same`, moves: [spot], ...rest },
        { id: `node/${name}/vol-down`, moves: [spot, down], ...rest },
      ];
    });
}

/** Lanes in which one stable asset of the book leaves the dollar by its own range while the others stay: stable is not stable. */
export function pegLanes(products: readonly Product[], parameters: GridParameters): Lane[] {
  const assets = new Set(products.flatMap((product) => (product.kind === 'asset' ? [product.id] : [])));
  return [...assets].sort(compareText).flatMap((asset): Lane[] => {
    const range = parameters.pegs[asset]?.range ?? 0;
    if (range === 0) return [];
    return [-range, range].map((relative) => ({
      id: `peg/${asset}${relative < 0 ? '-' : '+'}`,
      moves: [{ kind: 'peg', relative, asset }],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'maintenance',
    }));
  });
}

/** The refusal of a book whose strikes make more lanes than there may be. */
export function tooManyNodes(lanes: number, nodes: number): Refusal {
  const message = `its ${lanes} scenarios, ${nodes} of them at near strikes, are more than the limit of ${LANES_MAX}; lower strikeNodeDays, or history.windows or dates where the model looks back, or split the book by coin.`;
  return refuse('too-large', message, 'the book');
}
