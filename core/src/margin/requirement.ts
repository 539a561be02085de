// What must be held: the nouns. maintenance <= release <= initial, by construction.

import type { Digest, Refusal, Usd } from '../base/index.ts';
import type { Market } from '../market/index.ts';
import type { Product, ProductId } from '../product/index.ts';
import type { Combined, Fill, Holdings, RiskBook, Swept } from '../risk/index.ts';
import type { FiguresBody, FiguresSweep } from './figures.ts';
import type { ParameterForm, ParameterSet } from './form.ts';
import type { Measured } from './holdings.ts';
import type { Order, Portfolio } from './portfolio.ts';

/** The three lines. Below maintenance the account is closed; a partial close stops at release; above initial it may add risk. */
export type LineName = 'maintenance' | 'release' | 'initial';

/** A named amount that no scenario can see, with what it was computed from. */
export interface Charge {
  readonly name: ChargeName;
  /** The underlying or asset it belongs to; absent when it belongs to the whole book. */
  readonly underlying?: string;
  /** The product it belongs to, where a model charges product by product. */
  readonly product?: ProductId;
  /** What it adds to the line; a credit is negative. */
  readonly amount: Usd;
  readonly inputs: Readonly<Record<string, number>>;
}

/** The charges there are, each with its rule in docs/methodology.md. */
export const CHARGE_RULES = {
  'close-out-cost': 'M-21',
  concentration: 'M-22',
  'vega-concentration': 'M-23',
  'collateral-liquidity': 'M-24',
  'short-option-minimum': 'M-25',
  basis: 'M-26',
  'surface-confidence': 'M-27',
  'oracle-confidence': 'M-28',
  peg: 'M-29',
  'option-value': 'M-30',
  'position-margin': 'M-45',
  'short-option-margin': 'M-46',
  'open-orders': 'M-48',
  'calendar-spread': 'M-53',
  delivery: 'M-54',
  'inter-commodity-credit': 'M-55',
  'short-minimum': 'M-56',
  'collateral-haircut': 'M-57',
  'initial-ratio': 'M-58',
  'bought-options': 'M-19',
  'release-buffer': 'M-19',
  'release-floor': 'M-19',
  'release-cap': 'M-85',
  'scenario-factor': 'M-85',
  'perpetual-contingency': 'M-90',
  'option-contingency': 'M-90',
  'base-contingency': 'M-93',
  'confidence-contingency': 'M-91',
  'mr3-vega': 'M-111',
  'mr4-basis': 'M-112',
  'mr5-rates': 'M-111',
  'mr7-unwind': 'M-113',
  'mr8-borrowing': 'M-115',
  'mr9-depeg': 'M-114',
  'roll-shock': 'M-106',
  'delta-shock': 'M-107',
  'srm-perpetual': 'M-131',
  'srm-isolated': 'M-132',
  'srm-bought': 'M-132',
  'srm-max-loss': 'M-133',
  'srm-base': 'M-134',
  'srm-oracle': 'M-135',
  'srm-depeg': 'M-136',
  packing: 'M-78',
  'cross-floor': 'M-66',
  'owner-concentration': 'M-68',
  'owner-vega-concentration': 'M-68',
} as const;
export type ChargeName = keyof typeof CHARGE_RULES;

/** One line: `amount = swept + sum of charges`, to the unit. */
export interface Line {
  readonly amount: Usd;
  /** The swept loss over all underlyings, before charges. */
  readonly swept: Usd;
  readonly charges: readonly Charge[];
  readonly combined: Combined;
  /** The sweep the line was judged on: all holdings, or those that outlive their settlement window where these need more. */
  readonly sweep: Swept;
}

/** What one holding adds to the swept loss of the initial line, as profit and loss; parts sum to minus `initial.swept`. */
export interface Contribution {
  /** Row of the book. */
  readonly row: number;
  /** What is held, or what the order would add. */
  readonly quantity: number;
  /** The open order it is, by its place in the portfolio. */
  readonly order?: number;
  readonly amount: Usd;
}

export interface Requirement {
  readonly maintenance: Line;
  readonly release: Line;
  readonly initial: Line;
  readonly contributions: readonly Contribution[];
  /** Everything the account holds. */
  readonly holdings: Holdings;
  /** What each of its open orders would change, in their order. */
  readonly fills: readonly Fill[];
  /** What counts as equity but may not be withdrawn: credited net long option value and unsettled profit (M-31). */
  readonly locked: Usd;
  /** `exact`: open orders cost their true worst subset of fills. `bound`: at least that. */
  readonly orders: 'exact' | 'bound';
}

/** A book as a model sees it. */
export interface MarginBook {
  readonly model: string;
  readonly risk: RiskBook;
  /** What the book was built with, and its digest. */
  readonly given: ModelParameters;
  readonly parameters: Digest;
}

/** What every model's parameters say of themselves. */
export interface ModelParameters extends ParameterSet {
  /** The stable assets there are, by code. */
  readonly pegs: Readonly<Record<string, object>>;
  /** The lanes, where a model has any. */
  readonly scenarios?: { readonly id: string };
}

