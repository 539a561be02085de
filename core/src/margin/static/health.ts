// Cross health with open orders: weighted assets less weighted debts, every order filled where that hurts most (Mango v4).

/** A token and what the account has of it; negative is owed. Weights count assets short of their worth and debts beyond it. */
export interface HealthToken {
  readonly balance: number;
  readonly price: number;
  readonly assetWeight: number;
  readonly debtWeight: number;
  /** What everybody has deposited and borrowed, in tokens. */
  readonly deposits: number;
  readonly borrows: number;
  /** From these values on, in dollars, the weight of the next deposit shrinks and that of the next debt grows. */
  readonly depositsStart: number;
  readonly borrowsStart: number;
}

/**
 * Funds locked in open spot orders of one market: they may end as all base or all quote. A best own price limits what the other side can become:
 * `highestBid` in quote per base, `lowestAsk` likewise; absent, the mark is taken.
 */
export interface LockedFunds {
  readonly base: string;
  readonly quote: string;
  readonly lockedBase: number;
  readonly lockedQuote: number;
  readonly highestBid?: number | undefined;
  readonly lowestAsk?: number | undefined;
}

/** A perpetual with its orders, in lots; `lotValue` in the settle token at the mark, `quote` the settle token paid or received for it. */
export interface HealthPerpetual {
  readonly settle: string;
  readonly lots: number;
  readonly quote: number;
  readonly bidLots: number;
  readonly askLots: number;
  readonly lotValue: number;
  readonly assetWeight: number;
  readonly debtWeight: number;
  /** What positive health of the perpetual counts when it becomes a token. */
  readonly overallWeight: number;
}

/** Everything a cross account is judged by. */
export interface CrossAccount {
  readonly tokens: Readonly<Record<string, HealthToken>>;
  readonly markets: readonly LockedFunds[];
  readonly perpetuals: readonly HealthPerpetual[];
}

/** A token's weights after what everybody has done with it. */
function scaledWeights(token: HealthToken): { readonly asset: number; readonly debt: number } {
  const deposits = token.deposits * token.price;
  const borrows = token.borrows * token.price;
  return {
    asset: token.assetWeight * (deposits > token.depositsStart ? token.depositsStart / deposits : 1),
    debt: token.debtWeight * (borrows > token.borrowsStart ? borrows / token.borrowsStart : 1),
  };
}

/**
 * Health of a perpetual in its settle token: the worse of all bids filled and all asks filled at the mark; what is positive counts only
 * `overallWeight`.
 * @example perpetualHealth({ settle: 'Q', lots: 10, quote: 100, bidLots: 0, askLots: 0, lotValue: 50, assetWeight: 0.8, debtWeight: 1.2, overallWeight: 0.95 }) // 475
 */
export function perpetualHealth(perpetual: HealthPerpetual): number {
  const { lots, quote, lotValue } = perpetual;
  const after = (change: number) => {
    const held = (lots + change) * lotValue;
    const weight = held >= 0 ? perpetual.assetWeight : perpetual.debtWeight;
    return held * weight + quote - change * lotValue;
  };
  const worst = Math.min(after(perpetual.bidLots), after(-perpetual.askLots));
  return worst > 0 ? worst * perpetual.overallWeight : worst;
}

/** Locked funds as all base and as all quote, in tokens: the other side converted at the mark, or at the own limit where that gives less. */
function allocations(market: LockedFunds, tokens: CrossAccount['tokens']) {
  const rate = tokens[market.base]!.price / tokens[market.quote]!.price;
  const bid = market.highestBid === undefined ? rate : Math.max(rate, market.highestBid);
  const ask = market.lowestAsk === undefined ? rate : Math.min(rate, market.lowestAsk);
  return {
    base: market.lockedBase + market.lockedQuote / bid,
    quote: market.lockedQuote + market.lockedBase * ask,
  };
}

/**
 * Health of a cross account, in dollars: no more risk may be taken below zero. Perpetuals settle into their token; a token counts `balance * price`
 * times its asset or debt weight; the funds of each market go, whole, to the one of its two tokens where they help less, and there they come
 * last: after the funds of every market that might end in that token, so that they close a debt only where one is sure to be left.
 * @example crossHealth({ tokens: { USDC: usdc }, markets: [], perpetuals: [] }) // 80: a balance of 100 at a weight of 0.8
 */
export function crossHealth({ tokens, markets, perpetuals }: CrossAccount): number {
  const names = Object.keys(tokens);
  const balances = new Map(names.map((name) => [name, tokens[name]!.balance]));
  const add = (to: Map<string, number>, name: string, amount: number) =>
    to.set(name, (to.get(name) ?? 0) + amount);
  for (const perpetual of perpetuals) add(balances, perpetual.settle, perpetualHealth(perpetual));
  const most = new Map(balances);
  const allocated = markets.map((market) => ({ market, all: allocations(market, tokens) }));
  for (const { market, all } of allocated) {
    add(most, market.base, all.base);
    add(most, market.quote, all.quote);
  }
  const worth = (name: string, amount: number, end: number) => {
    const weights = scaledWeights(tokens[name]!);
    const asset = Math.min(amount, Math.max(0, end));
    return tokens[name]!.price * (weights.asset * asset + weights.debt * (amount - asset));
  };
  let health = 0;
  for (const name of names) {
    const balance = balances.get(name)!;
    const weights = scaledWeights(tokens[name]!);
    health += balance * tokens[name]!.price * (balance >= 0 ? weights.asset : weights.debt);
  }
  for (const { market, all } of allocated) {
    const asBase = worth(market.base, all.base, most.get(market.base)!);
    const asQuote = worth(market.quote, all.quote, most.get(market.quote)!);
    health += Math.min(asBase, asQuote);
  }
  return health;
}
