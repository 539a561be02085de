// How wire speaks: quoting what it read, saying where it stood, and guessing what was meant.

import { type Refusal, refuse } from '../base/index.ts';

/** Longest piece of foreign text repeated in a message; the rest is cut, so a hostile file cannot flood a terminal. */
const QUOTE_LENGTH_MAX = 40;
/** Known words listed when none of them is near. */
const SUGGESTED_MAX = 12;
/** Characters of text that any reader takes: 256 Mi, half of what a V8 string can hold. */
export const TEXT_LENGTH_MAX = 268_435_456;

/** Foreign text between quotes on one line, control characters escaped, cut at 40 characters. @example quoted('a\nb') // '"a\\nb"' */
export function quoted(text: string): string {
  const cut = text.length > QUOTE_LENGTH_MAX ? `${text.slice(0, QUOTE_LENGTH_MAX - 3)}...` : text;
  // JSON leaves the two separators of Unicode as they are, and they end a line.
  return JSON.stringify(cut).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** A foreign word as it is when it is plain, else quoted. @example plain('a b') // '"a b"' */
export function plain(word: string): string {
  return word.length <= QUOTE_LENGTH_MAX && /^[\w.$-]+$/.test(word) ? word : quoted(word);
}

/** The same refusal with a place, unless it has one. @example located(refuse('empty', 'Nothing.'), 'a.csv').where // 'a.csv' */
export function located(refusal: Refusal, where: string | undefined): Refusal {
  return where === undefined || refusal.where !== undefined
    ? refusal
    : refuse(refusal.reason, refusal.message, where);
}

/** Refuses text beyond `limit` characters, else undefined. @example oversize('abc', 'a.csv', 2) // refused, too-large */
export function oversize(text: string, source: string, limit: number = TEXT_LENGTH_MAX): Refusal | undefined {
  if (text.length <= limit) return undefined;
  return refuse(
    'too-large',
    `The text has ${text.length} characters, more than the limit of ${limit}; split it.`,
    source,
  );
}

/** ` Did you mean "x"?` when a known word is within two edits, else the list of known words. @example suggest('bidd', ['bid']) // ' Did you mean "bid"?' */
export function suggest(word: string, known: readonly string[]): string {
  let best: string | undefined;
  let least = 3;
  if (word.length <= QUOTE_LENGTH_MAX) {
    for (const candidate of known) {
      const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
  }
  if (best !== undefined) return ` Did you mean ${quoted(best)}?`;
  const more = known.length > SUGGESTED_MAX ? ` and ${known.length - SUGGESTED_MAX} more` : '';
  return ` Known are ${known.slice(0, SUGGESTED_MAX).map(plain).join(', ')}${more}.`;
}

/** Levenshtein distance, one row at a time; both words are short. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const swap = previous[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(Math.min(swap, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[right.length]!;
}
