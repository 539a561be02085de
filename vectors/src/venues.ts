// Worked cases of venues about margin by formula: dYdX, Drift, BitMEX, Paradex.

import { futureProfit } from '@plimsoll/core';
import {
  bankruptcyPrice,
  depositCappedWeight,
  fractionOf,
  liquidationPrice,
  onlyReduces,
  openInterestFraction,
  openSides,
  withDeductions,
} from '@plimsoll/core/static';
import { has, isRaw, list, num, part, scaled, word } from './fields.ts';
import { sizedWeight } from './static.ts';
import {
  type Checked,
  exactly,
  type Raw,
  type Suite,
  same,
  Unreadable,
  within as withinSize,
} from './suite.ts';

/** Compares a number a venue's case expects, by the tolerance the case states. @example within(row, 'mm', 1_250_000) */
export function within(row: Raw, name: string, got: number): Checked {
  const expected = num(part(row, 'expected'), name);
  const { type, value } = part(row, 'tolerance');
  if (type !== 'abs' && type !== 'rel') throw new Unreadable('field "tolerance" is neither abs nor rel');
  if (typeof value !== 'number') throw new Unreadable('field "tolerance" states no number');
  return withinSize(name, expected, got, type === 'abs' ? value : value * Math.abs(expected));
}

const expectedCount = (row: Raw, name: string) => scaled(part(row, 'expected'), name, 0);

const openInterest: Suite = {
  id: 'dYdX v4: open-interest-scaled initial margin',
  answer(row) {
    const inputs = part(row, 'inputs');
    const whole = (field: string) => scaled(inputs, field, 0);
    const fraction = openInterestFraction(scaled(inputs, 'base_imf', 6), {
      openInterest: whole('oi_notional'),
      lower: whole('oi_lower_cap'),
      upper: whole('oi_upper_cap'),
    });
    const got = fractionOf(whole('notional_quantums'), fraction);
    return [exactly('im_quantums', expectedCount(row, 'im_quantums'), got)];
  },
};

const dydxLiquidation: Suite = {
  id: 'dYdX v4: liquidation price',
  answer(row) {
    const inputs = part(row, 'inputs');
    const price = liquidationPrice({
      size: num(inputs, 'size'),
      mark: num(inputs, 'price'),
      equity: num(inputs, 'equity'),
      tiers: withDeductions([{ from: 0, rate: num(inputs, 'mmf') }]),
      other: has(inputs, 'mmr_other') ? num(inputs, 'mmr_other') : 0,
    });
    return [within(row, 'liq_price', price ?? Number.NaN)];
  },
};

const driftWeights: Suite = {
  id: 'Drift v2: sqrt size-scaled weights',
  answer(row) {
    const inputs = part(row, 'inputs');
    const sized = {
      size: scaled(inputs, 'size_tokens', 9),
      factor: scaled(inputs, 'imf_factor_ppm', 0),
      weight: scaled(inputs, 'base_weight_bps', 0),
    };
    const got = sizedWeight(word(inputs, 'kind'), sized, inputs['clamp_to_base'] !== false);
    return [exactly('weight_bps', expectedCount(row, 'weight_bps'), got)];
  },
};

const driftDeposits: Suite = {
  id: 'Drift v2: deposit-cap-scaled asset weight',
  answer(row) {
    const inputs = part(row, 'inputs');
    const deposits = scaled(inputs, 'deposits_tokens', 9) * scaled(inputs, 'oracle_price', 9);
    const weight = scaled(inputs, 'base_weight_bps', 0);
    const got = depositCappedWeight(weight, deposits, scaled(inputs, 'start_usd', 9 + 9));
    return [exactly('weight_bps', expectedCount(row, 'weight_bps'), got)];
  },
};

const bitmexPrices: Suite = {
  id: 'BitMEX: liquidation and bankruptcy price (simplified)',
  answer(row) {
    const inputs = part(row, 'inputs');
    const entry = num(inputs, 'entry');
    const size = word(inputs, 'side') === 'long' ? 1 : -1;
    const held = { size, mark: entry, equity: entry / num(inputs, 'leverage') };
    // Simplified: maintenance margin stays what it was at entry.
    const fixed = { tiers: withDeductions([{ from: 0, rate: 0 }]), other: num(inputs, 'mm') * entry };
    return [
      within(row, 'bankruptcy', bankruptcyPrice(held) ?? Number.NaN),
      within(row, 'liquidation', liquidationPrice({ ...held, ...fixed }) ?? Number.NaN),
    ];
  },
};

