// Facts for a reader: who was called, what was closed, what was refused. The rest is in the journal.

import { formatInstant, type Instant, sentence } from '@plimsoll/core';
import type { Fact } from '@plimsoll/core/engine';
import colors from 'picocolors';
import { money, say } from './output.ts';

/** A fact in a line; undefined where it is no news. */
function lineOf(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'refused':
      return colors.yellow(`refused: ${sentence(fact.refusal)}`);
    case 'repeated':
      return `repeated: it is number ${fact.of}`;
    case 'status': {
      const { account, was, status, why, standing } = fact;
      const text = `${account}: ${was} -> ${status}, ${why} (equity ${money(standing.equity)}, maintenance ${money(standing.maintenance)}, initial ${money(standing.initial)})`;
      return status === 'liquidating' || status === 'bankrupt' ? colors.red(text) : text;
    }
    case 'called': {
      const { account, deadline, cure } = fact;
      const trades = cure.trades.map(
        ({ product, lots, cost }) =>
          `${lots > 0 ? 'buy' : 'sell'} ${Math.abs(lots)} lots of ${product} (${money(cost)})`,
      );
      const ways = [`${cure.units} units of ${cure.asset}`, ...trades].join(', or ');
      return `${account}: called until ${formatInstant(deadline)}; cured by ${ways}`;
    }
    case 'traded':
      return `${fact.buyer} buys ${fact.lots} lots of ${fact.product} from ${fact.seller} at ${fact.price / 1e8}`;
    case 'missing':
      return colors.red(`${fact.account}: ${fact.units} units of ${fact.asset} are missing`);
    case 'withheld':
      return `${fact.account}: nothing is done, because ${fact.why}`;
    case 'unjudged':
      return colors.yellow(`${fact.account} cannot be judged: ${sentence(fact.refusal)}`);
    case 'proposed':
      return `set ${fact.set}: it would call ${fact.calledCount} and close ${fact.closedCount}`;
    case 'adopted':
      return `set ${fact.set} counts from now on`;
    case 'halted':
      return colors.yellow(`halted: ${fact.reason}`);
    case 'shadowed':
      return `set ${fact.set} beside: of ${fact.accounts} accounts it would call ${fact.called} and close ${fact.closed}`;
    default:
      return undefined;
  }
}

/** Prints what is news among the facts of an input. */
export function sayFacts(at: Instant, kind: string, facts: readonly Fact[]): void {
  for (const fact of facts) {
    const line = lineOf(fact);
    if (line !== undefined) say(`${formatInstant(at)}  ${kind.padEnd(8)}  ${line}`);
  }
}
