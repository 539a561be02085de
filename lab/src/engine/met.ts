// Defects of the engine that simulated venues met, each mended and kept as a row of a test.

export interface Met {
  /** Seed and step in the worlds of that time, which have changed since: the row is what lasts. The step where one was printed. */
  readonly seed: number;
  readonly step?: number;
  readonly model: string;
  readonly rule: string;
  readonly what: string;
}

export const MET: readonly Met[] = [
  {
    seed: 2,
    step: 134,
    model: 'static',
    rule: 'M-204',
    what: 'orders that were open before filled while their account, owner or product was halted',
  },
  {
    seed: 3,
    step: 200,
    model: 'static',
    rule: 'M-200',
    what: 'an input that was refused behind a leap of the clock was remembered as taken, and answered `repeated` when it came again',
  },
  {
    seed: 146,
    step: 174,
    model: 'static',
    rule: 'M-218',
    what: 'a halt within a halt began it anew: deadlines were lengthened by the last part alone',
  },
  {
    seed: 103,
    step: 166,
    model: 'static',
    rule: 'M-218',
    what: 'the deadline of a call passed while the venue was halted',
  },
  {
    seed: 31,
    step: 134,
    model: 'static',
    rule: 'M-212',
    what: 'cures and trades that are tried left out the interest and funding that a payment or trade pays first: a cure was a unit short',
  },
  {
    seed: 48,
    step: 92,
    model: 'static',
    rule: 'M-204',
    what: 'a mass quote went past the limit of open orders of its owner',
  },
  {
    seed: 378,
    model: 'static',
    rule: 'M-200',
    what: 'a leap of the clock went unseen where the first message behind it was refused or repeated',
  },
  {
    seed: 220,
    model: 'static',
    rule: 'M-200',
    what: 'a freeze, a hold and the day of a proposal were taken in parts of a millisecond, which no snapshot can hold; a proposal from NaN on was adopted at once',
  },
  {
    seed: 629,
    step: 73,
    model: 'static',
    rule: 'M-209',
    what: 'a conversion left a larger debt than may be owed: the interest that had run up was not counted',
  },
];