/**
 * How near a term of a venue's model is to the venue's own number.
 * `exact`: shown to the digit on numbers that nobody here wrote. `partly`: the rule is stated by the venue, some of it is read between the
 * lines. `indicative`: right in kind; the venue does not say enough.
 */
export type ExactnessLevel = 'exact' | 'partly' | 'indicative';
export interface Exactness {
  readonly level: ExactnessLevel;
  /** One sentence: what it was held against, or what is not known. */
  readonly why: string;
}
/** The terms of a requirement that may be more or less exact: the scenarios, open orders, the lines, and every charge by its name. */
export type Term = 'scenarios' | 'orders' | 'release' | ChargeName;

/** Parameters as they stood from a day on. */
export interface DatedParameters<Parameters> {
  /** First day they hold, `2026-02-15`; UTC. */
  readonly effective: string;
  /** Where they were read, and what of them is not known. */
  readonly source: string;
  readonly parameters: Parameters;
}

/** What the model of a venue says of itself beside its numbers. */
export interface VenueFacts<Parameters> {
  /** The venue by its own name. */
  readonly venue: string;
  /** What every amount is counted in, where that is not plainly dollars at the index. */
  readonly unit: string;
  readonly exactness: Readonly<Partial<Record<Term, Exactness>>>;
  /** Ascending by day; the last is the model's `defaults`. */
  readonly history: readonly [DatedParameters<Parameters>, ...DatedParameters<Parameters>[]];
}

/**
 * A margin model: a value, not a class. A model takes only parameters and books of its own; they are methods, so that TypeScript lets
 * models of different parameters stand in one table.
 */
export interface MarginModel<
  Parameters extends ModelParameters = ModelParameters,
  Book extends MarginBook = MarginBook,
> {
  readonly id: string;
  readonly defaults: Parameters;
  /** Present where the model is a venue's. */
  readonly facts?: VenueFacts<Parameters>;
  /** How a parameter file may depart from the defaults. */
  readonly form: ParameterForm<Parameters>;
  /** Products valued in a market once and for all accounts; after it nothing looks at the market. */
  book(products: readonly Product[], market: Market, parameters: Parameters): Book | Refusal;
  /** The book again from its risk arrays, as a file holds them: what follows from arrays and parameters is worked out anew. */
  rebook(risk: RiskBook, parameters: Parameters): Book | Refusal;
  /** What one account must hold: three lines with what they are made of, open orders at the worst subset of their fills (M-34). */
  require(portfolio: Portfolio, book: Book): Requirement | Refusal;
  /** Whether it charges for what packed rows may hide (M-78), or has no rows; a model that does not is not packed. */
  readonly packs?: boolean;
  /**
   * The charges on nothing but the size of holdings, which grow faster than size, so that splitting holdings makes them smaller: an owner is
   * charged for all its accounts together (M-68). Absent where a model has none.
   */
  sizeCharges?(holdings: Holdings, fills: readonly Fill[], book: Book): readonly Charge[];
  /**
   * Parameters under which maintenance is the same to the last unit and the other lines are as quick as they may be: for who looks at maintenance
   * alone, many thousand times. Absent where that saves nothing.
   */
  maintenanceOnly?(parameters: Parameters): Parameters;
  /**
   * What an account that was just assessed may still open without asking the model again (M-230); undefined where nothing is proven of the account. Absent
   * where a model proves nothing of any.
   */
  headroom?(standing: Standing, book: Book): Headroom | undefined;
  /**
   * Figures of many accounts at once through a body, of a book of this model: to the last unit what `assess` says of each. Refuses what the body refuses.
   * Absent where accounts are judged otherwise than by the lines of `grid`.
   */
  figures?(body: FiguresBody, book: Book): FiguresSweep | Refusal;
  /** What closing one unit of every row costs, dollars (M-21). Absent where a model closes at the marks. */
  closingCosts?(measured: Measured, parameters: Parameters): Float64Array;
}

/**
 * Initial excess at least, as orders are opened one after another after a full assessment (M-230). Holds state: the orders kept. Anything else that happens
 * to the account, a fill, a cancel, a transfer, another market, ends it: the account is assessed anew.
 */
export interface Headroom {
  /** Initial excess at least with every order kept so far; what the assessment said while there is none. */
  readonly left: Usd;
  /** The same with one more order; undefined where only the full model knows, or refuses it. Nothing is kept. */
  with(order: Order): Usd | undefined;
  /** Keeps the order that was asked about last; nothing where that was answered with undefined, or is kept already. */
  keep(): void;
}

/** Where an account stands. */
export interface Standing {
  /** Signed: what the account is worth at the marks. */
  readonly equity: Usd;
  readonly requirement: Requirement;
  /** Equity minus requirement, per line; negative is short of margin. */
  readonly excess: Readonly<Record<LineName, Usd>>;
  /** What may leave: initial excess without net long option value and without unsettled profit, never below zero. */
  readonly withdrawable: Usd;
}
