// Who is asked: books of the models in use, and standings, kept as long as what they were made of stands. Never part of the state: anybody who
// has the state makes the same.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import {
  assess,
  assessOwner,
  assetProduct,
  type Balance,
  type FiguresBody,
  type Headroom,
  type MarginBook,
  type MarginModel,
  type Portfolio,
  type Standing,
} from '../margin/index.ts';
import type { Market } from '../market/index.ts';
import type { Product } from '../product/index.ts';
import { ROOMS_MAX } from './bounds.ts';
import { CrowdJudge } from './crowd.ts';
import type { StandingFigures } from './facts.ts';
import { withOrders } from './imagine.ts';
import { figuresOf } from './ladder.ts';
import { orderOf, portfolioOf } from './portfolio.ts';
import type { AccountState, OpenOrder, ParameterProposal, State } from './state.ts';
import type { GroupId, SetId } from './words.ts';

/** Margin models by name. */
export type Models = ReadonlyMap<string, MarginModel>;

/** A model with its book of now. */
export interface Judge {
  readonly model: MarginModel;
  readonly book: MarginBook;
}

interface KeptBook {
  readonly market: Market;
  readonly listing: number;
  readonly judge: Judge | Refusal;
}

interface KeptFigures {
  /** Of the account and of its owner's others, by name. */
  readonly version: string;
  readonly book: MarginBook;
  readonly figures: StandingFigures | Refusal;
}

/** What is proven of an account since it was last assessed whole (M-230). */
interface KeptRoom {
  version: number;
  readonly book: MarginBook;
  readonly room: Headroom;
}

/** Everything that a book of a venue holds: its assets, and what is listed and not settled. */
function bookProducts(state: State): Product[] {
  const products: Product[] = [...state.assets.keys()].map(assetProduct);
  for (const { terms, mode } of state.products.values()) if (mode !== 'settled') products.push(terms.product);
  return products;
}

export class Desk {
  private readonly models: Models;
  private readonly crowd: CrowdJudge | undefined;
  private readonly books = new Map<SetId, KeptBook>();
  private readonly figures = new WeakMap<AccountState, KeptFigures>();
  private readonly rooms = new Map<AccountState, KeptRoom>();

  /** A body, where there is one, judges whole slices in one call. */
  constructor(models: Models, body?: FiguresBody) {
    this.models = models;
    this.crowd = body === undefined ? undefined : new CrowdJudge(body);
  }

  has(model: string): boolean {
    return this.models.has(model);
  }

  names(): string[] {
    return [...this.models.keys()];
  }

  /** A set's book in a market that need not be the state's. Refuses what the model refuses. */
  build(
    state: State,
    { model, parameters }: Pick<ParameterProposal, 'model' | 'parameters'>,
    market: Market,
  ): Judge | Refusal {
    const known = this.models.get(model);
    if (known === undefined) {
      return refuse(
        'unknown-model',
        `there is no such model here; known are ${this.names().join(', ')}.`,
        model,
      );
    }
    const book = known.book(bookProducts(state), market, parameters);
    return isRefusal(book) ? book : { model: known, book };
  }

  /** The book of a set in the state's market, built once. */
  judgeOf(state: State, set: SetId): Judge | Refusal {
    const { market, listing } = state;
    if (market === undefined) return refuse('no-market', 'no market has been observed yet; send one.', set);
    const kept = this.books.get(set);
    if (kept !== undefined && kept.market === market && kept.listing === listing) return kept.judge;
    const proposal = state.sets.get(set);
    const judge =
      proposal === undefined
        ? refuse('unknown-set', 'there is no such set of parameters; propose it.', set)
        : this.build(state, proposal, market);
    this.books.set(set, { market, listing, judge });
    return judge;
  }

  /** Takes over a book that was built while a market was doubted. */
  keep(state: State, set: SetId, market: Market, judge: Judge): void {
    this.books.set(set, { market, listing: state.listing, judge });
  }

  /** The model and book that count for a group. */
  judgeOfGroup(state: State, group: GroupId): Judge | Refusal {
    const own = state.groups.get(group);
    if (own === undefined) {
      return refuse(
        'unknown-set',
        'no parameters are adopted for this group of accounts; propose some.',
        group,
      );
    }
    return this.judgeOf(state, own.set);
  }

  /**
   * Where an account stands under the model of its group, with its share of what its owner is charged for size (M-219). A standing holds its sweeps, so of a
   * crowd only the figures are kept.
   */
  figuresOf(state: State, account: AccountState): StandingFigures | Refusal {
    const judge = this.judgeOfGroup(state, account.group);
    if (isRefusal(judge)) return judge;
    const siblings = siblingsOf(state, account);
    const version = versionOf([account, ...siblings]);
    const kept = this.figures.get(account);
    if (kept !== undefined && kept.version === version && kept.book === judge.book) return kept.figures;
    const figures = figuresIn(state, account, siblings, judge);
    this.figures.set(account, { version, book: judge.book, figures });
    return figures;
  }

