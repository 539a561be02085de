// JSON (RFC 8259) by hand: `JSON.parse` keeps the last of two equal keys in silence, rounds numbers before we see them, and cannot say
// on which line it stopped. A portfolio read wrongly is money, so the text is walked here and every node knows its line.

import { type Refusal, refuse } from '../base/index.ts';
import { oversize, quoted } from './words.ts';

/** Deepest nesting; our deepest file has 8. */
export const JSON_DEPTH_MAX = 32;
/** Characters of one JSON text: 64 Mi; a whole venue's summaries are 5. */
export const JSON_LENGTH_MAX = 67_108_864;

/** A node of a JSON text, with the line it begins on. Numbers stay text until someone says what they count. */
export type Json =
  | { readonly kind: 'null'; readonly line: number }
  | { readonly kind: 'boolean'; readonly line: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly line: number; readonly text: string }
  | { readonly kind: 'text'; readonly line: number; readonly value: string }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Json[] }
  | JsonObject;

export interface JsonObject {
  readonly kind: 'object';
  readonly line: number;
  readonly fields: ReadonlyMap<string, Json>;
}

/** A run of characters that ends at a blank or at structure: a number or a word. */
const TOKEN = /[^\s,:"[\]{}]*/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** What a number or a word may look like when the file stops inside it. */
const CUT_TOKEN = /^(?:-?(?:\d+(?:\.\d*)?(?:[eE][+-]?)?)?|n|nu|nul|t|tr|tru|f|fa|fal|fals)$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads one JSON value and nothing after it. Refuses an early end (`truncated`), two equal keys (`duplicate`), nesting beyond 32 and text
 * beyond 64 Mi characters (`too-large`), and everything RFC 8259 does not know (`malformed`): comments, trailing commas, NaN.
 * @example parseJson('{"a":1}', 'a.json') // { kind: 'object', line: 1, fields: Map { 'a' => { kind: 'number', text: '1' } } }
 */
export function parseJson(text: string, source: string): Json | Refusal {
  const large = oversize(text, source, JSON_LENGTH_MAX);
  if (large !== undefined) return large;
  const walker = new Walker(text, source);
  if (walker.isAtEnd()) return refuse('empty', 'The file is empty; it needs a JSON value.', source);
  const node = walker.value(0);
  if (node === undefined) return walker.fault!;
  if (walker.isAtEnd()) return node;
  return refuse('malformed', 'There is text after the end of the JSON value; remove it.', walker.place());
}

/** Whether a read ended in a refusal: a `Json` has no reason. @example isJson(parseJson('1', 'a')) // true */
export function isJson(node: Json | Refusal): node is Json {
  return node.kind !== 'refused';
}

/** A node as plain data, numbers as the nearest doubles. @example plainJson(node) // { a: 1 } */
export function plainJson(node: Json): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'number':
      return Number(node.text);
    case 'list':
      return node.items.map(plainJson);
    case 'object':
      return Object.fromEntries([...node.fields].map(([key, item]) => [key, plainJson(item)]));
    default:
      return node.value;
  }
}

class Walker {
  fault: Refusal | undefined;
  private at = 0;
  private line = 1;
  private readonly text: string;
  private readonly source: string;

  constructor(text: string, source: string) {
    this.text = text;
    this.source = source;
    if (text.startsWith('\uFEFF')) this.at = 1;
  }

  place(): string {
    return `${this.source} line ${this.line}`;
  }

  isAtEnd(): boolean {
    this.blanks();
    return this.at >= this.text.length;
  }

