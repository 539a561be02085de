// Where planted defects were found.

/** The seed at which each was found first, from 1 on: a test begins to look there. */
export const FOUND_AT: Readonly<Record<string, number>> = {
  'interest is forgotten': 8,
  'an option pays out with the wrong sign': 20,
  'a bust gives no fees back': 5,
  'a withdrawal ignores what is locked': 39,
  'one-cancels-other does not cancel': 3,
  'reduce-only orders are not trimmed': 30,
  'a kill leaves quotes': 44,
  'protection pulls nothing': 5,
  'closing leaves orders': 1,
  'closing ignores a stale market': 5,
  'a call ends without hysteresis': 5,
  'forced trades are made at half their cost': 5,
  'a deadline is not longer after a halt': 68,
  'there is no grace after a halt': 3,
  'nobody is held to a rate': 14,
  'halts of accounts stop nobody': 23,
  'limits are not looked at': 18,
  'two approvals are by the same hand': 55,
  'a cure is one unit short': 5,
  'what is decided hangs on something outside': 2,
};
