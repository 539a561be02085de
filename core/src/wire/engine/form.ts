// A form reads and writes one shape, so that what is written and what is read cannot drift apart. Forms are made of forms.

import { assert } from '../../base/index.ts';
import { compareText } from '../../product/index.ts';
import { quoted, suggest } from '../words.ts';
import type { Reading } from './reading.ts';

/** How one shape stands in JSON. Written text is canonical: keys in code-unit order, no blanks, whole amounts as text of digits. */
export interface Form<T> {
  /** What must stand there, for a sentence: `a whole number from 1 to 9`. */
  readonly what: string;
  /** The value, or a stand-in beside a fault. `beside` is the object it is a field of. */
  read(value: unknown, reading: Reading, beside: Plain): T;
  write(value: T): string;
}

/** An object of a JSON text. */
export type Plain = Readonly<Record<string, unknown>>;

/** A field that need not be there. Without it the key is left out, or stands with undefined, as the type says. */
export interface Optional<T> extends Form<T> {
  readonly absent: 'left-out' | 'undefined';
}

/** Forms of the fields of a type: every field, and no other. */
export type FormsOf<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? Optional<Exclude<T[K], undefined>> : Form<T[K]>;
};

/** A field that is left out where it is absent. */
export function optional<T>(form: Form<T>): Optional<T> {
  return { ...form, absent: 'left-out' };
}

/** A field that is left out of the text and undefined in the value. */
export function maybe<T>(form: Form<T>): Optional<T> {
  return { ...form, absent: 'undefined' };
}

/** An object with known fields. @example record<{ a: number }>({ a: whole(1, 9) }).write({ a: 2 }) // '{"a":2}' */
export function record<T extends object>(forms: FormsOf<T>): Form<T> {
  const what = 'an object {...}';
  const fields = Object.entries(forms as Readonly<Record<string, Form<unknown>>>)
    .sort(([left], [right]) => compareText(left, right))
    .map(([key, form]) => ({ key, form, head: `${JSON.stringify(key)}:`, absent: absentOf(form) }));
  const known = new Set(fields.map(({ key }) => key));
  return {
    what,
    read(value, reading) {
      const out: Record<string, unknown> = {};
      if (!isPlain(value)) {
        reading.wrong(value, what);
        return out as T;
      }
      for (const key of Object.keys(value)) if (!known.has(key)) sayUnknown(key, [...known], reading);
      for (const { key, form, absent } of fields) {
        const item = value[key];
        reading.enter(key);
        if (item !== undefined) out[key] = form.read(item, reading, value);
        else if (absent === undefined) reading.say('malformed', `It is missing; it must be ${form.what}.`);
        else if (absent === 'undefined') out[key] = undefined;
        reading.leave();
      }
      return out as T;
    },
    write(value) {
      let text = '';
      for (const { key, form, head, absent } of fields) {
        const item = (value as Plain)[key];
        if (item === undefined) {
          assert(absent !== undefined, 'a field that must be there is there');
          continue;
        }
        text += text === '' ? head : `,${head}`;
        text += form.write(item);
      }
      return `{${text}}`;
    },
  };
}

function absentOf(form: Form<unknown>): Optional<unknown>['absent'] | undefined {
  return 'absent' in form ? (form as Optional<unknown>).absent : undefined;
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sayUnknown(key: string, known: readonly string[], reading: Reading): void {
  reading.say('malformed', `The key ${quoted(key)} is unknown here.${suggest(key, known)}`);
}

/** One shape for every kind. @example kinds<Scope>({ account: { id: name }, ... }) */
export type KindForms<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: FormsOf<Omit<Extract<T, { readonly kind: K }>, 'kind'>>;
};

/** An object that says its kind, by which its fields are known. */
export function kinds<T extends { readonly kind: string }>(table: KindForms<T>): Form<T> {
  const what = 'an object {...} with a kind';
  const names = Object.keys(table);
  const forms = new Map(
    Object.entries(table).map(([kind, fields]) => {
      const all = { ...(fields as object), kind: constant(kind) } as unknown as FormsOf<T>;
      return [kind, { form: record<T>(all), step: `(${kind})` }] as const;
    }),
  );
  return {
    what,
    read(value, reading, beside) {
      if (!isPlain(value)) {
        reading.wrong(value, what);
        return {} as T;
      }
      const { kind } = value;
      const known = typeof kind === 'string' ? forms.get(kind) : undefined;
      if (known === undefined) {
        sayKind(kind, names, reading);
        return {} as T;
      }
      reading.enter(known.step);
      const read = known.form.read(value, reading, beside);
      reading.leave();
      return read;
    },
    write(value) {
      const known = forms.get(value.kind);
      assert(known !== undefined, 'every kind has its form');
      return known.form.write(value);
    },
  };
}

function sayKind(kind: unknown, names: readonly string[], reading: Reading): void {
  reading.enter('kind');
  if (kind === undefined) reading.say('malformed', `It is missing.${suggest('', names)}`);
  else if (typeof kind !== 'string') reading.wrong(kind, 'a text');
  else reading.say('malformed', `${quoted(kind)} is unknown here.${suggest(kind, names)}`);
  reading.leave();
}

/** A text that is always the same. */
export function constant(word: string): Form<string> {
  const text = JSON.stringify(word);
  return {
    what: text,
    read(value, reading) {
      if (value !== word) reading.wrong(value, text);
      return word;
    },
    write: () => text,
  };
}

/** The same form with one more doubt, asked where nothing else is wrong: what is wrong with a value, or undefined. */
export function refine<T>(form: Form<T>, doubt: (value: T, reading: Reading) => void): Form<T> {
  return {
    ...form,
    read(value, reading, beside) {
      const read = form.read(value, reading, beside);
      if (reading.fault === undefined) doubt(read, reading);
      return read;
    },
  };
}

/** A value or null. */
export function nullable<T>(form: Form<T>): Form<T | null> {
  return {
    what: `${form.what}, or null`,
    read: (value, reading, beside) => (value === null ? null : form.read(value, reading, beside)),
    write: (value) => (value === null ? 'null' : form.write(value)),
  };
}
