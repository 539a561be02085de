// The smallest pieces of the engine's text: names, words, counts, amounts, times. What may be wrong with one is said here.

import { assert, type Instant, type Usd } from '../../base/index.ts';
import {
  ID_LENGTH_MAX,
  LOTS_MAX,
  NAME_LENGTH_MAX,
  REASON_LENGTH_MAX,
  UNITS_MAX,
} from '../../engine/index.ts';
import { isServedInstant } from '../instants.ts';
import { isAssetCode } from '../names.ts';
import { quoted, suggest } from '../words.ts';
import type { Form } from './form.ts';

/** Longest sentence a program wrote: refusals, reasons of a source policy. */
export const MESSAGE_LENGTH_MAX = 10_000;
/** Most digits of a whole amount. */
const WHOLE_LENGTH_MAX = 128;
const WHOLE = /^(?:0|-?[1-9]\d*)$/;
/** Control characters, lone surrogates and the separators that end a line: they forge logs, and no two programs show them alike. */
const UNSHOWN = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Text of so many characters, all of which can be shown on one line. */
export function text(most: number, least = 1): Form<string> {
  const what = `a text of ${least} to ${most} characters`;
  return {
    what,
    read(value, reading) {
      if (typeof value !== 'string') reading.wrong(value, what);
      else if (value.length < least) reading.say('empty', `It is empty and must be ${what}.`);
      else if (value.length > most) {
        reading.say(
          'too-large',
          `It has ${value.length} characters, more than the limit of ${most}; shorten it.`,
        );
      } else if (UNSHOWN.test(value)) {
        reading.say(
          'malformed',
          `${quoted(value)} has a control character or half of one; write it without.`,
        );
      }
      return typeof value === 'string' ? value : '';
    },
    write: (value) => JSON.stringify(value),
  };
}

/** Text without blanks at its ends, where two that look alike would be two. */
function trimmed(most: number): Form<string> {
  const any = text(most);
  return {
    ...any,
    read(value, reading, beside) {
      const read = any.read(value, reading, beside);
      if (reading.fault === undefined && read !== read.trim())
        reading.say('malformed', `${quoted(read)} begins or ends with a blank; write it without.`);
      return read;
    },
  };
}

/** A name of an operator or product, or a word of a client. */
export const name: Form<string> = trimmed(NAME_LENGTH_MAX);
/** An id of a client's input, or of a fill. */
export const clientId: Form<string> = trimmed(ID_LENGTH_MAX);

/** A name of an account, owner, group or set: without any blank, so that it can be part of a key. */
export const handle: Form<string> = {
  ...name,
  read(value, reading, beside) {
    const read = name.read(value, reading, beside);
    if (reading.fault === undefined && /\s/.test(read))
      reading.say('malformed', `${quoted(read)} has a blank; write a name without, such as desk-1.`);
    return read;
  },
};

/** A name of a product, which many hold: read as one object. */
export const shared: Form<string> = {
  ...name,
  read: (value, reading, beside) => reading.same(name.read(value, reading, beside)),
};

export const reason: Form<string> = text(REASON_LENGTH_MAX);
export const message: Form<string> = text(MESSAGE_LENGTH_MAX);

/** Text that we wrote ourselves: nothing is doubted but its length. */
export const word: Form<string> = {
  what: 'a text',
  read(value, reading) {
    if (typeof value !== 'string' || value.length > MESSAGE_LENGTH_MAX)
      reading.wrong(value, `a text of at most ${MESSAGE_LENGTH_MAX} characters`);
    return typeof value === 'string' ? value : '';
  },
  write: (value) => JSON.stringify(value),
};
/** The same, of which there are many. */
export const common: Form<string> = {
  ...word,
  read: (value, reading, beside) => reading.same(word.read(value, reading, beside)),
};

/** Text by a pattern. */
function patterned(what: string, fits: (value: string) => boolean): Form<string> {
  return {
    what,
    read(value, reading) {
      if (typeof value === 'string' && value.length <= NAME_LENGTH_MAX && fits(value)) return value;
      reading.wrong(value, what);
      return '';
    },
    write: (value) => JSON.stringify(value),
  };
}

export const asset: Form<string> = patterned('the code of an asset, such as USDC', isAssetCode);
/** The seq of the input that placed it, and its place there. */
export const orderId: Form<string> = patterned('the id of an order, such as 1207.0', (value) =>
  /^[1-9]\d{0,15}\.(?:0|[1-9]\d{0,4})$/.test(value),
);
export const digest: Form<string> = patterned('64 digits of lower-case hexadecimal', (value) =>
  /^[0-9a-f]{64}$/.test(value),
);

