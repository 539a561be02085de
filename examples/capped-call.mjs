// A product of one's own in one file: a capped call, min(max(S - K, 0), cap) at expiry, paid for up front, in coins or in USDC.
//   node examples/capped-call.mjs demo/chain.csv
// Names: BTC-CAPPED-1790236800-70000-10000 (coins) or BTC_USDC-CAPPED-...: expiry in seconds, strike, cap.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  assess,
  conformPayoff,
  fitMarket,
  formatProduct,
  formatUsd,
  grid,
  gridDefaults,
  isRefusal,
  price,
  productsOf,
  readChainCsv,
  readPortfolioJson,
  sentence,
} from '@plimsoll/core';
import { blackPrice } from '@plimsoll/core/kernel';

/** The product of a name, or undefined: what `--products` and the readers of portfolios ask for. */
export default function cappedCall(name) {
  const [, underlying, stable, seconds, ...digits] =
    /^([A-Z]+)(?:_(USDC|USDT))?-CAPPED-(\d+)-(\d+)-(\d+)$/.exec(name) ?? [];
  if (underlying === undefined) return undefined;
  const [strike, cap] = digits.map(Number);
  const expiry = Number(seconds) * 1000;
  const isInverse = stable === undefined;

  /** One listed call in the settle asset. A linear strike is an amount of the settle asset, an inverse one is dollars. */
  function call(view, at) {
    const dollars = isInverse ? at : at * view.settle;
    const forward = view.forward(expiry);
    if (isRefusal(forward)) return forward;
    const stdev = view.stdev(expiry, dollars);
    if (isRefusal(stdev)) return stdev;
    return blackPrice('call', forward, dollars, stdev) / (isInverse ? forward : view.settle);
  }

  const payoff = {
    family: 'capped-call',
    terms: { strike, cap, expiry },
    strikes: [strike, strike + cap],
    mark(view) {
      const [bought, sold] = [call(view, strike), call(view, strike + cap)];
      if (isRefusal(bought)) return bought;
      if (isRefusal(sold)) return sold;
      // In far scenarios a shocked smile may value the higher strike above the lower; the contract never pays less than nothing.
      return Math.max(0, bought - sold);
    },
  };
  const settlement = isInverse ? 'inverse' : 'linear';
  const settleAsset = stable ?? underlying;
  return {
    kind: 'structured',
    id: name,
    underlying,
    settlement,
    settleAsset,
    style: 'premium',
    expiry,
    payoff,
  };
}

function sure(value) {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** The margin of 10 sold on the third listed expiry, beside the two listed calls they are made of. */
function main(chainPath) {
  const market = sure(fitMarket(sure(readChainCsv(readFileSync(chainPath, 'utf8'), { source: chainPath }))));
  const coin = market.underlyings.find(({ underlying }) => underlying === 'BTC');
  const { expiry, forward } = coin.slices[2];
  const strike = Math.round(forward / 1000) * 1000;
  const name = `BTC-CAPPED-${expiry / 1000}-${strike}-10000`;
  const product = cappedCall(name);
  console.log(
    `${name}: ${conformPayoff(product, market).length} breaches, mark ${sure(price(product, market)).mark.toFixed(6)} BTC`,
  );

  const margin = (positions) => {
    const text = JSON.stringify({ account: 'capped', cash: { USD: '250000' }, positions });
    const portfolio = sure(readPortfolioJson(text, 'capped', cappedCall));
    const book = sure(grid.book(productsOf(portfolio), market, gridDefaults));
    return { book, ...sure(assess(portfolio, book, grid)) };
  };
  const { book, equity, requirement } = margin([{ product: name, quantity: '-10' }]);
  const { columns, indexOf, lanes, groups } = book.risk;
  const row = indexOf.get(name);
  const worst = requirement.initial.combined.own[groups.underlyings.indexOf('BTC')];
  console.log(
    `delta ${columns.delta[row].toFixed(4)}, vega ${columns.vega[row].toFixed(2)}, theta ${columns.theta[row].toFixed(2)}`,
  );
  console.log(`equity ${formatUsd(equity)}, initial ${formatUsd(requirement.initial.amount)}`);
  console.log(`swept ${formatUsd(requirement.initial.swept)}, worst in ${lanes[worst.lane].id}`);
  for (const { name: charge, amount } of requirement.initial.charges)
    console.log(`  ${charge} ${formatUsd(amount)}`);

  const legs = [strike, strike + 10_000].map((at) => {
    const { id, underlying, settlement, settleAsset } = product;
    return formatProduct({
      kind: 'option',
      id,
      underlying,
      settlement,
      settleAsset,
      expiry,
      strike: at,
      right: 'call',
    });
  });
  const apart = margin(legs.map((leg, i) => ({ product: leg, quantity: i === 0 ? '-10' : '10' })));
  console.log(`swept as two listed calls ${formatUsd(apart.requirement.initial.swept)}: ${legs.join(', ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2] ?? 'demo/chain.csv');
