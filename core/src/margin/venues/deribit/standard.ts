// The model `deribit-sm`: Deribit's standard margin. Every position by itself, nothing nets, options are paid for in full.

import { type Refusal, refuse } from '../../../base/index.ts';
import type { Product } from '../../../product/index.ts';
import type { RiskBook } from '../../../risk/index.ts';
import { Doubt } from '../../doubt.ts';
import type { ParameterForm } from '../../form.ts';
import type { MarginModel, VenueFacts } from '../../requirement.ts';
import { byPosition, type PositionBook } from '../../static/by-position.ts';
import { type PositionRule, strikeUsd } from '../../static/rules.ts';
import { outOfTheMoney, shortOption } from '../../static/short-option.ts';
import {
  type DeribitStandardCoin,
  type DeribitStandardParameters,
  deribitStandardHistory,
} from './standard-parameters.ts';

export type DeribitStandardBook = PositionBook<DeribitStandardParameters>;

const [, { parameters: defaults }] = deribitStandardHistory;

/** The first thing wrong with a parameter set: rates rise with size, and maintenance is never above initial. */
function doubtStandard(parameters: DeribitStandardParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubt.within('', parameters, { releaseBuffer: [0, 10] });
  doubt.within('fees.', parameters.fees, { future: [0, 0.1], option: [0, 0.1], optionCap: [0, 1] });
  for (const [name, coin] of Object.entries(parameters.coins)) doubtCoin(`coins.${name}`, coin, doubt);
  for (const [name, peg] of Object.entries(parameters.pegs)) {
    doubt.within(`pegs.${name}.`, peg, { haircut: [0, name === 'USD' ? 0 : 0.98] });
    if (parameters.coins[name] !== undefined) doubt.say(`pegs.${name}`, 'left out: it is a coin');
  }
  if (parameters.pegs['USD'] === undefined)
    doubt.say('pegs.USD', 'there: it is what everything is counted in');
  return doubt.found;
}

function doubtCoin(path: string, { linear, option, haircut }: DeribitStandardCoin, doubt: Doubt): void {
  for (const line of ['initial', 'maintenance'] as const) {
    doubt.within(`${path}.linear.${line}.`, linear[line], { base: [1e-6, 1], slope: [0, 1] });
  }
  for (const part of ['base', 'slope'] as const) {
    if (!(linear.maintenance[part] <= linear.initial[part])) {
      doubt.say(`${path}.linear.maintenance.${part}`, `at most ${path}.linear.initial.${part}`);
    }
  }
  doubt.within(`${path}.option.`, option, { initial: [0, 2], initialMin: [0, 2], maintenance: [0, 2] });
  const nested = option.initialMin <= option.initial;
  if (!nested) doubt.say(`${path}.option.initialMin`, `at most ${path}.option.initial`);
  doubt.within(`${path}.`, { haircut }, { haircut: [0, 0.98] });
}

const form: ParameterForm<DeribitStandardParameters> = {
  fields: {
    // A coin that is new starts where the rates are widest.
    coins: { kind: 'map', names: 'asset', fresh: defaults.coins['SOL']! },
    pegs: { kind: 'map', names: 'asset', fresh: { haircut: 0 } },
  },
  doubt: doubtStandard,
};

/** Rates are stated coin by coin, and no payoff but listed ones is. */
function refuses(product: Product, { coins, pegs }: DeribitStandardParameters): Refusal | undefined {
  if (product.kind === 'structured') {
    const message = 'Deribit lists no such payoff; margin it under grid, or remove it.';
    return refuse('not-supported', message, product.id);
  }
  const { underlying } = product;
  if (Object.hasOwn(coins, underlying) || (product.kind === 'asset' && Object.hasOwn(pegs, underlying))) {
    return undefined;
  }
  const message = `the rates of ${underlying} are not known; name them under coins in the parameters.`;
  return refuse('not-supported', message, product.id);
}

/** The rule of a product (M-100, M-101): coins at the index whatever it settles in, as the venue counts them. */
function ruleOf(
  { levels, columns }: RiskBook,
  product: Product,
  row: number,
  coins: DeribitStandardParameters['coins'],
): PositionRule {
  if (product.kind === 'asset') return { kind: 'balance' };
  const { linear, option } = coins[product.underlying]!;
  const { index } = levels.coins.get(product.underlying)!;
  if (product.kind === 'option') {
    const worth = columns.value[row]!;
    const distance = outOfTheMoney(product.right, strikeUsd(product, levels), index);
    const { maintenance, initial } = shortOption(option, distance, worth / index);
    const sold = { maintenance: maintenance * index, initial: initial * index };
    return { kind: 'premium', worth, sold, distance, index };
  }
  // A dollar of inverse notional is one over the mark in coins, a linear contract one coin.
  const size = product.settlement === 'inverse' ? Math.abs(columns.delta[row]!) : 1;
  return { kind: 'ramped', coins: size, dollars: size * index, ramps: linear };
}

const facts: VenueFacts<DeribitStandardParameters> = {
  venue: 'Deribit',
  unit: 'coins of the settlement currency, counted at the index; cross collateral sums them in dollars',
  exactness: {
    'position-margin': {
      level: 'indicative',
      why: 'The schedule of 2022-01-11 is reproduced to the digit; of the rework of 2026-08 the rate of a small BTC position and the two thirds are known, the table by size is not.',
    },
    'short-option-margin': {
      level: 'partly',
      why: 'The formula is published; no worked number of the venue was found, and its text divides the out-of-the-money amount by a mark price that is read as the index.',
    },
    'bought-options': {
      level: 'partly',
      why: "The venue's margin balance is equity without options (its account summary adds up so), so what is bought covers nothing; no answer on a bought option alone was seen.",
    },
    'collateral-haircut': {
      level: 'partly',
      why: 'Haircuts enter initial margin of cross collateral only; those of USDE, USYC and BUIDL are read from exchange updates, that of SOL is judgement, and the fee for borrowing is left out.',
    },
    release: {
      level: 'partly',
      why: "By the venue's text liquidation ends as soon as maintenance margin is below one hundred percent of the margin balance, so release is maintenance; no number of a liquidation was seen.",
    },
    orders: {
      level: 'indicative',
      why: "Orders cost the worst subset of their fills (M-34); the venue's own open-order margin is not published.",
    },
  },
  history: deribitStandardHistory,
};

/** Deribit's standard margin, S:SM of one currency or X:SM of several. See docs/venues/deribit.md, rules M-100 to M-102. */
export const deribitStandard: MarginModel<DeribitStandardParameters, DeribitStandardBook> = {
  id: 'deribit-sm',
  defaults,
  facts,
  form,
  ...byPosition<DeribitStandardParameters>({
    id: 'deribit-sm',
    doubt: doubtStandard,
    refuses,
    rulesOf: (risk, { coins }) => risk.products.map((product, row) => ruleOf(risk, product, row, coins)),
    haircutOf: (_risk, { coins, pegs }, asset, _value, line) => {
      const { haircut } = Object.hasOwn(coins, asset) ? coins[asset]! : pegs[asset]!;
      return { haircut: line === 'initial' ? haircut : 0, owed: 0 };
    },
  }),
};
