// A product of one's own in one file: a power perpetual, (BTC in USDC)^2 / scale, margined in USDC.
//   node examples/power-perpetual.mjs demo/chain.csv
// Names: BTC_USDC-SQUARED-1000000, the last part being the scale. Its funding, which pays for the convexity, is the venue's and is not in
// the mark: a margin looks no further ahead than its scenarios.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  assess,
  fitMarket,
  formatUsd,
  grid,
  gridDefaults,
  isRefusal,
  productsOf,
  readChainCsv,
  readPortfolioJson,
  sentence,
} from '@plimsoll/core';

/** The product of a name, or undefined: what `--products` and the readers of portfolios ask for. */
export default function powerPerpetual(name) {
  const [, underlying, settleAsset, digits] = /^([A-Z]+)_(USDC|USDT)-SQUARED-(\d+)$/.exec(name) ?? [];
  const scale = Number(digits);
  if (underlying === undefined || !(scale > 0)) return undefined;
  const payoff = {
    family: 'power-perpetual',
    terms: { power: 2, scale },
    // `index` and `settle` are dollars; their ratio is the price in the settle asset, in which a linear product is quoted.
    mark: ({ index, settle }) => ((index / settle) * (index / settle)) / scale,
  };
  return {
    kind: 'structured',
    id: name,
    underlying,
    settlement: 'linear',
    settleAsset,
    style: 'margined',
    payoff,
  };
}

function sure(value) {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** The margin of 100 short, hedged with a fifth of the delta, and why. */
function main(chainPath) {
  const market = sure(fitMarket(sure(readChainCsv(readFileSync(chainPath, 'utf8'), { source: chainPath }))));
  const text = JSON.stringify({
    account: 'power',
    cash: { USDC: '250000' },
    positions: [
      { product: 'BTC_USDC-SQUARED-1000000', quantity: '-100' },
      { product: 'BTC_USDC-PERPETUAL', quantity: '2.5' },
    ],
    orders: [{ product: 'BTC_USDC-SQUARED-1000000', side: 'sell', quantity: '10', price: '5000' }],
  });
  const portfolio = sure(readPortfolioJson(text, 'power', powerPerpetual));
  const book = sure(grid.book(productsOf(portfolio), market, gridDefaults));
  const { equity, requirement } = sure(assess(portfolio, book, grid));
  const { columns, indexOf } = book.risk;
  const row = indexOf.get('BTC_USDC-SQUARED-1000000');
  const worst = requirement.initial.combined.own[book.risk.groups.underlyings.indexOf('BTC')];
  console.log(`mark ${columns.mark[row].toFixed(2)} USDC, delta ${columns.delta[row].toFixed(6)} BTC,`);
  console.log(
    `gamma ${columns.gamma[row].toExponential(4)}, vega ${columns.vega[row]}, theta ${columns.theta[row]}`,
  );
  console.log(
    `equity ${formatUsd(equity)}, initial ${formatUsd(requirement.initial.amount)} (orders ${requirement.orders})`,
  );
  console.log(`swept ${formatUsd(requirement.initial.swept)}, worst in ${book.risk.lanes[worst.lane].id}`);
  for (const { name, underlying, amount } of requirement.initial.charges) {
    console.log(`  ${name} ${underlying ?? ''} ${formatUsd(amount)}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2] ?? 'demo/chain.csv');
