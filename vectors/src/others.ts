// Worked cases of venues that are no models here: Bybit, Binance, Vega, Dederi.

import { isRefusal, type Refusal, sentence } from '@plimsoll/core';
import {
  type BINANCE_LOAN_RATES,
  binanceLoanMaintenance,
  binanceProfit,
  bybitDrawdown,
  bybitMargin,
  dederiFuture,
  vegaAuctionOrder,
  vegaFundingMargin,
  vegaFundingPayment,
  vegaMaintenance,
  vegaRiskFactors,
} from '@plimsoll/core/venues';
import { has, isRaw, list, num, numOf, part, word } from './fields.ts';
import {
  type Checked,
  holds,
  near,
  type Raw,
  type Suite,
  same,
  Unreadable,
  within as withinSize,
} from './suite.ts';
import { within } from './venues.ts';

function sure<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Unreadable(`refused: ${sentence(answer)}`);
  return answer;
}

function numbers(row: Raw, field: string): number[] {
  return list(row, field).map((value, i) => numOf(value, `${field}[${i}]`));
}

/** The case's own absolute tolerance. */
function toleranceOf(row: Raw): number {
  const stated = part(row, 'tolerance');
  if (stated['type'] !== 'abs') throw new Unreadable('field "tolerance" is not abs');
  return num(stated, 'value');
}

const BYBIT_FACTOR = 1.2;
const BYBIT_VOLS = ['up', 'same', 'down'] as const;

const bybitAccount: Suite = {
  id: 'Bybit: UTA portfolio margin aggregation',
  answer(row) {
    const inputs = part(row, 'inputs');
    const expected = part(row, 'expected');
    const futures = numbers(inputs, 'perp_pnl');
    const spot = numbers(inputs, 'spot_hedge_pnl');
    const options = list(inputs, 'option_pnl_up_same_down').map((cells) => {
      if (!Array.isArray(cells)) throw new Unreadable('field "option_pnl_up_same_down" holds no lists');
      return cells.map((cell, i) => numOf(cell, `option_pnl_up_same_down[][${i}]`));
    });
    const scales = numbers(inputs, 'price_scales').map((price, i) => {
      return { price, futures: futures[i]!, spot: spot[i]!, options: options[i]! };
    });
    const parts = Object.keys(inputs).filter((name) => name.endsWith('_contingency'));
    const contingencies = parts.map((name) => num(inputs, name));
    const margin = sure(bybitMargin(scales, contingencies, BYBIT_FACTOR));
    const tolerance = toleranceOf(row);
    const worst = part(expected, 'worst');
    const vol = margin.worst === undefined ? 'none' : BYBIT_VOLS[margin.worst.vol]!;
    return [
      ...numbers(expected, 'aggregate_pnl').map((pnl, i) =>
        withinSize(`aggregate_pnl[${i}]`, pnl, margin.pnl[i]!, tolerance),
      ),
      withinSize('worst price', num(worst, 'price'), margin.worst?.price ?? 0, 0),
      same('worst iv', word(worst, 'iv').split(' ')[0]!, vol),
      near('contingency_total', num(expected, 'contingency_total'), margin.contingencies, 1e-9, 0),
      within(row, 'mm', margin.maintenance),
      within(row, 'im', margin.initial),
      near('im_over_mm', num(expected, 'im_over_mm'), margin.initial / margin.maintenance, 1e-9, 0),
    ];
  },
};

const bybitAdl: Suite = {
  id: 'Bybit: contract PnL drawdown ADL',
  answer(row) {
    const inputs = part(row, 'inputs');
    const expected = part(row, 'expected');
    const { share, cuts, excess } = sure(
      bybitDrawdown({
        poolMax: num(inputs, 'pool_8h_max'),
        change: num(inputs, 'symbol_pnl_change'),
        threshold: num(inputs, 'threshold'),
      }),
    );
    if (typeof expected['adl'] !== 'boolean') throw new Unreadable('field "adl" is neither true nor false');
    return [
      within(row, 'pnl_ratio', share),
      holds('adl', expected['adl'], cuts, ''),
      within(row, 'adl_excess_usdt', excess),
    ];
  },
};

const vegaFactors: Suite = {
  id: 'Vega: lognormal expected-shortfall risk factors',
  answer(row) {
    const inputs = part(row, 'inputs');
    const { short, long } = sure(
      vegaRiskFactors({
        level: num(inputs, 'risk_aversion'),
        years: num(inputs, 'tau'),
        drift: num(inputs, 'mu'),
        vol: num(inputs, 'sigma'),
      }),
    );
    const tolerance = part(row, 'tolerance');
    const expected = part(row, 'expected');
    const checks = [
      near('short', num(expected, 'short'), short, num(tolerance, 'value_short'), 0),
      near('long', num(expected, 'long'), long, num(tolerance, 'value_long'), 0),
    ];
    if (!has(expected, 'closed_form')) return checks;
    const closed = part(expected, 'closed_form');
    return [
      ...checks,
      near('closed form short', num(closed, 'short'), short, 1e-9, 0),
      near('closed form long', num(closed, 'long'), long, 1e-9, 0),
    ];
  },
};