const bitmexProfit: Suite = {
  id: 'BitMEX: inverse PnL',
  answer(row) {
    const inputs = part(row, 'inputs');
    const perpetual = {
      kind: 'perpetual',
      id: 'XBT',
      underlying: 'XBT',
      settlement: 'inverse',
      settleAsset: 'XBT',
    } as const;
    const each = futureProfit(perpetual, num(inputs, 'entry'), num(inputs, 'exit'));
    return [within(row, 'pnl_xbt', num(inputs, 'contracts') * num(inputs, 'multiplier') * each)];
  },
};

const paradexSides: Suite = {
  id: 'Paradex: cross margin net IMR with orders',
  answer(row) {
    const inputs = part(row, 'inputs');
    const { buy, sell } = openSides(
      num(inputs, 'position'),
      num(inputs, 'buy_orders'),
      num(inputs, 'sell_orders'),
    );
    const margin = Math.max(buy, sell) * num(inputs, 'imf') * num(inputs, 'mark');
    return [within(row, 'buy_open', buy), within(row, 'sell_open', sell), within(row, 'net_imr', margin)];
  },
};

/** Profit of linear positions at their marks, and their notional. */
function worth(positions: readonly { size: number; entry: number; mark: number }[]) {
  return {
    profit: positions.reduce((sum, { size, entry, mark }) => sum + size * (mark - entry), 0),
    notional: positions.reduce((sum, { size, mark }) => sum + Math.abs(size) * mark, 0),
  };
}

/** An order for less than is held is taken from an account short of margin; together with another that opens the other side it is not. */
const paradexAcceptance: Suite = {
  id: 'Paradex: order acceptance by IMR',
  answer(row) {
    const inputs = part(row, 'inputs');
    const [position, mark, imf] = [num(inputs, 'position'), num(inputs, 'mark'), num(inputs, 'imf')];
    const { profit } = worth([{ size: position, entry: num(inputs, 'entry'), mark }]);
    const accountValue = num(inputs, 'collateral') + profit;
    const marginWith = (sells: number) => {
      const { buy, sell } = openSides(position, 0, sells);
      return Math.max(buy, sell) * imf * mark;
    };
    const verdict = (sells: number) =>
      onlyReduces(position, 0, sells) || accountValue >= marginWith(sells) ? 'accept' : 'reject';
    const expected = part(row, 'expected');
    const checks = [
      within(row, 'imr', marginWith(0)),
      within(row, 'upnl', profit),
      within(row, 'account_value', accountValue),
    ];
    let sells = 0;
    for (const name of ['offsetting_sell_5', 'then_sell_8'].filter((field) => has(expected, field))) {
      sells += Number(name.split('_').at(-1));
      checks.push(same(name, word(expected, name), verdict(sells)));
    }
    return checks;
  },
};

/** The table behind the share contradicts its own text (a fee of 50 % where 70 % is stated), so only what does not hang on it is compared. */
const paradexPartial: Suite = {
  id: 'Paradex: partial liquidation share',
  answer(row) {
    const inputs = part(row, 'inputs');
    const { profit, notional } = worth(
      list(inputs, 'positions').map((item) => {
        if (!isRaw(item)) throw new Unreadable('field "positions" holds something that is not an object');
        return { size: num(item, 'size'), entry: num(item, 'entry'), mark: num(item, 'mark') };
      }),
    );
    const margin = num(inputs, 'mmf') * notional;
    return [within(row, 'account_value', num(inputs, 'collateral') + profit), within(row, 'mmr', margin)];
  },
};

/** Suites of venues about margin by formula. */
export const venueSuites: readonly Suite[] = [
  openInterest,
  dydxLiquidation,
  driftWeights,
  driftDeposits,
  bitmexPrices,
  bitmexProfit,
  paradexSides,
  paradexAcceptance,
  paradexPartial,
];
