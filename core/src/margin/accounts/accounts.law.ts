// Laws of pools, treatments and owners: what must hold for every book, tried on many.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { market, option, perpetual, universe } from '../../../test/sample.ts';
import { isRefusal, type Refusal, usd } from '../../base/index.ts';
import {
  assess,
  assessAccount,
  assessOwner,
  assetProduct,
  type Balance,
  type GridBook,
  grid,
  gridDefaults,
  isolate,
  isolateAll,
  LINE_NAMES,
  membersOf,
  type Owner,
  type OwnerStanding,
  type Portfolio,
  type Position,
  partsOf,
  poolStandings,
  poolsOf,
  type Standing,
  splitByWeight,
  type Treatment,
} from '../index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const assets = ['BTC', 'ETH', 'USD', 'USDC'] as const;
const book: GridBook = sure(grid.book([...universe, ...assets.map(assetProduct)], market, gridDefaults));
const stand = (held: Portfolio) => sure(assess(held, book, grid));
const treated = (held: Portfolio, treatment: Treatment) => sure(assessAccount(held, book, grid, treatment));
const owned = (owner: Owner) => sure(assessOwner(owner, book, grid, 'portfolio'));

const positions = fc
  .uniqueArray(fc.nat(universe.length - 1), { maxLength: 8 })
  .chain((picked) =>
    fc.tuple(
      ...picked.map((i) => fc.double({ min: -50, max: 50, noNaN: true }).map((size) => ({ i, size }))),
    ),
  )
  .map((picked): Position[] =>
    picked.map(({ i, size }) => {
      const product = universe[i]!;
      const dollarSized = product.kind !== 'option' && product.settlement === 'inverse';
      return { product, quantity: dollarSized ? size * 50_000 : size };
    }),
  );
const balances = fc.tuple(...assets.map(() => fc.double({ min: 1, max: 1e6, noNaN: true })));
const portfolios = fc.record({ positions, balances }).map(
  ({ positions: held, balances: amounts }): Portfolio => ({
    account: 'law',
    balances: assets.map((asset, i): Balance => ({ asset, kind: 'cash', quantity: amounts[i]! })),
    positions: held,
    orders: [],
  }),
);

function law<T>(name: string, arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) {
  it(name, () => {
    fc.assert(fc.property(arbitrary, holds), { numRuns: 60 });
  });
}

const entriesOf = ({ balances: own, positions: held, orders }: Portfolio): string[] =>
  [...own, ...held, ...orders].map((entry) =>
    'product' in entry
      ? `${entry.product.id} ${entry.quantity}`
      : `${entry.kind} ${entry.asset} ${entry.quantity}`,
  );
/** Every other position isolated with a hundredth of the balance of its settle asset, and an order for each product. */
const withOrders = (held: Portfolio): Portfolio => ({
  ...held,
  positions: held.positions.map((position, i) => (i % 2 === 0 ? position : { ...position, isolated: 0.01 })),
  orders: universe.map((product) => ({ product, side: 'buy', quantity: 1, price: 1 })),
});

describe('pools', () => {
  law('M-65 pools are disjoint and complete, and orders go with their product', portfolios, (held) => {
    const whole = withOrders(held);
    const pools = poolsOf(whole);
    const found = pools.flatMap(({ portfolio }) => entriesOf(portfolio));
    const margins = whole.positions.filter(({ isolated }) => isolated !== undefined);
    const expected = [
      ...entriesOf(whole),
      ...margins.map(({ product }) => `cash ${product.settleAsset} 0.01`),
    ];
    expect(found.sort()).toEqual(expected.sort());
    for (const { kind, name, portfolio } of pools) {
      if (kind === 'shared') continue;
      expect(portfolio.positions.map(({ product }) => product.id)).toEqual([name]);
      expect(portfolio.orders.map(({ product }) => product.id)).toEqual([name]);
    }
  });

  law('M-65 the parts of a pool are disjoint and complete', portfolios, (held) => {
    const whole = { ...withOrders(held), positions: held.positions };
    const parts = partsOf(whole);
    expect(parts.flatMap(({ portfolio }) => entriesOf(portfolio)).sort()).toEqual(entriesOf(whole).sort());
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
  });

  law('M-65 isolating a position conserves equity, and its loss stays with it', portfolios, (held) => {
    const id = held.positions[0]?.product.id;
    if (id === undefined) return;
    const moved = sure(isolate(held, id, 0.5));
    const { shared, isolated } = treated(moved, 'portfolio');
    const gap = stand(held).equity - shared.equity - isolated[0]!.equity;
    // Each equity is rounded down by itself, and moving the margin adds and subtracts floats.
    expect(gap > -100_000n && gap < 100_000n).toBe(true);
    const alone = { ...moved, positions: held.positions.slice(1) };
    expect(shared.equity).toBe(stand(alone).equity);
    expect(shared.requirement.initial).toBe(stand(alone).requirement.initial.amount);
  });

  law('M-65 isolating everything leaves every position at its initial line or above', portfolios, (held) => {
    const all = isolateAll(held, book, grid);
    if (isRefusal(all)) {
      expect(all.reason).toBe('out-of-range');
      return;
    }
    for (const pool of treated(all, 'portfolio').isolated) {
      expect(pool.excess.initial >= 0n, pool.pool.name).toBe(true);
      const margin = pool.pool.portfolio.balances[0]?.quantity ?? 0;
      const dollars =
        margin *
        book.risk.columns.value[
          book.risk.indexOf.get(pool.pool.portfolio.positions[0]!.product.settleAsset)!
        ]!;
      // No more than it takes, but for what is paid for.
      if (margin > 0) expect(Number(pool.excess.initial) / 1e8).toBeLessThanOrEqual(1e-6 * dollars + 1e-6);
    }
  });
});