const vegaMargin: Suite = {
  id: 'Vega: linear-slippage maintenance margin',
  answer(row) {
    const inputs = part(row, 'inputs');
    const margin = vegaMaintenance({
      size: num(inputs, 'position'),
      mark: num(inputs, 'mark'),
      slippage: num(inputs, 'linear_slippage'),
      factor: num(inputs, 'rf'),
    });
    return [within(row, 'mm', sure(margin))];
  },
};

const vegaAuction: Suite = {
  id: 'Vega: auction order margin',
  answer(row) {
    const inputs = part(row, 'inputs');
    const margin = vegaAuctionOrder({
      size: num(inputs, 'size'),
      limit: num(inputs, 'limit'),
      indicative: num(inputs, 'indicative'),
      factor: num(inputs, 'rf_long'),
    });
    return [within(row, 'margin', sure(margin))];
  },
};

const vegaPerpetual: Suite = {
  id: 'Vega: perp margin funding add-on',
  answer(row) {
    const inputs = part(row, 'inputs');
    const payment = sure(
      vegaFundingPayment({
        spot: num(inputs, 's_twap'),
        future: num(inputs, 'f_twap'),
        years: num(inputs, 'delta_t'),
        interest: num(inputs, 'interest'),
      }),
    );
    const size = has(inputs, 'position') ? num(inputs, 'position') : 1;
    const added = sure(vegaFundingMargin(num(inputs, 'margin_funding_factor'), payment, size));
    return [
      within(row, 'funding_payment', payment),
      within(row, 'total', num(inputs, 'futures_margin') + added),
    ];
  },
};

/** The loans of the case are at the leverage whose rate its page states. */
const BINANCE_LEVERAGE: keyof typeof BINANCE_LOAN_RATES = 3;

const binanceInputs: Suite = {
  id: 'Binance: Portfolio Margin Pro uniMMR (inputs only, truncated page)',
  answer(row) {
    const inputs = part(row, 'inputs');
    const tolerance = toleranceOf(row);
    const loans = part(part(row, 'expected'), 'margin_mm');
    const wallets = list(inputs, 'wallets').flatMap((wallet): Checked[] => {
      if (!isRaw(wallet)) throw new Unreadable('field "wallets" holds something that is not an object');
      const coin = word(wallet, 'coin');
      if (!has(loans, coin)) return [];
      const margin = sure(binanceLoanMaintenance(num(wallet, 'loan'), BINANCE_LEVERAGE));
      return [withinSize(`margin_mm ${coin}`, num(loans, coin), margin, tolerance)];
    });
    const linear = list(inputs, 'positions').filter((item) => isRaw(item) && has(item, 'qty')) as Raw[];
    const profits = numbers(part(row, 'expected'), 'upnl').map((upnl, i) => {
      const position = linear[i]!;
      const profit = binanceProfit(num(position, 'qty'), num(position, 'entry'), num(position, 'mark'));
      return withinSize(`upnl[${i}]`, upnl, sure(profit), tolerance);
    });
    return [...wallets, ...profits];
  },
  remark: () => 'the ratio itself is not stated',
};

const dederiFutures: Suite = {
  id: 'Dederi: PM futures simulated PnL + contingency',
  answer(row) {
    const inputs = part(row, 'inputs');
    const table = part(part(row, 'expected'), 'pnl_table');
    const moves = Object.keys(table);
    const { forward, contingency, pnl } = sure(
      dederiFuture(
        {
          coins: num(inputs, 'qty'),
          index: num(inputs, 'index'),
          basis: num(inputs, 'annual_basis'),
          days: num(inputs, 'days'),
        },
        num(inputs, 'contingency_factor'),
        moves.map((move) => numOf(move, 'pnl_table')),
      ),
    );
    const tolerance = toleranceOf(row);
    return [
      within(row, 'forward', forward),
      within(row, 'contingency', contingency),
      ...moves.map((move, i) => withinSize(`pnl ${move}`, num(table, move), pnl[i]!, tolerance)),
    ];
  },
};

/** Suites of venues whose rules are pure functions. */
export const otherSuites: readonly Suite[] = [
  bybitAccount,
  bybitAdl,
  vegaFactors,
  vegaMargin,
  vegaAuction,
  vegaPerpetual,
  binanceInputs,
  dederiFutures,
];
