// Every limit has a name. What has one here is bounded whatever the policy says.

/** Longest name of an account, owner, group, operator, or an id of a client. */
export const NAME_LENGTH_MAX = 64;
/** Longest reason an operator writes down. */
export const REASON_LENGTH_MAX = 500;
/** Largest amount of one input, in units of the asset: a thousand times all dollars there are, at eight decimals. */
export const UNITS_MAX = 10n ** 24n;
/** Largest position and order, in lots: what a double counts one by one. */
export const LOTS_MAX = Number.MAX_SAFE_INTEGER;
/** Most accounts, assets and products of one engine. */
export const ACCOUNTS_MAX = 2_000_000;
export const ASSETS_MAX = 1_000;
export const PRODUCTS_MAX = 20_000;
/** Most open orders of one account, whatever its limit says. */
export const ORDERS_MAX = 10_000;
/** Most quotes in one mass quote. */
export const QUOTES_MAX = 1_000;
/** Ids of clients that are remembered; the oldest are forgotten first. */
export const IDS_MAX = 200_000;
/** Fills that can still be busted; the oldest are forgotten first. */
export const FILLS_MAX = 100_000;
/** Most accounts judged in one slice. */
export const SLICE_MAX = 1_000;
/** Most calls whose deadline one beat looks at. */
export const DEADLINES_MAX = 1_000;
/** Most sets of parameters that are kept, proposed ones among them. */
export const SETS_MAX = 1_000;
/** Most models that are computed beside the one that counts. */
export const SHADOWS_MAX = 4;
/** Accounts that a proposal names, of those it would call or close. */
export const PREVIEW_MAX = 100;
/** Steps of a search for the smallest amount or trade that cures. */
export const SEARCH_STEPS_MAX = 64;
/** Forced trades of one account in one visit; the next visit goes on. */
export const CLOSES_MAX = 16;
/** Longest id of a client. */
export const ID_LENGTH_MAX = 128;
/** Accounts whose headroom is kept between orders; who was asked about longest ago is assessed anew. */
export const ROOMS_MAX = 2_000;
/** A coin whose sources may close nobody holds up closing where it is more than this share of what an account holds. */
export const DOUBT_SHARE = 0.05;
/** A settlement price is within this share of the index, where there is one. */
export const SETTLE_BAND = 0.25;
/** Steps in which the smallest share of a whole book is looked for that brings it back to the line. */
export const SHARE_STEPS = 64;
