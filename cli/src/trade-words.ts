// Trades and orders as a person types them.

import {
  isPrice,
  isRefusal,
  type ProductResolver,
  parseDecimal,
  type Refusal,
  readProduct,
  refuse,
  type Trade,
} from '@plimsoll/core';

const TRADE = /^\s*(buy|sell)\s+(\S+)\s+(\S+?)\s*(?:@\s*(\S+)\s*)?$/i;

/** A trade from words such as `sell 10 BTC-27MAR26-90000-C @ 0.05`; `option` is where they stood. */
export function readTrade(word: string, option: string, resolve?: ProductResolver): Trade | Refusal {
  const parts = TRADE.exec(word);
  if (parts === null) {
    const mend = 'write for example "sell 10 BTC-27MAR26-90000-C @ 0.05".';
    return refuse('malformed', `'${word}' is neither a trade nor an order; ${mend}`, option);
  }
  const quantity = parseDecimal(parts[2]!, `${option} quantity`);
  if (isRefusal(quantity)) return quantity;
  if (!(quantity > 0))
    return refuse('out-of-range', 'a traded quantity must be above zero; the side says which way.', option);
  const product = readProduct(parts[3]!, option, resolve);
  if (isRefusal(product)) return product;
  if (product.kind === 'asset') {
    return refuse(
      'not-supported',
      `${product.id} is an asset, not a contract; change the balance in the portfolio.`,
      option,
    );
  }
  const signedQuantity = parts[1]!.toLowerCase() === 'buy' ? quantity : -quantity;
  if (parts[4] === undefined) return { product, quantity: signedQuantity };
  const price = parseDecimal(parts[4], `${option} price`);
  if (isRefusal(price)) return price;
  if (!isPrice(price))
    return refuse(
      'out-of-range',
      `${price} is no price to trade at; write one above zero after the @.`,
      option,
    );
  return { product, quantity: signedQuantity, price };
}
