// Where the amounts of an account's lines are.

/** After maintenance at 0: release, initial, and what must stay of initial and release; i64 each. */
export const RELEASE: usize = 8;
export const INITIAL: usize = 16;
export const STAYING_INITIAL: usize = 24;
export const STAYING_RELEASE: usize = 32;
