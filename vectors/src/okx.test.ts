// OKX's units on small and empty positions, made by hand in the shape of the outside case: what the ledger rounds is no fault, anything more is.

import { describe, expect, it } from 'vitest';
import { okxSuites } from './okx.ts';
import type { Raw } from './suite.ts';

const [suite] = okxSuites;
const rates = {
  mr1_moves: [0, 0.04, 0.08, 0.12],
  mr6_move: 0.24,
  mr6_factor: 0.5,
  mr4_min: 0.002,
  mr7_rate_obs: 0.0045,
};

/** One thousandth of a thousandth of a coin, in debt by half a cent. */
const row = (contracts: number, expected: Raw): Raw => ({
  inputs: {
    usdt_usd: 0.99954,
    btc_index_usdt: 97_078.9,
    positions: [
      { inst: 'BTC-USDT-SWAP', contracts, contract_size_btc: 0.01, avgPx: 97_000, markPx: 97_093.7 },
    ],
    asset_equity_usdt: -0.005,
    params: { BTC: rates, imr_factor: 1.3, borrow_mmr: 0.02, borrow_imr: 0.1 },
  },
  expected,
  tolerance: { type: 'rel', value: 1e-9 },
});
const missed = (one: Raw) =>
  suite!
    .answer(one, {})
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

const coins = 1e-6;
const index = 97_078.9 * 0.99954;
const delta = -coins * 97_093.7 * 0.99954;
const mr4 = 0.002 * -delta;
const mmr = 0.12 * coins * index + mr4;
const owed = 0.005 * 0.99954;
const account = {
  derivMmr: mmr,
  borrowMmr: 0.02 * owed,
  borrowImr: 0.1 * owed,
  totalMmr: mmr + 0.02 * owed,
  totalImr: 1.3 * mmr + 0.1 * owed,
  eq: -owed,
};

describe('OKX: portfolio margin risk units', () => {
  it('a requirement of cents is met to what the ledger rounds, though that is more than a billionth of it', () => {
    expect(
      missed(row(-1e-4, { BTC: { delta, mr1: 0.12 * coins * index, mr4, mmr, imr: 1.3 * mmr }, account })),
    ).toEqual([]);
  });

  it('a millionth of a dollar beside it is missed', () => {
    for (const [name, value] of Object.entries(account)) {
      expect(missed(row(-1e-4, { account: { ...account, [name]: value + 1e-6 } })), name).toEqual([name]);
    }
  });

  it('no contracts are no unit: every term is zero', () => {
    const nothing = { delta: 0, mr1: 0, mr4: 0, mr6: 0, mr7: 0, mmr: 0, imr: 0, upl: 0 };
    expect(missed(row(0, { BTC: nothing }))).toEqual([]);
    expect(missed(row(0, { BTC: { ...nothing, mmr: 1 } }))).toEqual(['BTC mmr']);
  });
});
