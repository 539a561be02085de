// What was asked and what was lost, over time, as SVG: a stepped line, bars below it, and a mark on every bar that reached above it.

import { formatInstant, type Instant } from '@plimsoll/core';
import type { BookTrace } from './engine.ts';

const WIDTH = 760;
const HEIGHT = 210;
const LEFT = 74;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 30;
/** Columns drawn at most; of what falls into one the largest is kept. */
const COLUMNS_MAX = 500;
/** Breaches that are marked one by one. */
const MARKS_MAX = 200;

/** Text as HTML may hold it. @example escaped('<b>') // '&lt;b&gt;' */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A line of a trace in shares of the underlying held: losses are null where the path is not known. */
interface Drawn {
  readonly at: readonly number[];
  readonly asked: readonly number[];
  readonly lost: readonly (number | null)[];
}

function drawnOf(trace: BookTrace, line: 'maintenance' | 'initial'): Drawn {
  const lost = line === 'maintenance' ? trace.lossMaintenance : trace.lossInitial;
  return {
    at: trace.at,
    asked: trace[line].map((amount, i) => amount / trace.gross[i]!),
    lost: lost.map((loss, i) => (loss === null ? null : loss / trace.gross[i]!)),
  };
}

/** The largest of each stretch of time, so that no breach is lost in drawing. */
function thinned(
  values: readonly (number | null)[],
  weigh: (value: number, i: number) => number = (value) => value,
): number[] {
  const size = Math.ceil(values.length / COLUMNS_MAX);
  const kept: number[] = [];
  for (let from = 0; from < values.length; from += size) {
    let [most, at] = [Number.NEGATIVE_INFINITY, -1];
    for (let i = from; i < Math.min(values.length, from + size); i++) {
      const value = values[i];
      if (typeof value === 'number' && weigh(value, i) > most) [most, at] = [weigh(value, i), i];
    }
    if (at >= 0) kept.push(at);
  }
  return kept;
}

/** A round step that divides a height into four or five. */
function stepOf(top: number): number {
  const power = 10 ** Math.floor(Math.log10(top / 4));
  const factor = [1, 2, 2.5, 5, 10].find((one) => top / (one * power) <= 5) ?? 10;
  return factor * power;
}

const percentText = (value: number, step: number) => {
  const digits = Math.max(0, Math.min(4, -Math.floor(Math.log10(step * 100) + 1e-9)));
  const isQuarter = Math.abs(step * 100 * 10 ** digits - Math.round(step * 100 * 10 ** digits)) > 1e-6;
  return `${(100 * value).toFixed(isQuarter ? digits + 1 : digits)} %`;
};

/** Where time and share stand on the picture. */
interface Frame {
  readonly x: (at: number) => string;
  readonly y: (value: number) => string;
  readonly top: number;
  readonly from: number;
  readonly to: number;
}

function frameOf({ at, asked, lost }: Drawn): Frame {
  const highest = [...asked, ...lost].reduce<number>((most, value) => Math.max(most, value ?? 0), 1e-9);
  const step = stepOf(highest);
  const top = Math.ceil((highest * 1.02) / step) * step;
  const [from, to] = [at[0]!, Math.max(at.at(-1)!, at[0]! + 1)];
  const inside = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };
  return {
    x: (time) => (LEFT + ((time - from) / (to - from)) * inside.width).toFixed(1),
    y: (value) => (TOP + (1 - Math.min(top, Math.max(0, value)) / top) * inside.height).toFixed(1),
    ...{ top, from, to },
  };
}

function axes({ x, y, top, from, to }: Frame): string {
  const step = stepOf(top * 0.999);
  const levels = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step);
  const across = levels.map(
    (level) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(level)}" y2="${y(level)}"/><text x="${LEFT - 6}" y="${y(level)}" dy=".35em" text-anchor="end">${percentText(level, step)}</text>`,
  );
  const along = [0, 1, 2, 3].map((quarter) => {
    const time = from + ((to - from) * quarter) / 3;
    const day = formatInstant(Math.round(time) as Instant).slice(0, 10);
    const anchor = ['start', 'middle', 'middle', 'end'][quarter]!;
    const own = quarter === 1 || quarter === 2 ? ' class="inner"' : '';
    return `<text${own} x="${x(time)}" y="${HEIGHT - 9}" text-anchor="${anchor}">${day}</text>`;
  });
  return [...across, ...along].join('');
}

function lineOf({ at, asked }: Drawn, { x, y }: Frame): string {
  // Steps: a requirement stands until the next.
  const points = thinned(asked).map((i, n) =>
    n === 0 ? `M${x(at[i]!)} ${y(asked[i]!)}` : `H${x(at[i]!)}V${y(asked[i]!)}`,
  );
  return `<path class="asked" d="${points.join('')}"/>`;
}

function barsOf({ at, asked, lost }: Drawn, { x, y }: Frame): string {
  const base = y(0);
  const isBreach = (i: number) => (lost[i] ?? 0) > asked[i]!;
  // A breach weighs more than a larger loss that was held.
  const kept = thinned(lost, (value, i) => (isBreach(i) ? 1e3 + value : value));
  const width = Math.max(0.8, Math.min(6, (0.6 * (WIDTH - LEFT - RIGHT)) / Math.max(1, kept.length))).toFixed(
    1,
  );
  const bars = kept
    .filter((i) => lost[i]! > 0)
    .map((i) => {
      const own = isBreach(i) ? ' class="breach"' : '';
      return `<line${own} x1="${x(at[i]!)}" x2="${x(at[i]!)}" y1="${base}" y2="${y(lost[i]!)}"/>`;
    });
  const marks = kept
    .filter(isBreach)
    .slice(0, MARKS_MAX)
    .map((i) => {
      const said = `${formatInstant(at[i]! as Instant)}: lost ${(100 * lost[i]!).toFixed(2)} %, asked ${(100 * asked[i]!).toFixed(2)} %`;
      return `<circle class="mark" cx="${x(at[i]!)}" cy="${y(lost[i]!)}" r="4"><title>${said}</title></circle>`;
    });
  return `<g class="lost" stroke-width="${width}">${bars.join('')}</g>${marks.join('')}`;
}

/**
 * One line of one book: shares of the underlying held, over time. Nothing is drawn of a book that was never margined.
 * @example linePlot(state.books[0], 'initial') // '<svg viewBox="0 0 760 210" ...'
 */
export function linePlot(trace: BookTrace, line: 'maintenance' | 'initial'): string {
  if (trace.at.length === 0) return '';
  const drawn = drawnOf(trace, line);
  const frame = frameOf(drawn);
  const breaches = drawn.lost.filter((loss, i) => loss !== null && loss > drawn.asked[i]!).length;
  const label = `${trace.name}, ${line}: what was asked and what was lost, ${breaches} of all times above the line`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(label)}">${axes(frame)}${barsOf(drawn, frame)}${lineOf(drawn, frame)}</svg>`;
}