describe('treatments', () => {
  law('M-66 cross asks no less than portfolio on any line', portfolios, (held) => {
    const [cross, netted] = [treated(held, 'cross').shared, treated(held, 'portfolio').shared];
    for (const line of LINE_NAMES) {
      expect(cross.requirement[line] >= netted.requirement[line], line).toBe(true);
      expect(cross.excess[line]).toBe(cross.equity - cross.requirement[line]);
    }
    expect(cross.equity).toBe(netted.equity);
    expect(netted.excess).toEqual(stand(held).excess);
    expect(netted.withdrawable).toBe(stand(held).withdrawable);
    expect(cross.withdrawable <= netted.withdrawable).toBe(true);
  });

  law('M-66 a cross line is the sum of its parts and the floor, to the unit', portfolios, (held) => {
    const { shared } = treated(held, 'cross');
    for (const line of LINE_NAMES) {
      const parts = shared.parts.reduce((sum, { standing }) => sum + standing.requirement[line].amount, 0n);
      const added = shared.added[line].reduce((sum, { amount }) => sum + amount, 0n);
      expect(shared.requirement[line]).toBe(parts + added);
    }
    const equity = shared.parts.reduce((sum, { standing }) => sum + standing.equity, 0n);
    const gap = shared.equity - equity;
    expect(gap > -100_000n && gap < 100_000n).toBe(true);
  });

  it('M-66 only charges on size need a floor', () => {
    const two = (size: number): Portfolio => ({
      account: 'a',
      balances: [{ asset: 'USD', kind: 'cash', quantity: 1e9 }],
      positions: [option('BTC', 25, 65_000, 'call'), option('BTC', 116, 80_000, 'call')].map((product) => ({
        product,
        quantity: -size,
      })),
      orders: [],
    });
    expect(treated(two(1), 'cross').shared.added.maintenance).toEqual([]);
    const floor = treated(two(20_000), 'cross').shared.added.maintenance;
    expect(floor.map(({ name }) => name)).toEqual(['cross-floor']);
  });
});

const owners = fc.array(portfolios, { minLength: 2, maxLength: 4 }).map(([first, ...rest]): Owner => {
  const accounts = rest.map((portfolio, i) => ({
    portfolio: { ...portfolio, account: `a${i}` },
    subaccounts: [],
  }));
  return {
    owner: 'fund',
    accounts: [{ portfolio: first!, subaccounts: [{ ...first!, account: 'sub' }] }, ...accounts],
  };
});
const charged = ({ groups }: OwnerStanding) =>
  groups.reduce((sum, { shares }) => sum + shares.reduce((all, share) => all + share, 0n), 0n);

