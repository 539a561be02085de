// Text of the engine on its way to values: one reading, its first fault, and where in the text that stands.

import { type Refusal, type RefusalReason, refuse } from '../../base/index.ts';
import type { Models } from '../../engine/index.ts';
import { parseDecimal } from '../decimal.ts';
import { isJson, type Json, parseJson } from '../json.ts';
import type { ProductResolver } from '../resolve.ts';
import { located, plain, quoted } from '../words.ts';
import type { Form } from './form.ts';

/** Digits that a double tells apart; more of them would be rounded in silence. */
const DIGITS_MAX = 17;

/** One text being read. After a fault answers are stand-ins that must not leave the reader. */
export class Reading {
  fault: Refusal | undefined;
  readonly source: string;
  readonly models: Models;
  readonly resolve: ProductResolver | undefined;
  private readonly steps: (string | number)[] = [];
  private readonly names: Map<string, string>;

  constructor(
    source: string,
    models: Models = new Map(),
    resolve?: ProductResolver,
    names: Map<string, string> = new Map(),
  ) {
    this.source = source;
    this.models = models;
    this.resolve = resolve;
    this.names = names;
  }

  /** Goes to a field, an item, or, in brackets, into a kind. */
  enter(step: string | number): void {
    this.steps.push(step);
  }

  leave(): void {
    this.steps.pop();
  }

  /** `place order.lots`: the kind of input, then the way to the field. */
  get path(): string {
    const [first, ...rest] = this.steps;
    if (first === undefined) return '';
    const isTitled = typeof first === 'string' && first.startsWith('(');
    const tail = isTitled ? rest : this.steps;
    const way = tail.map(stepText).join('').replace(/^\./, '');
    return isTitled ? `${first.slice(1, -1)} ${way}`.trimEnd() : way;
  }

  get where(): string {
    const { path } = this;
    return path === '' ? this.source : `${this.source}, ${path}`;
  }

  /** Keeps the first fault, with the place that is being read. */
  say(reason: RefusalReason, message: string): void {
    this.fault ??= refuse(reason, message, this.where);
  }

  /** Keeps a refusal of another reader; it has its own place or gets this one. */
  keep(refusal: Refusal): void {
    this.fault ??= located(refusal, this.where);
  }

  /** What stands here is not what must. */
  wrong(value: unknown, what: string, reason: RefusalReason = 'malformed'): void {
    if (this.fault === undefined) this.say(reason, `This is ${shown(value)} and must be ${what}.`);
  }

  /** The same name as one object, so that two million positions do not hold two million texts. */
  same(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    this.names.set(name, name);
    return name;
  }
}

function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return step.startsWith('(') ? step : `.${plain(step)}`;
}

/** A foreign value in a sentence. @example shown([1]) // 'a list [...]' */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list [...]';
  return typeof value === 'object' && value !== null ? 'an object {...}' : String(value);
}

/**
 * Reads a text by its form. Canonical text goes the short way: what was read, written again, is the text, so nothing was lost. Any other JSON is
 * walked with every doubt of `parseJson` (equal keys, early end), numbers that a double would round among them.
 */
export function readText<T>(text: string, form: Form<T>, begin: () => Reading): T | Refusal {
  const short = readCanonical(text, form, begin());
  if (short !== undefined) return short.value;
  const reading = begin();
  const root = parseJson(text, reading.source);
  if (!isJson(root)) return root;
  const given = plainOf(root, reading);
  const value = form.read(given, reading, NONE);
  return reading.fault ?? value;
}

const NONE = {};

function readCanonical<T>(text: string, form: Form<T>, reading: Reading): { readonly value: T } | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  const value = form.read(given, reading, NONE);
  return reading.fault === undefined && form.write(value) === text ? { value } : undefined;
}

/** A node as plain data; numbers that would be rounded are refused. */
function plainOf(node: Json, reading: Reading): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'number':
      return numberOf(node.text, reading);
    case 'list':
      return node.items.map((item) => plainOf(item, reading));
    case 'object':
      return Object.fromEntries([...node.fields].map(([key, item]) => [key, plainOf(item, reading)]));
    default:
      return node.value;
  }
}

function numberOf(text: string, reading: Reading): number {
  const value = parseDecimal(text, reading.source);
  if (typeof value !== 'number') {
    reading.keep(value);
    return 0;
  }
  const digits = text.split(/[eE]/)[0]!.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length > DIGITS_MAX) {
    const said = `The number ${quoted(text)} has more than ${DIGITS_MAX} digits and would be rounded; shorten it.`;
    reading.keep(refuse('imprecise', said, reading.source));
  }
  return value;
}

/** Plain data as nodes, for readers of nodes. */
export function nodeOf(value: unknown): Json {
  if (value === null || value === undefined) return { kind: 'null', line: 1 };
  if (typeof value === 'boolean') return { kind: 'boolean', line: 1, value };
  if (typeof value === 'number') return { kind: 'number', line: 1, text: String(value) };
  if (typeof value === 'string') return { kind: 'text', line: 1, value };
  if (Array.isArray(value)) return { kind: 'list', line: 1, items: value.map(nodeOf) };
  const fields = new Map(Object.entries(value).map(([key, item]) => [key, nodeOf(item)]));
  return { kind: 'object', line: 1, fields };
}
