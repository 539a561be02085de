// Lists, maps and rows of the engine's text, each with a limit.

import { compareText } from '../../product/index.ts';
import { type Form, isPlain, type Plain } from './form.ts';
import type { Reading } from './reading.ts';

const NONE: Plain = {};

function itemsOf(
  value: unknown,
  what: string,
  reading: Reading,
  least: number,
  most: number,
): readonly unknown[] {
  if (!Array.isArray(value)) {
    reading.wrong(value, what);
    return [];
  }
  if (value.length >= least && value.length <= most) return value;
  const mend = value.length > most ? 'split it' : 'leave it out or fill it';
  const said = `There are ${value.length} entries and must be from ${least} to ${most}; ${mend}.`;
  reading.say(value.length > most ? 'too-large' : 'empty', said);
  return [];
}

/** A list of one shape. @example list(whole(1, 9), 3).write([1, 2]) // '[1,2]' */
export function list<T>(form: Form<T>, most: number, least = 0): Form<readonly T[]> {
  const what = 'a list [...]';
  return {
    what,
    read(value, reading) {
      return itemsOf(value, what, reading, least, most).map((item, i) => {
        reading.enter(i);
        const read = form.read(item, reading, NONE);
        reading.leave();
        return read;
      });
    },
    write(value) {
      let text = '';
      for (const item of value) text += text === '' ? form.write(item) : `,${form.write(item)}`;
      return `[${text}]`;
    },
  };
}

/** Two of one shape. */
export function pair<T>(form: Form<T>): Form<readonly [T, T]> {
  const both = list(form, 2, 2);
  return {
    ...both,
    read: (value, reading, beside) => both.read(value, reading, beside) as unknown as readonly [T, T],
  };
}

/** A map as an object, whose order says nothing: it is read and written in code-unit order of its names. */
export function named<T>(name: Form<string>, form: Form<T>, most: number): Form<ReadonlyMap<string, T>> {
  const what = 'an object {...}';
  return {
    what,
    read(value, reading) {
      const out = new Map<string, T>();
      if (!isPlain(value)) reading.wrong(value, what);
      else {
        const keys = Object.keys(value).sort(compareText);
        if (keys.length > most) {
          reading.say(
            'too-large',
            `There are ${keys.length} entries, more than the limit of ${most}; split it.`,
          );
          return out;
        }
        for (const key of keys) {
          reading.enter(key);
          out.set(name.read(key, reading, NONE), form.read(value[key], reading, value));
          reading.leave();
        }
      }
      return out;
    },
    write(value) {
      const keys = [...value.keys()].sort(compareText);
      return `{${keys.map((key) => `${JSON.stringify(key)}:${form.write(value.get(key) as T)}`).join(',')}}`;
    },
  };
}