describe('owners', () => {
  law('M-67 accounts and sub-accounts net with nothing of each other', owners, (owner) => {
    const { accounts } = owned(owner);
    const members = membersOf(owner);
    expect(accounts.map(({ account }) => account)).toEqual(members.map(({ account }) => account));
    accounts.forEach(({ shared }, i) => {
      const alone = stand(members[i]!);
      expect(shared.equity).toBe(alone.equity);
      for (const line of LINE_NAMES) {
        const added = shared.added[line].reduce((sum, { amount }) => sum + amount, 0n);
        expect(shared.requirement[line]).toBe(alone.requirement[line].amount + added);
      }
    });
  });

  law('M-68 what is shared out is the excess to the unit, and nobody is paid', owners, (owner) => {
    const standing = owned(owner);
    const pools = poolStandings(standing.accounts);
    const bearable = pools.some(({ pool }) => pool.portfolio.positions.some(({ quantity }) => quantity < 0));
    for (const { shares, together, apart } of standing.groups) {
      expect(shares.every((share) => share >= 0n)).toBe(true);
      const sum = shares.reduce((all, share) => all + share, 0n);
      if (bearable || sum > 0n) expect(sum === together - apart || sum === 0n).toBe(true);
    }
    const added = pools.reduce(
      (sum, { added: own }) => own.initial.reduce((all, { amount }) => all + amount, sum),
      0n,
    );
    expect(added).toBe(charged(standing));
  });

  law('M-68 splitting an account in two of one owner lowers no charge on size', portfolios, (held) => {
    const rows = stand(held).requirement.holdings;
    const one = grid.sizeCharges!(rows, [], book).reduce((sum, { amount }) => sum + amount, 0n);
    const half = (keep: number): Portfolio => ({
      ...held,
      account: `half ${keep}`,
      // What is bought goes with what is sold, so that each half has something that must be traded.
      positions: held.positions.map((position) => ({
        ...position,
        quantity: position.quantity * (keep ? 0.3 : 0.7),
      })),
    });
    const split: Owner = {
      owner: 'fund',
      accounts: [0, 1].map((keep) => ({ portfolio: half(keep), subaccounts: [] })),
    };
    const standing = owned(split);
    const own = poolStandings(standing.accounts).reduce((sum, { parts }) => {
      const charges = grid.sizeCharges!(parts[0]!.standing.requirement.holdings, [], book);
      return charges.reduce((all, { amount }) => all + amount, sum);
    }, 0n);
    const paidFor = held.positions.every(
      ({ product, quantity }) => product.kind === 'option' && quantity >= 0,
    );
    // Two halves may round up by a unit less than one whole.
    if (!paidFor) expect(own + charged(standing) + 4n >= one).toBe(true);
  });

  law(
    'M-68 shares sum to the amount whatever the weights',
    fc.tuple(fc.bigInt(0n, 10n ** 20n), fc.array(fc.bigInt(0n, 10n ** 20n), { minLength: 1, maxLength: 9 })),
    ([amount, weights]) => {
      const shares = splitByWeight(usd(amount), weights.map(usd));
      const total = weights.reduce((sum, weight) => sum + weight, 0n);
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(total === 0n ? 0n : amount);
      shares.forEach((share, i) => {
        expect(share >= 0n).toBe(true);
        if (weights[i] === 0n) expect(share).toBe(0n);
      });
    },
  );

  it('M-68 orders spread over two accounts of one owner are as large as in one', () => {
    const future = perpetual('BTC');
    const quoting = (account: string, quantity: number): Portfolio => ({
      account,
      balances: [{ asset: 'USD', kind: 'cash', quantity: 1e7 }],
      positions: [],
      orders: [{ product: future, side: 'sell', quantity, price: 65_000 }],
    });
    const sizes = ({ requirement: { holdings, fills } }: Standing) =>
      grid.sizeCharges!(holdings, fills, book).reduce((sum, { amount }) => sum + amount, 0n);
    const whole = sizes(stand(quoting('one', 20_000_000)));
    const accounts = ['a', 'b'].map((name) => ({ portfolio: quoting(name, 10_000_000), subaccounts: [] }));
    const standing = owned({ owner: 'fund', accounts });
    const own = poolStandings(standing.accounts).reduce(
      (sum, { parts }) => sum + sizes(parts[0]!.standing),
      0n,
    );
    expect(charged(standing) > 0n).toBe(true);
    expect(own + charged(standing) + 4n >= whole).toBe(true);
  });

  it('M-68 bought options bear nothing: they can be let go', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const account = (name: string, quantity: number) => ({
      portfolio: {
        account: name,
        balances: [{ asset: 'USD', kind: 'cash' as const, quantity: 0 }],
        positions: [{ product: call, quantity }],
        orders: [],
      },
      subaccounts: [],
    });
    const bought = owned({ accounts: [account('a', 20_000), account('b', 20_000)] });
    expect(bought.groups.length).toBeGreaterThan(0);
    expect(charged(bought)).toBe(0n);
    expect(bought.accounts.every(({ shared }) => shared.excess.initial >= -10n)).toBe(true);
    const sold = owned({ accounts: [account('a', -20_000), account('b', -20_000)] });
    expect(charged(sold) > 0n).toBe(true);
    const [a, b] = sold.accounts;
    const gap = a!.shared.requirement.initial - b!.shared.requirement.initial;
    expect(gap >= -2n && gap <= 2n).toBe(true);
  });
});

it('M-65 a model does not look through a margin of its own', () => {
  const held: Portfolio = {
    account: 'a',
    balances: [],
    positions: [{ product: perpetual('BTC'), quantity: 1000, isolated: 1 }],
    orders: [],
  };
  expect(assess(held, book, grid)).toMatchObject({ reason: 'not-supported', where: 'BTC-PERPETUAL' });
  expect(isolate(held, 'ETH-PERPETUAL', 1)).toMatchObject({ reason: 'unknown-product' });
  expect(isolate(held, 'BTC-PERPETUAL', 1)).toMatchObject({ reason: 'out-of-range' });
});