  /**
   * Judges those of some accounts that are about to be looked at, all in one call where there is a body, and keeps their figures: they are what `figuresOf` would find.
   * Whoever has open orders or is one of several of an owner is left for that.
   */
  ahead(state: State, accounts: Iterable<AccountState>): void {
    if (this.crowd === undefined) return;
    const crowds = new Map<MarginBook, { readonly judge: Judge; readonly accounts: AccountState[] }>();
    for (const account of accounts) {
      const { isHouse, group, orders } = account;
      const judge =
        isHouse || orders.size > 0 || !state.groups.has(group) ? undefined : this.judgeOfGroup(state, group);
      if (judge === undefined || isRefusal(judge) || siblingsOf(state, account).length > 0) continue;
      const kept = this.figures.get(account);
      if (kept?.book === judge.book && kept.version === versionOf([account])) continue;
      const crowd = crowds.get(judge.book) ?? { judge, accounts: [] };
      crowd.accounts.push(account);
      crowds.set(judge.book, crowd);
    }
    for (const { judge, accounts: own } of crowds.values()) {
      const { book } = judge;
      for (const [i, figures] of this.crowd.figuresOf(state, own, judge)) {
        this.figures.set(own[i]!, { version: versionOf([own[i]!]), book, figures });
      }
    }
  }

  /** Where an account would stand if it were as `imagined`, by itself, with all that its requirement is made of. Kept nowhere. */
  standingAs(state: State, imagined: AccountState): Standing | Refusal {
    const judge = this.judgeOfGroup(state, imagined.group);
    return isRefusal(judge) ? judge : assess(seenIn(state, imagined, judge.book), judge.book, judge.model);
  }

  /**
   * Whether one more order of an account is covered whatever fills: by what is proven since its last assessment, else by the model (M-203, M-230). A proof never
   * admits what the model would refuse, so that it does not matter who has assessed what before. Answers the figures where the model was asked and initial is not covered.
   */
  admit(state: State, account: AccountState, order: OpenOrder): StandingFigures | Refusal | undefined {
    const judge = this.judgeOfGroup(state, account.group);
    if (isRefusal(judge)) return judge;
    const siblings = siblingsOf(state, account);
    const asked = orderOf(state, order);
    const kept = siblings.length > 0 ? undefined : this.rooms.get(account);
    if (
      kept !== undefined &&
      asked !== undefined &&
      kept.version === account.version &&
      kept.book === judge.book
    ) {
      const left = kept.room.with(asked);
      if (left !== undefined && left >= 0n) {
        kept.room.keep();
        // The order's own fact is what happens to the account next.
        kept.version++;
        return undefined;
      }
    }
    const after = withOrders(account, [], [order]);
    if (siblings.length > 0) {
      const figures = figuresIn(state, after, siblings, judge);
      return isRefusal(figures) || figures.equity < figures.initial ? figures : undefined;
    }
    const standing = assess(seenIn(state, after, judge.book), judge.book, judge.model);
    if (isRefusal(standing)) return standing;
    if (standing.excess.initial < 0n) return figuresOf(standing);
    this.keepRoom(account, standing, judge);
    return undefined;
  }

  private keepRoom(account: AccountState, standing: Standing, { book, model }: Judge): void {
    const room = model.headroom?.(standing, book);
    this.rooms.delete(account);
    if (room === undefined) return;
    this.rooms.set(account, { version: account.version + 1, book, room });
    for (const oldest of this.rooms.keys()) {
      if (this.rooms.size <= ROOMS_MAX) return;
      this.rooms.delete(oldest);
    }
  }

  /** The figures of an account if it were as `imagined`, and its owner's others as they are. */
  figuresAs(state: State, imagined: AccountState): StandingFigures | Refusal {
    const judge = this.judgeOfGroup(state, imagined.group);
    return isRefusal(judge) ? judge : figuresIn(state, imagined, siblingsOf(state, imagined), judge);
  }
}

/** What figures of accounts depend on beside the book. */
function versionOf(accounts: readonly AccountState[]): string {
  return accounts.map(({ place, version }) => `${place}:${version}`).join();
}

/** What a book sees of an account: money that it has no price for counts as nothing, so that depositing it hides nobody (M-211). */
function seenIn(state: State, account: AccountState, { risk }: MarginBook): Portfolio {
  const portfolio = portfolioOf(state, account);
  const isPriced = ({ asset, quantity }: Balance) => quantity < 0 || risk.indexOf.has(asset);
  return portfolio.balances.every(isPriced)
    ? portfolio
    : { ...portfolio, balances: portfolio.balances.filter(isPriced) };
}

/** The other accounts of an owner that are in the same group and hold or want anything that trades. */
function siblingsOf(state: State, account: AccountState): readonly AccountState[] {
  const { accounts } = state.owners.get(account.owner)!;
  if (accounts.length === 1 || account.isHouse) return [];
  return accounts
    .map((id) => state.accounts.get(id)!)
    .filter(
      ({ id, group, positions, orders }) =>
        id !== account.id && group === account.group && positions.size + orders.size > 0,
    );
}

/** Where an account would stand under another model and book (M-217), its owner's other accounts counted. */
export function figuresUnder(state: State, account: AccountState, judge: Judge): StandingFigures | Refusal {
  return figuresIn(state, account, siblingsOf(state, account), judge);
}

function figuresIn(
  state: State,
  account: AccountState,
  siblings: readonly AccountState[],
  { book, model }: Judge,
): StandingFigures | Refusal {
  const own = seenIn(state, account, book);
  const standing = assess(own, book, model);
  if (isRefusal(standing)) return standing;
  const figures = figuresOf(standing);
  if (siblings.length === 0 || model.sizeCharges === undefined) return figures;
  const accounts = [own, ...siblings.map((sibling) => seenIn(state, sibling, book))];
  const owner = assessOwner(
    { accounts: accounts.map((portfolio) => ({ portfolio, subaccounts: [] })) },
    book,
    model,
    'portfolio',
  );
  if (isRefusal(owner)) return owner;
  return { ...figures, ...owner.accounts[0]!.shared.requirement };
}
