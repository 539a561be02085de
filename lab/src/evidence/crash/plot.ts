// Who was called and who was being closed, market by market, with the bitcoin index behind, as SVG.

import { dollarsText } from '../markdown.ts';
import type { Outcome } from './run.ts';
import type { Sample } from './sample.ts';
import { timeText } from './tables.ts';

const WIDTH = 760;
const HEIGHT = 240;
const LEFT = 48;
const RIGHT = 64;
const TOP = 26;
const BOTTOM = 28;

type Read = (sample: Sample) => number;

/** A line through all markets, between the least and the most of a scale. */
function line(samples: readonly Sample[], read: Read, [low, high]: readonly [number, number]): string {
  const [from, to] = [samples[0]!.at, samples.at(-1)!.at];
  const x = (at: number) => (LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number) =>
    (TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  return samples.map((sample, i) => `${i === 0 ? 'M' : 'L'}${x(sample.at)} ${y(read(sample))}`).join('');
}

const closing: Read = ({ statuses }) => statuses.liquidating + statuses.bankrupt;
const called: Read = ({ statuses }) => statuses.called;

/** The picture beside the document. @example statusPlot(outcome) // '<svg xmlns=...' */
export function statusPlot({ samples }: Outcome): string {
  const bitcoin: Read = ({ coins }) => coins.get('BTC')!.index;
  const most = Math.max(1, ...samples.map(called), ...samples.map(closing));
  const prices = samples.map(bitcoin);
  const scale = [Math.min(...prices), Math.max(...prices)] as const;
  const text = (x: number, y: number, anchor: string, said: string, fill = '#555') =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${said}</text>`;
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const bottom = HEIGHT - BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<path d="M${LEFT} ${bottom}H${WIDTH - RIGHT}" stroke="#999"/>`,
    `<path d="${line(samples, bitcoin, scale)}" fill="none" stroke="#bbb"/>`,
    `<path d="${line(samples, called, [0, most])}" fill="none" stroke="#d98200" stroke-width="1.5"/>`,
    `<path d="${line(samples, closing, [0, most])}" fill="none" stroke="#c22" stroke-width="1.5"/>`,
    text(LEFT, 16, 'start', 'called', '#d98200'),
    text(LEFT + 50, 16, 'start', 'being closed or bankrupt', '#c22'),
    text(WIDTH - RIGHT, 16, 'end', 'BTC, USD', '#888'),
    text(LEFT - 6, TOP + 4, 'end', String(most)),
    text(LEFT - 6, bottom, 'end', '0'),
    text(WIDTH - RIGHT + 6, TOP + 4, 'start', dollarsText(scale[1])),
    text(WIDTH - RIGHT + 6, bottom, 'start', dollarsText(scale[0])),
    text(LEFT, HEIGHT - 10, 'start', timeText(first.at)),
    text(WIDTH - RIGHT, HEIGHT - 10, 'end', timeText(last.at)),
    '</svg>\n',
  ].join('\n');
}
