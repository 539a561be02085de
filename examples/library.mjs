// The library in one page: node examples/library.mjs chain.csv portfolio.json
import { readFileSync } from 'node:fs';
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

/** A refusal is a value that says what is wrong and how to mend it; here it ends the program. */
function sure(value) {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

const [chainPath, portfolioPath] = process.argv.slice(2);
const snapshot = sure(readChainCsv(readFileSync(chainPath, 'utf8'), { source: chainPath }));
const market = sure(fitMarket(snapshot));
const portfolio = sure(readPortfolioJson(readFileSync(portfolioPath, 'utf8'), portfolioPath));
const book = sure(grid.book(productsOf(portfolio), market, gridDefaults));
const { equity, requirement, excess } = sure(assess(portfolio, book, grid));

console.log(
  `equity ${formatUsd(equity)}, initial ${formatUsd(requirement.initial.amount)}, excess ${formatUsd(excess.initial)}`,
);
for (const { name, underlying, amount } of requirement.initial.charges) {
  console.log(`  ${name} ${underlying} ${formatUsd(amount)}`);
}
