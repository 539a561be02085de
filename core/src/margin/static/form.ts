// How `static`'s parameters are read from a file, and doubted leaf by leaf.

import type { Refusal } from '../../base/index.ts';
import { type Bounds, Doubt } from '../doubt.ts';
import type { FieldForm, ParameterForm } from '../form.ts';
import { type CollateralRule, type LinearRule, type StaticParameters, staticDefaults } from './parameters.ts';
import type { ShortOptionRates } from './short-option.ts';

const RATE: Bounds = [1e-6, 1];
const DOLLARS: Bounds = [0, 1e18];
const FACTOR: Bounds = [0, 1];
/** A coin's short option may need more than the coin; hardly more than twice. */
const OPTION_RATE: Bounds = [0, 2];
const TIERS_MAX = 32;

/** The first thing wrong with a parameter set, as a refusal that names the field; undefined when it is sound. */
export function doubtStatic(parameters: StaticParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubt.within('', parameters, { releaseBuffer: [0, 10] });
  doubt.within('fees.', parameters.fees, { future: [0, 0.1], option: [0, 0.1], optionCap: [0, 1] });
  const coins = Object.entries(parameters.coins).map(([name, coin]) => [`coins.${name}`, coin] as const);
  for (const [path, coin] of [...coins, ['otherCoin', parameters.otherCoin] as const]) {
    doubtLinear(`${path}.perpetual`, coin.perpetual, doubt);
    doubtLinear(`${path}.future`, coin.future, doubt);
    doubtOption(`${path}.option`, coin.option, doubt);
    doubtCollateral(`${path}.collateral`, coin.collateral, doubt);
  }
  for (const [name, rule] of Object.entries(parameters.pegs)) {
    doubtCollateral(`pegs.${name}`, rule, doubt);
    if (parameters.coins[name] !== undefined) doubt.say(`pegs.${name}`, 'left out: it is a coin');
  }
  if (parameters.pegs['USD'] === undefined)
    doubt.say('pegs.USD', 'there: it is what everything is counted in');
  for (const [name, rule] of Object.entries(parameters.products))
    doubtLinear(`products.${name}`, rule, doubt);
  for (const [name, rule] of Object.entries(parameters.options)) doubtOption(`options.${name}`, rule, doubt);
  return doubt.found;
}

/** Tiers ascend in border and rate, or margin would not be convex in size; maintenance is never above initial. */
function doubtLinear(path: string, { tiers, sizeFactor, openInterest }: LinearRule, doubt: Doubt): void {
  if (tiers[0]?.from !== 0) doubt.say(`${path}.tiers[0].from`, '0: the first tier starts there');
  tiers.forEach((tier, n) => {
    const at = `${path}.tiers[${n}]`;
    doubt.within(`${at}.`, tier, { from: DOLLARS, maintenance: RATE, initial: RATE });
    if (!(tier.maintenance <= tier.initial)) doubt.say(`${at}.maintenance`, `at most ${at}.initial`);
    const before = tiers[n - 1];
    if (before === undefined) return;
    if (!(tier.from > before.from)) doubt.say(`${at}.from`, 'above that of the tier before');
    const falls = !(tier.maintenance >= before.maintenance && tier.initial >= before.initial);
    if (falls) doubt.say(`${at}`, 'no cheaper than the tier before: a larger position would need less');
  });
  doubt.within(`${path}.`, { sizeFactor }, { sizeFactor: FACTOR });
  doubt.within(`${path}.openInterest.`, openInterest, { held: DOLLARS, lower: DOLLARS, upper: DOLLARS });
  const { lower, upper } = openInterest;
  if (upper !== 0 && !(upper > lower)) {
    doubt.say(`${path}.openInterest.upper`, 'above openInterest.lower, or 0 for no cap');
  }
}

function doubtOption(path: string, rates: ShortOptionRates, doubt: Doubt): void {
  const bounds = { initial: OPTION_RATE, initialMin: OPTION_RATE, maintenance: OPTION_RATE };
  doubt.within(`${path}.`, rates, bounds);
  if (!(rates.initialMin <= rates.initial)) doubt.say(`${path}.initialMin`, `at most ${path}.initial`);
}

/** What is owned keeps a part of its worth on every line, or more of it could lower excess. */
function doubtCollateral(path: string, rule: CollateralRule, doubt: Doubt): void {
  for (const line of ['maintenance', 'initial'] as const) {
    doubt.within(`${path}.${line}.`, rule[line], { haircut: [0, 0.98], owed: [0, 10] });
  }
  for (const share of ['haircut', 'owed'] as const) {
    const nested = rule.maintenance[share] <= rule.initial[share];
    if (!nested) doubt.say(`${path}.maintenance.${share}`, `at most ${path}.initial.${share}`);
  }
  doubt.within(`${path}.`, rule, { sizeFactor: FACTOR });
  doubt.within(`${path}.deposits.`, rule.deposits, { held: DOLLARS, start: DOLLARS });
}

const TIERS: FieldForm = { kind: 'list', item: { from: 0, maintenance: 0, initial: 0 }, most: TIERS_MAX };
const LINEAR: FieldForm = { kind: 'fields', fields: { tiers: TIERS } };
const COIN: FieldForm = { kind: 'fields', fields: { perpetual: LINEAR, future: LINEAR } };

/** How a file may depart from static's parameters: new coins, stable assets and products; tiers are replaced whole. */
export const staticForm: ParameterForm<StaticParameters> = {
  fields: {
    coins: { kind: 'map', names: 'asset', fresh: 'otherCoin', item: COIN },
    otherCoin: COIN,
    // A stable asset that is new, or a product, starts where the least is known.
    pegs: { kind: 'map', names: 'asset', fresh: staticDefaults.otherCoin.collateral },
    products: { kind: 'map', names: 'product', fresh: staticDefaults.otherCoin.perpetual, item: LINEAR },
    options: { kind: 'map', names: 'product', fresh: staticDefaults.otherCoin.option },
  },
  doubt: doubtStatic,
};
