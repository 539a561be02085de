// Hyperliquid: tiered maintenance margin, margin by leverage, liquidation prices, and loans against collateral.

import {
  borrowable,
  type DeductedTier,
  leveragedMargin,
  leverageTiers,
  liquidationPrice,
  lockedBy,
  type Pledged,
  saleThreshold,
  tierAt,
  tieredMargin,
  useOf,
} from '@plimsoll/core/static';
import { has, isRaw, list, num, part, skip, word } from './fields.ts';
import { type Checked, holds, near, type Raw, type Suite, same, Unreadable } from './suite.ts';
import { within as venue } from './venues.ts';

/** Digits that a double keeps of the source's forty. */
const RELATIVE = 1e-15;

function objects(row: Raw, field: string): readonly Raw[] {
  return list(row, field).map((item) => {
    if (!isRaw(item)) throw new Unreadable(`field "${field}" holds something that is not an object`);
    return item;
  });
}

function tiersOf(position: Raw): readonly DeductedTier[] {
  const tiers = objects(position, 'marginTiers');
  return leverageTiers(
    tiers.map((tier) => ({ from: num(tier, 'lowerBound'), maxLeverage: num(tier, 'maxLeverage') })),
  );
}

/** Compares every number that a case states and an answer has; `size` is that of the amounts which a small number is the difference of. */
function compared(facts: Raw, got: Readonly<Record<string, number>>, size = 0): Checked[] {
  return Object.entries(got)
    .filter(([name]) => has(facts, name))
    .map(([name, value]) => near(name, num(facts, name), value, RELATIVE, RELATIVE * size));
}

function initialMargin(input: Raw, facts: Raw): Checked[] {
  const position = part(input, 'position');
  const tiers = tiersOf(position);
  const positionValue = Math.abs(num(position, 'signedSize')) * num(position, 'markPrice');
  const { initial, transfer } = leveragedMargin(positionValue, num(position, 'leverage'));
  const tier = tierAt(tiers, positionValue);
  return compared(facts, {
    positionValue,
    initialMargin: initial,
    transferMarginRequirement: transfer,
    tierIndex: tiers.indexOf(tier),
    maxLeverage: 1 / (2 * tier.rate),
  });
}

/** Sizes and money behind the position whose price is asked for: its own margin when isolated, the account's when cross. */
function liquidation(input: Raw, facts: Raw): Checked[] {
  const key = (asset: Raw) => `${String(asset['dex'])}/${String(asset['index'])}`;
  const target = key(part(input, 'targetAsset'));
  const positions = objects(input, 'positions');
  const held = positions.find((position) => key(part(position, 'asset')) === target);
  if (held === undefined) throw new Unreadable('field "positions" does not hold the target asset');
  const [size, mark, tiers] = [num(held, 'signedSize'), num(held, 'markPrice'), tiersOf(held)];
  const mode = part(held, 'marginMode');
  const isIsolated = word(mode, 'kind') === 'isolated';
  const isCross = (position: Raw) => word(part(position, 'marginMode'), 'kind') === 'cross';
  const others = isIsolated ? [] : positions.filter((position) => position !== held && isCross(position));
  const other = others.reduce((sum, position) => {
    const notional = Math.abs(num(position, 'signedSize')) * num(position, 'markPrice');
    return sum + tieredMargin(notional, tiersOf(position));
  }, 0);
  const equity = isIsolated ? num(mode, 'isolatedMarginValue') : num(input, 'crossAccountValue');
  const price = liquidationPrice({ size, mark, equity, tiers, other });
  if (price === undefined) {
    return [same('liquidationPrice', String(facts['liquidationPrice'] ?? 'none'), 'none')];
  }
  const notional = Math.abs(size) * price;
  return compared(facts, { liquidationPrice: price }).concat(
    compared(
      facts,
      {
        accountEquityAtLiquidation: equity + size * (price - mark),
        targetMaintenanceMargin: tieredMargin(notional, tiers),
      },
      notional,
    ),
  );
}

