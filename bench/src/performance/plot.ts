// Lines over two logarithmic axes, as SVG.

const WIDTH = 760;
const HEIGHT = 360;
const LEFT = 74;
const RIGHT = 16;
const TOP = 46;
const BOTTOM = 48;
/** Colours that stay apart for eyes that mix red and green (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00'];

/** A line: points above zero, along the axis. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** What a picture says besides its lines. */
export interface Picture {
  readonly title: string;
  readonly along: string;
  readonly up: string;
  readonly series: readonly Series[];
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Where a value stands between two ends, by its logarithm. */
function scaleOf(values: readonly number[], from: number, to: number, isTight: boolean) {
  const logs = values.map(Math.log10);
  const low = isTight ? Math.min(...logs) : Math.floor(Math.min(...logs));
  const high = isTight ? Math.max(...logs) : Math.ceil(Math.max(...logs));
  const span = Math.max(high - low, 1e-9);
  return {
    at: (value: number) => from + ((Math.log10(value) - low) / span) * (to - from),
    ...{ low, high },
  };
}

const text = (x: number, y: number, anchor: string, said: string, fill = '#555') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${escaped(said)}</text>`;

/** Lines across at every power of ten. */
function across({ at, low, high }: ReturnType<typeof scaleOf>): string[] {
  return Array.from({ length: high - low + 1 }, (_, i) => {
    const value = 10 ** (low + i);
    const y = at(value);
    const said = value >= 1 ? value.toLocaleString('en-US') : String(value);
    return `<path d="M${LEFT} ${y.toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>${text(LEFT - 6, y + 4, 'end', said)}`;
  });
}

function legend(series: readonly Series[]): string[] {
  const step = (WIDTH - LEFT - RIGHT) / series.length;
  return series.map(({ name }, s) => {
    const x = LEFT + s * step;
    const colour = COLOURS[s % COLOURS.length]!;
    return `<path d="M${x.toFixed(1)} 34h18" stroke="${colour}" stroke-width="2"/>${text(x + 23, 38, 'start', name, '#333')}`;
  });
}

/**
 * A picture of lines on logarithmic axes; ticks along stand where there are points. Nothing is drawn of a series without points.
 * @example logLogPlot({ title: 'Sweep', along: 'accounts', up: 'ms', series: [{ name: 'plain', points: [[1e3, 0.2], [1e4, 2]] }] })
 */
export function logLogPlot({ title, along, up, series }: Picture): string {
  const drawn = series.filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const ticks = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
  const x = scaleOf(ticks, LEFT + 10, WIDTH - RIGHT - 24, true);
  const y = scaleOf(
    all.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP + 8,
    false,
  );
  const lines = drawn.map(({ points }, s) => {
    const colour = COLOURS[s % COLOURS.length]!;
    const places = points.map(([a, b]) => [x.at(a).toFixed(1), y.at(b).toFixed(1)] as const);
    const path = places.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${a} ${b}`).join('');
    const marks = places.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3" fill="${colour}"/>`);
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}`;
  });
  const bottom = HEIGHT - BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 16, 'start', title, '#000'),
    ...legend(drawn),
    ...across(y),
    ...ticks.map((tick) => text(x.at(tick), bottom + 16, 'middle', tick.toLocaleString('en-US'))),
    ...ticks.map((tick) => `<path d="M${x.at(tick).toFixed(1)} ${bottom}v4" stroke="#999"/>`),
    `<path d="M${LEFT} ${bottom}H${WIDTH - RIGHT}" stroke="#999"/>`,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'middle', along),
    `<g transform="rotate(-90 14 ${HEIGHT / 2})">${text(14, HEIGHT / 2, 'middle', up)}</g>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}