  private blanks(): void {
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === 10) this.line++;
      else if (code !== 32 && code !== 9 && code !== 13) return;
    }
  }

  private fail(message: string): undefined {
    this.fault ??=
      this.at >= this.text.length
        ? refuse('truncated', 'The JSON ends early, inside a value; fetch or finish the file.', this.place())
        : refuse('malformed', message, this.place());
    return undefined;
  }

  value(depth: number): Json | undefined {
    this.blanks();
    const { line } = this;
    const character = this.text[this.at];
    if (character === '{' || character === '[') {
      if (depth >= JSON_DEPTH_MAX) {
        this.fault = refuse(
          'too-large',
          `The JSON is nested deeper than ${JSON_DEPTH_MAX}; flatten it.`,
          this.place(),
        );
        return undefined;
      }
      this.at++;
      return character === '{' ? this.object(depth, line) : this.list(depth, line);
    }
    if (character === '"') {
      const value = this.string();
      return value === undefined ? undefined : { kind: 'text', line, value };
    }
    return this.token(line);
  }

  private token(line: number): Json | undefined {
    TOKEN.lastIndex = this.at;
    const token = TOKEN.exec(this.text)![0];
    const end = this.at + token.length;
    const isWord = token === 'null' || token === 'true' || token === 'false';
    if (isWord || NUMBER.test(token)) {
      this.at = end;
      if (!isWord) return { kind: 'number', line, text: token };
      return token === 'null' ? { kind: 'null', line } : { kind: 'boolean', line, value: token === 'true' };
    }
    if (end >= this.text.length && CUT_TOKEN.test(token)) this.at = end;
    const said = quoted(token || this.text.slice(this.at, this.at + 1));
    return this.fail(`${said} is not a JSON value; numbers are plain, texts are quoted.`);
  }

  private list(depth: number, line: number): Json | undefined {
    const items: Json[] = [];
    if (this.take(']')) return { kind: 'list', line, items };
    do {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.take(','));
    return this.take(']')
      ? { kind: 'list', line, items }
      : this.fail('A comma or ] is missing in this list.');
  }

  private object(depth: number, line: number): Json | undefined {
    const fields = new Map<string, Json>();
    if (this.take('}')) return { kind: 'object', line, fields };
    do {
      this.blanks();
      if (this.text[this.at] !== '"') return this.fail('A key in double quotes is missing here.');
      const key = this.string();
      if (key === undefined) return undefined;
      const earlier = fields.get(key);
      if (earlier !== undefined) {
        const said = `The key ${quoted(key)} stands twice, also on line ${earlier.line}; keep one.`;
        this.fault = refuse('duplicate', said, this.place());
        return undefined;
      }
      if (!this.take(':')) return this.fail(`A colon is missing after the key ${quoted(key)}.`);
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      fields.set(key, value);
    } while (this.take(','));
    return this.take('}')
      ? { kind: 'object', line, fields }
      : this.fail('A comma or } is missing in this object.');
  }

  private take(character: string): boolean {
    this.blanks();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  /** A text, the walker standing on its opening quote. */
  private string(): string | undefined {
    let out = '';
    let from = ++this.at;
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === 34) {
        out += this.text.slice(from, this.at++);
        return out;
      }
      if (code < 32)
        return this.fail('A line break or control character stands inside a quoted text; close the quote.');
      if (code !== 92) continue;
      out += this.text.slice(from, this.at++);
      const escaped = this.escape();
      if (escaped === undefined) return undefined;
      out += escaped;
      from = this.at + 1;
    }
    return this.fail('');
  }

  /** What an escape stands for; leaves the walker on its last character. */
  private escape(): string | undefined {
    const letter = this.text[this.at];
    if (letter === undefined) return this.fail('');
    if (letter !== 'u') {
      // The letter may be a line break: it is shown as JSON would write it, so that a refusal stays one line.
      return ESCAPES[letter] ?? this.fail(`The escape \\${quoted(letter).slice(1, -1)} is unknown to JSON.`);
    }
    const hex = this.text.slice(this.at + 1, this.at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) {
      if (this.at + 5 > this.text.length) this.at = this.text.length;
      return this.fail('An escape \\u needs four hexadecimal digits.');
    }
    this.at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}
