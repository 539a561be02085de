// Pencils of the picture: scales, ticks, and the few SVG elements it is made of.

import { log } from '@plimsoll/core/kernel';

/** From a value to pixels. */
export type Scale = (value: number) => number;
/** A closed range of values. */
export interface Span {
  readonly low: number;
  readonly high: number;
}
/** A frame in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Segments of a drawn smile; in the widest panel each is eight pixels. */
const STEPS = 160;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text that is safe in XML content and attributes; characters that XML 1.0 cannot hold become U+FFFD.
 * @example escapeXml('<a & b>') // '&lt;a &amp; b&gt;'
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

/** A text; `cls` names its style. @example label(10, 20, 'ATM', 'title') // '<text x="10" y="20" class="title">ATM</text>' */
export function label(x: number, y: number, text: string, cls = '', anchor = 'start'): string {
  const attributes = `${cls === '' ? '' : ` class="${cls}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${fix(x)}" y="${fix(y)}"${attributes}>${escapeXml(text)}</text>`;
}

/** A straight line. @example line(0, 0, 1, 1, 'grid') // '<line class="grid" .../>' */
export function line(x1: number, y1: number, x2: number, y2: number, cls: string): string {
  return `<line class="${cls}" x1="${fix(x1)}" y1="${fix(y1)}" x2="${fix(x2)}" y2="${fix(y2)}"/>`;
}

/** The border of a box. @example frame({ x: 0, y: 0, width: 10, height: 5 }) // '<rect class="frame" .../>' */
export function frame({ x, y, width, height }: Box): string {
  return `<rect class="frame" x="${fix(x)}" y="${fix(y)}" width="${fix(width)}" height="${fix(height)}"/>`;
}

/** Elements under one class, empty ones left out. @example group('expiry', [line(0, 0, 1, 1, 'grid')]) */
export function group(cls: string, parts: readonly string[]): string {
  return `<g class="${cls}">\n${parts.filter((part) => part !== '').join('\n')}\n</g>`;
}

/** Pixels to a hundredth: finer cannot be seen, and bytes stay the same everywhere. @example fix(1.234) // '1.23' */
export function fix(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

/** A tick's number with a true minus. @example tidy(-0.2) // '−0.2' */
export function tidy(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '\u2212');
}

/** A price level. @example level(67_512.34) // '67,512' */
export function level(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
}

/** A linear scale. @example scale({ low: 0, high: 1 }, 0, 100)(0.5) // 50 */
export function scale({ low, high }: Span, from: number, to: number): Scale {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/** A span with a share of itself added at both ends; never empty. @example padded({ low: 0, high: 1 }, 0.1).high // 1.1 */
export function padded({ low, high }: Span, share: number): Span {
  const pad = (high - low || Math.abs(high) || 1) * share;
  return { low: low - pad, high: high + pad };
}

/** Even points of a span, ends included. @example steps({ low: 0, high: 1 }).length // 161 */
export function steps({ low, high }: Span): number[] {
  return Array.from({ length: STEPS + 1 }, (_, i) => low + ((high - low) * i) / STEPS);
}

/** Path data of a function over a span. @example curve(span, x, (k) => y(k * k)) // 'M0 10L...' */
export function curve(span: Span, x: Scale, y: Scale): string {
  return `M${steps(span)
    .map((k) => `${fix(x(k))} ${fix(y(k))}`)
    .join('L')}`;
}

/** About `count` round values inside a span. @example ticks({ low: 0, high: 1 }, 4) // [0, 0.25, 0.5, 0.75, 1] */
export function ticks({ low, high }: Span, count: number): number[] {
  const raw = (high - low) / count;
  const unit = Number(`1e${Math.floor(log(raw) / Math.LN10)}`);
  const step = unit * ([1, 2, 2.5, 5].find((digit) => digit * unit >= raw) ?? 10);
  const found: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++)
    found.push(Number((i * step).toPrecision(12)) + 0);
  return found;
}

/** Round strikes: even steps over a narrow range, steps that grow over a wide one. @example roundStrikes(95, 111, 4) // [95, 100, 105, 110] */
export function roundStrikes(low: number, high: number, count: number): number[] {
  return high / low < 4
    ? ticks({ low, high }, count)
    : decades({ low: log(low), high: log(high) }, STRIKE_DIGITS);
}

const STRIKE_DIGITS = [1, 1.5, 2, 3, 4, 5, 6, 8];

/** `digits` times powers of ten between e^low and e^high. @example decades({ low: 0, high: 2.4 }) // [1, 2, 5, 10] */
export function decades({ low, high }: Span, digits: readonly number[] = [1, 2, 5]): number[] {
  const found: number[] = [];
  // Beyond what a double holds there is nothing to label; a frame without ends has no marks.
  const [first, last] = [Math.max(-300, Math.floor(low / Math.LN10)), Math.min(300, high / Math.LN10)];
  for (let power = first; power <= last; power++) {
    for (const digit of digits) {
      const value = Number(`${digit}e${power}`);
      if (log(value) >= low && log(value) <= high) found.push(value);
    }
  }
  return found;
}

/** Heights of labels moved so that none are nearer than `apart`, downwards first, then up from the frame's end. @example spread([5, 5], 12, box) // [5, 17] */
export function spread(at: readonly number[], apart: number, box: Box): number[] {
  const order = at.map((_, i) => i).sort((left, right) => at[left]! - at[right]!);
  const placed = [...at];
  let above = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    placed[i] = Math.max(placed[i]!, above + apart);
    above = placed[i]!;
  }
  let below = box.y + box.height + apart;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i]!, below - apart);
    below = placed[i]!;
  }
  return placed;
}

/** Style sheet. Okabe and Ito's blue and vermillion are told apart by every kind of eye; shape says it again (hollow dot). */
export const STYLE = `
text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;font-size:10.5px;fill:#5f6368}
.coin{font-size:24px;font-weight:700;fill:#1a1a1a}.title{font-size:13px;font-weight:700;fill:#1a1a1a}
.say{font-size:12px}.strong{fill:#1a1a1a}.warn{font-size:12px;fill:#a33d00}
.frame{fill:none;stroke:#c9ccd1}.grid{stroke:#eceef0}.tick{stroke:#9aa0a6}.forward{stroke:#8a8f96;stroke-dasharray:1 2.5}
.model{fill:none;stroke:#0072b2;stroke-width:1.7;stroke-linejoin:round}.far{stroke-width:1;stroke-dasharray:2 3}
.whisker{stroke:#444;stroke-width:1}.dot{fill:#222}.out .whisker{stroke:#d55e00;stroke-width:1.4}.out .dot{fill:#fff;stroke:#d55e00;stroke-width:1.4}
.faint .whisker{stroke:#cfd2d6}.faint .dot{fill:#cfd2d6}.mark{fill:none;stroke:#c3c7cc}
.total{fill:none;stroke-width:1.8;stroke-linejoin:round}.leader{stroke:#c9ccd1}
`;

/** Near expiries dark purple, far ones green: the ramp of viridis without its yellow, which a white page swallows. */
const RAMP = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [84, 170, 70],
] as const;

/** Colour of an expiry by its place among all, 0 the nearest. @example shade(0) // 'rgb(68,1,84)' */
export function shade(share: number): string {
  const at = share * (RAMP.length - 1);
  const from = Math.min(Math.floor(at), RAMP.length - 2);
  const mix = RAMP[from]!.map((low, i) => Math.round(low + (RAMP[from + 1]![i]! - low) * (at - from)));
  return `rgb(${mix.join(',')})`;
}
