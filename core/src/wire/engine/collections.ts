// Lists, maps and rows of the engine's text, each with a limit.

import { compareText } from '../../product/index.ts';
import { quoted } from '../words.ts';
import { type Form, type FormsOf, isPlain, type Plain } from './form.ts';
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

/** An object as a list of its fields in the order of the forms, where there are millions; what may be absent is null. */
export function columns<T extends object>(forms: FormsOf<T>): Form<T> {
  const fields = Object.entries(forms as Readonly<Record<string, Form<unknown>>>).map(([key, form]) => ({
    key,
    form,
    isOptional: 'absent' in form,
  }));
  const what = `a list of ${fields.map(({ key }) => key).join(', ')}`;
  return {
    what,
    read(value, reading) {
      const out: Record<string, unknown> = {};
      const items = itemsOf(value, what, reading, fields.length, fields.length);
      if (items.length === 0) return out as T;
      for (let i = 0; i < fields.length; i++) {
        const { key, form, isOptional } = fields[i]!;
        reading.enter(key);
        out[key] = isOptional && items[i] === null ? undefined : form.read(items[i], reading, NONE);
        reading.leave();
      }
      return out as T;
    },
    write(value) {
      let text = '';
      for (const { key, form } of fields) {
        const item = (value as Plain)[key];
        text += `${text === '' ? '' : ','}${item === undefined ? 'null' : form.write(item)}`;
      }
      return `[${text}]`;
    },
  };
}

/** A key and its value. */
export function entry<T>(key: Form<string>, form: Form<T>): Form<readonly [string, T]> {
  const what = 'a list of a key and a value';
  return {
    what,
    read(value, reading) {
      const [first, second] = itemsOf(value, what, reading, 2, 2);
      const name = key.read(first ?? '', reading, NONE);
      reading.enter(name);
      const read = form.read(second, reading, NONE);
      reading.leave();
      return [name, read];
    },
    write: ([name, value]) => `[${key.write(name)},${form.write(value)}]`,
  };
}

/** A map as a list of keys and values, in the map's own order, which is part of the value. */
export function entries<T>(key: Form<string>, form: Form<T>, most: number): Form<Map<string, T>> {
  const one = entry(key, form);
  const all = list(one, most);
  return {
    what: all.what,
    read(value, reading, beside) {
      const out = new Map<string, T>();
      for (const [name, item] of all.read(value, reading, beside)) {
        if (out.has(name)) reading.say('duplicate', `${quoted(name)} stands twice; keep one.`);
        out.set(name, item);
      }
      return out;
    },
    write(value) {
      let text = '';
      for (const item of value) text += text === '' ? one.write(item) : `,${one.write(item)}`;
      return `[${text}]`;
    },
  };
}
