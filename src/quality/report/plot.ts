import { escaped } from './markup.js';

export interface Axis {
  readonly title: string;
  readonly isLog: boolean;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

export interface Series {
  readonly label: string;
  /** Chooses colour and marker; the same detector has the same in every plot of a page. */
  readonly style: number;
  /** Drawn above the others, and thicker. */
  readonly isMain: boolean;
  readonly points: readonly { readonly x: number; readonly y: number; readonly title: string }[];
}

interface Plot {
  /** Unique within the page. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see it should know. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A line from corner to corner, with its name: where y = x. */
  readonly diagonal?: string;
}

/** Colours of style.ts, and as many markers. */
export const STYLES = 9;
const WIDTH = 560;
const HEIGHT = 400;
const MARGIN = { top: 14, right: 104, bottom: 50, left: 74 };
const LABEL_HEIGHT = 15;

/** Outlines around 0, so that lines can be told apart without their colours. */
const MARKERS = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  'M-3.5-3.5h7v7h-7z',
  'M0-5l5 5-5 5-5-5z',
  'M0-4.6l4.6 8h-9.2z',
  'M0 4.6l4.6-8h-9.2z',
  'M-1.4-4.5h2.8v3.1h3.1v2.8h-3.1v3.1h-2.8v-3.1h-3.1v-2.8h3.1z',
  'M-4.6 0l8-4.6v9.2z',
  'M4.6 0l-8-4.6v9.2z',
  'M0-4.8l4.2 2.4v4.8l-4.2 2.4-4.2-2.4v-4.8z',
];

/** A line plot as inline SVG, labelled at the ends of its lines. */
export function svgPlot({ id, title, description, x, y, series, diagonal }: Plot): string {
  const left = MARGIN.left;
  const right = WIDTH - MARGIN.right;
  const top = MARGIN.top;
  const bottom = HEIGHT - MARGIN.bottom;
  const toX = scale(x, left, right);
  const toY = scale(y, bottom, top);
  const drawn = [...series].sort((a, b) => Number(a.isMain) - Number(b.isMain));
  const parts = [
    ...y.ticks.map(({ value, label }) => {
      const at = round(toY(value));
      return `<path class="grid" d="M${left} ${at}H${right}"/><text class="tick" x="${left - 9}" y="${at + 4}" text-anchor="end">${label}</text>`;
    }),
    ...x.ticks.map(({ value, label }) => {
      const at = round(toX(value));
      return `<path class="grid" d="M${at} ${top}V${bottom}"/><text class="tick" x="${at}" y="${bottom + 19}" text-anchor="middle">${label}</text>`;
    }),
    `<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>`,
    `<text class="name" x="${(left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(x.title)}</text>`,
    `<text class="name" transform="translate(12 ${(top + bottom) / 2})rotate(-90)" text-anchor="middle">${escaped(y.title)}</text>`,
    diagonal === undefined ? '' : diagonalOf({ x, y, toX, toY, label: diagonal }),
    ...drawn.map((one) => lineOf(one, toX, toY)),
    ...labelsOf(series, toY, { x: right + 10, top, bottom }),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${escaped(title)}</title><desc id="${id}-d">${escaped(description)}</desc>
${parts.filter((part) => part !== '').join('\n')}
</svg>`;
}

/** Up to so many decades, twos and fives are marked too. */
const FINE_DECADES_MAX = 2.5;

/** Round numbers from the one at or below `min` to the one at or above `max`: 1, 10, 100, or 1, 2, 5, 10. */
export function logTicks(min: number, max: number): number[] {
  const steps = Math.log10(max / min) > FINE_DECADES_MAX ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(min)); decade <= Math.ceil(Math.log10(max)) + 1; decade++) {
    ticks.push(...steps.map((step) => step * 10 ** decade));
  }
  const first = ticks.findLastIndex((tick) => tick <= min);
  const last = ticks.findIndex((tick) => tick >= max);
  return ticks.slice(first, Math.max(last, first + 1) + 1);
}

type Scale = (value: number) => number;

function scale({ isLog, min, max }: Axis, from: number, to: number): Scale {
  const of = (value: number) => (isLog ? Math.log(value) : value);
  const span = of(max) - of(min) || 1;
  return (value) => from + ((to - from) * (of(Math.min(Math.max(value, min), max)) - of(min))) / span;
}

function lineOf({ points, style, isMain }: Series, toX: Scale, toY: Scale): string {
  const places = points.map(({ x, y }) => `${round(toX(x))} ${round(toY(y))}`);
  const markers = points.map(
    ({ title }, i) =>
      `<path class="mark" transform="translate(${places[i]})" d="${MARKERS[style % STYLES]}"><title>${escaped(title)}</title></path>`,
  );
  const line = places.length > 1 ? `<path class="line" d="M${places.join('L')}"/>` : '';
  return `<g class="s${style % STYLES}${isMain ? ' main' : ''}">${line}${markers.join('')}</g>`;
}

function diagonalOf(options: {
  readonly x: Axis;
  readonly y: Axis;
  readonly toX: Scale;
  readonly toY: Scale;
  readonly label: string;
}): string {
  const { x, y, toX, toY, label } = options;
  const from = Math.max(x.min, y.min);
  const to = Math.min(x.max, y.max);
  const at = from + 0.62 * (to - from);
  const turn = round((Math.atan2(toY(to) - toY(from), toX(to) - toX(from)) * 180) / Math.PI);
  return (
    `<path class="diagonal" d="M${round(toX(from))} ${round(toY(from))}L${round(toX(to))} ${round(toY(to))}"/>` +
    `<text class="tick" transform="translate(${round(toX(at))} ${round(toY(at))})rotate(${turn})" y="-6" text-anchor="middle">${escaped(label)}</text>`
  );
}

/** Names beside the ends of the lines, moved apart where they would overlap. */
function labelsOf(
  series: readonly Series[],
  toY: Scale,
  { x, top, bottom }: { readonly x: number; readonly top: number; readonly bottom: number },
): string[] {
  const labels = series
    .flatMap(({ label, style, isMain, points }) => {
      const last = points.at(-1);
      return last ? [{ label, style, isMain, y: toY(last.y) }] : [];
    })
    .sort((a, b) => a.y - b.y);
  let free = top;
  for (const label of labels) {
    label.y = Math.max(label.y, free);
    free = label.y + LABEL_HEIGHT;
  }
  free = bottom;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, free);
    free = label.y - LABEL_HEIGHT;
  }
  return labels.map(
    ({ label, style, isMain, y }) =>
      `<g class="s${style % STYLES}${isMain ? ' main' : ''}"><path class="mark" transform="translate(${x} ${round(y)})" d="${MARKERS[style % STYLES]}"/>` +
      `<text class="label" x="${x + 9}" y="${round(y + 4)}">${escaped(label)}</text></g>`,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
