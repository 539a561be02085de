// At the end the auditor's books are held against the engine's state, number by number.

import type { State } from '@plimsoll/core/engine';
import type { Books } from './books.ts';

/** What differs between the books and a state, in words; nothing where they agree. @example differencesOf(books, state) // [] */
export function differencesOf(books: Books, state: State): string[] {
  const found: string[] = [];
  const same = (what: string, own: unknown, theirs: unknown) => {
    if (own !== theirs) found.push(`${what}: ${theirs} in the state, ${own} in the auditor's books`);
  };
  same('time', books.now, state.now);
  same('accounts', [...books.accounts.keys()].join(), [...state.accounts.keys()].join());
  for (const [id, own] of books.accounts) {
    const account = state.accounts.get(id);
    if (account === undefined) continue;
    same(`status of ${id}`, own.status, account.status);
    same(`deadline of ${id}`, own.deadline, account.deadline);
    same(`group of ${id}`, own.group, account.group);
    same(`drawn by ${id}`, own.drawn, account.drawn);
    const cash = new Set([...own.cash.keys(), ...account.balances.keys()]);
    for (const asset of cash)
      same(`${asset} of ${id}`, own.cash.get(asset)?.units ?? 0n, account.balances.get(asset)?.units ?? 0n);
    const held = new Set([...own.held.keys(), ...account.positions.keys()]);
    for (const product of held) {
      const [mine, theirs] = [own.held.get(product), account.positions.get(product)];
      same(`lots of ${id} in ${product}`, Number(mine?.lots ?? 0n), theirs?.lots ?? 0);
      same(`cost of ${id} in ${product}`, mine?.cost ?? 0n, theirs?.cost ?? 0n);
    }
    const orders = new Set([...own.orders.keys(), ...account.orders.keys()]);
    for (const order of orders) {
      const [mine, theirs] = [own.orders.get(order), account.orders.get(order)];
      same(
        `order ${order} of ${id}`,
        `${mine?.lots} at ${mine?.price}`,
        `${theirs?.lots} at ${theirs?.price}`,
      );
    }
  }
  for (const [id, own] of books.products) {
    same(`mode of ${id}`, own.mode, state.products.get(id)?.mode);
    same(`funding of ${id}`, own.index, state.products.get(id)?.funding);
    let long = 0;
    for (const { held } of books.accounts.values()) long += Math.max(0, Number(held.get(id)?.lots ?? 0n));
    same(`open interest of ${id}`, long, state.products.get(id)?.openInterest);
  }
  same('halts', books.halts.size, state.halts.size);
  same('limits', books.limits.size, state.limits.size);
  same('ids', books.ids.size, state.ids.size);
  same('grace', books.graceUntil, state.graceUntil);
  return found;
}