/** One of some words. @example words(['buy', 'sell']).write('buy') // '"buy"' */
export function words<W extends string>(known: readonly W[]): Form<W> {
  return {
    what: `one of ${known.join(', ')}`,
    read(value, reading) {
      const word = known.find((candidate) => candidate === value);
      if (word !== undefined) return word;
      if (typeof value !== 'string') reading.wrong(value, `one of ${known.join(', ')}`);
      else reading.say('malformed', `${quoted(value)} is unknown here.${suggest(value, known)}`);
      return known[0]!;
    },
    write: (value) => JSON.stringify(value),
  };
}

/** One of some numbers. */
export function choice<N extends number>(known: readonly N[]): Form<N> {
  const what = known.join(' or ');
  return {
    what,
    read(value, reading) {
      const one = known.find((candidate) => candidate === value);
      if (one === undefined) reading.wrong(value, what, 'out-of-range');
      return one ?? known[0]!;
    },
    write: (value) => String(value),
  };
}

export const flag: Form<boolean> = {
  what: 'true or false',
  read(value, reading) {
    if (typeof value !== 'boolean') reading.wrong(value, 'true or false');
    return value === true;
  },
  write: (value) => (value ? 'true' : 'false'),
};

/** A whole number that a double counts one by one, as a JSON number. @example whole(1, 9).write(2) // '2' */
export function whole(least: number, most: number): Form<number> {
  const what = `a whole number from ${least} to ${most}`;
  return {
    what,
    read(value, reading) {
      if (typeof value !== 'number') reading.wrong(value, what);
      else if (!Number.isSafeInteger(value) || value < least || value > most)
        reading.wrong(value, what, 'out-of-range');
      // Minus zero is zero.
      else return value + 0;
      return least;
    },
    write(value) {
      assert(Number.isSafeInteger(value), 'a count is a whole number');
      return String(value);
    },
  };
}

/** A number, as a JSON number; minus zero is zero. */
export function fraction(least: number, most: number): Form<number> {
  const what = `a number from ${least} to ${most}`;
  return {
    what,
    read(value, reading) {
      if (typeof value !== 'number') reading.wrong(value, what);
      else if (!(value >= least && value <= most)) reading.wrong(value, what, 'out-of-range');
      else return value + 0;
      return least;
    },
    write(value) {
      assert(Number.isFinite(value), 'a number of the engine is finite');
      return String(value);
    },
  };
}

/** A whole amount as text of digits: it may be beyond what a double counts. @example digits(0n, 9n).write(2n) // '"2"' */
export function digits(least?: bigint, most?: bigint): Form<bigint> {
  const from = least === undefined ? '' : ` from ${least}`;
  const what = `a whole amount as text of digits, such as "1500"${from}${most === undefined ? '' : ` to ${most}`}`;
  return {
    what,
    read(value, reading) {
      if (typeof value !== 'string') reading.wrong(value, what);
      else if (value.length > WHOLE_LENGTH_MAX || !WHOLE.test(value)) reading.wrong(value, what);
      else {
        const amount = BigInt(value);
        if (!((least !== undefined && amount < least) || (most !== undefined && amount > most)))
          return amount;
        reading.wrong(value, what, 'out-of-range');
      }
      return least ?? 0n;
    },
    write: (value) => `"${value}"`,
  };
}

/** Dollars of the ledger, in 1e-8. */
export const dollars = digits() as unknown as Form<Usd>;
/** Any amount of an asset, of either sign. */
export const units: Form<bigint> = digits();
/** An amount that is given, and so above zero. */
export const given: Form<bigint> = digits(1n, UNITS_MAX);
/** An amount that may be nothing. */
export const amount: Form<bigint> = digits(0n, UNITS_MAX);
export const fee: Form<bigint> = digits(-UNITS_MAX, UNITS_MAX);

export const lots: Form<number> = whole(1, LOTS_MAX);
export const signedLots: Form<number> = whole(-LOTS_MAX, LOTS_MAX);
export const price: Form<number> = whole(1, Number.MAX_SAFE_INTEGER);
export const count: Form<number> = whole(0, Number.MAX_SAFE_INTEGER);

/** Milliseconds since 1970, from 2009 to 2100; anything else is another unit. */
export const time: Form<Instant> = {
  what: 'a time in whole milliseconds since 1970, from 2009 to 2100',
  read(value, reading) {
    if (typeof value !== 'number') reading.wrong(value, this.what);
    else if (!isServedInstant(value))
      reading.wrong(value, `${this.what}; seconds are not milliseconds`, 'out-of-range');
    else return value as Instant;
    return 0 as Instant;
  },
  write: (value) => String(value),
};

/** A time, or 0 for at once. */
export const timeOrNow: Form<Instant> = {
  what: `0 for at once, or ${time.what}`,
  read: (value, reading, beside) => (value === 0 ? (0 as Instant) : time.read(value, reading, beside)),
  write: time.write,
};

/** A time that we wrote ourselves. */
export const moment = fraction(0, Number.MAX_SAFE_INTEGER) as unknown as Form<Instant>;
/** Any finite number. */
export const finite: Form<number> = fraction(-Number.MAX_VALUE, Number.MAX_VALUE);