function accountRatio(input: Raw, facts: Raw): Checked[] {
  const checks: Checked[] = [];
  let worst = 0;
  for (const balance of objects(input, 'spotBalances')) {
    const token = num(balance, 'token');
    const dexes = objects(input, 'dexes').filter((dex) => num(dex, 'collateralToken') === token);
    const total = (field: string) => dexes.reduce((sum, dex) => sum + num(dex, field), 0);
    const [crossMaintenance, isolated] = [total('crossMaintenanceMarginUsed'), total('isolatedMarginUsed')];
    const spotTotal = num(balance, 'total');
    const { available, ratio } = useOf({ total: spotTotal, crossMaintenance, isolated });
    worst = Math.max(worst, ratio);
    const stated = objects(facts, 'tokens').find((fact) => num(fact, 'collateralToken') === token);
    const used = { crossMaintenanceMarginUsed: crossMaintenance, isolatedMarginUsed: isolated };
    if (stated !== undefined) checks.push(...compared(stated, { spotTotal, ...used, available, ratio }));
  }
  return [...checks, ...compared(facts, { accountRatio: worst })];
}

const FUNCTIONS: Readonly<Record<string, (input: Raw, facts: Raw) => Checked[]>> = {
  calculatePerpInitialMargin: initialMargin,
  calculatePerpLiquidationPrice: liquidation,
  calculateUnifiedAccountRatio: accountRatio,
};

const workedExamples: Suite = {
  id: 'perp.hyperliquid-worked-examples',
  answer(row) {
    const name = word(row, 'function');
    const answer = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (answer === undefined) return skip(`function "${name}" is trading, not margin`);
    const value = part(row, 'expectedValue');
    if (word(value, 'status') !== 'ok') return skip(`status "${word(value, 'status')}" is not known`);
    return answer(part(row, 'input'), part(value, 'data'));
  },
};

const tiered: Suite = {
  id: 'Hyperliquid: tiered maintenance margin',
  answer(row) {
    const inputs = part(row, 'inputs');
    const tiers = leverageTiers(
      objects(inputs, 'tiers').map((tier) => ({
        from: num(tier, 'from_'),
        maxLeverage: num(tier, 'max_lev'),
      })),
    );
    return [venue(row, 'mm', tieredMargin(num(inputs, 'notional'), tiers))];
  },
};

const health: Suite = {
  id: 'Hyperliquid: portfolio margin health factor',
  answer(row) {
    const inputs = part(row, 'inputs');
    const pledged = objects(inputs, 'collateral').map(
      (coin): Pledged => ({
        quantity: num(coin, 'qty'),
        price: num(coin, 'px'),
        loanToValue: num(coin, 'ltv'),
      }),
    );
    const weighted = borrowable(pledged);
    return [venue(row, 'weighted', weighted), venue(row, 'health', weighted / num(inputs, 'borrowed'))];
  },
};

const locked: Suite = {
  id: 'Hyperliquid: locked collateral',
  answer(row) {
    const inputs = part(row, 'inputs');
    return [
      venue(row, 'locked_hype', lockedBy(num(inputs, 'borrowed'), num(inputs, 'px'), num(inputs, 'ltv'))),
    ];
  },
};

const threshold: Suite = {
  id: 'Hyperliquid: borrow liquidation threshold',
  answer(row) {
    const inputs = part(row, 'inputs');
    const pledged = {
      quantity: num(inputs, 'hype'),
      price: num(inputs, 'px'),
      loanToValue: num(inputs, 'ltv'),
    };
    const got = saleThreshold(pledged, num(inputs, 'fraction'));
    const expected = part(row, 'expected');
    const checks = [venue(row, 'threshold', got)];
    // At equality the source leaves it open.
    if (typeof expected['liquidated'] === 'boolean') {
      checks.push(holds('liquidated', expected['liquidated'], num(inputs, 'borrowed') > got, ''));
    }
    return checks;
  },
};

/** Suites of Hyperliquid. */
export const hyperliquidSuites: readonly Suite[] = [workedExamples, tiered, health, locked, threshold];
