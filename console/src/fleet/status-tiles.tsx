import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import type { NamespaceCensus, Status } from '../api/messages.js';
import { axis, Chart, plain } from '../charts/chart.js';
import { type Colours, faint } from '../charts/colours.js';
import { clock, count, rate } from '../format.js';
import { StatusBadge } from '../view/status.js';
import { history } from './fleet-feed.js';
import { type Measure, sampleOf } from './history.js';

interface Tile {
  readonly measure: Measure;
  readonly title: string;
  readonly status?: Status;
  readonly colour: keyof Colours;
  readonly write: (value: number) => string;
}

/** A count stays what it is until it changes. */
const steps = (uPlot.paths.stepped as uPlot.Series.SteppedPathBuilderFactory)({ align: 1 });

const TILES: readonly Tile[] = [
  { measure: 'online', title: 'Users online', status: 'ONLINE', colour: 'online', write: count },
  { measure: 'suspect', title: 'Users suspect', status: 'SUSPECT', colour: 'suspect', write: count },
  { measure: 'offline', title: 'Users offline', status: 'OFFLINE', colour: 'offline', write: count },
  { measure: 'heartbeatsPerSecond', title: 'Heartbeats', colour: 'accent', write: rate },
];

/** The moment that is pointed at, on all charts; null: the present. */
const pointedAt = signal<number | null>(null);

/** A figure each, and how it went as long as the page is open. */
export function StatusTiles({ census }: { readonly census: NamespaceCensus }) {
  return (
    <div class="grid tiles">
      {TILES.map((tile) => (
        <StatusTile key={tile.measure} tile={tile} census={census} />
      ))}
    </div>
  );
}

function StatusTile({ tile, census }: { readonly tile: Tile; readonly census: NamespaceCensus }) {
  const { measure, title, status, write } = tile;
  const data = history.columns(census.namespace, measure);
  const make = useMemo(() => (colours: Colours) => optionsOf(tile, colours), [tile]);
  const index = pointedAt.value;
  const past = index === null ? null : data[1][index];
  const value = past ?? sampleOf(census)[measure];
  const at = index === null ? undefined : data[0][index];
  return (
    <section class="panel" aria-label={title}>
      <header>
        {status ? <StatusBadge status={status} /> : <h2>{title}</h2>}
        <span class="small muted">{at === undefined ? 'now' : `at ${clock(at * 1_000)}`}</span>
      </header>
      <p class="tile-value" data-measure={measure}>
        {write(value)} <span class="unit">{status ? (value === 1 ? 'user' : 'users') : '/s'}</span>
      </p>
      <Chart
        label={`${title} over time, now ${write(sampleOf(census)[measure])}`}
        heightPx={110}
        data={data}
        make={make}
      />
    </section>
  );
}

function optionsOf(
  { colour, write, status }: Tile,
  colours: Colours,
): Omit<uPlot.Options, 'width' | 'height'> {
  const times = axis(colours, { grid: { show: false }, size: 22, space: 70, values: timesOf });
  const values = axis(colours, { size: 44, space: 26, values: (_, ticks) => ticks.map(write) });
  return {
    ...plain,
    padding: [6, 0, 0, 0],
    cursor: { ...plain.cursor, y: false, sync: { key: 'fleet' } },
    hooks: { setCursor: [({ cursor: { idx } }) => setPointed(idx)] },
    scales: { y: { range: (_, least, most) => rangeOf(least, most) } },
    axes: [times, values],
    series: [
      {},
      {
        stroke: colours[colour],
        width: 1.5,
        fill: faint(colours[colour], 0.12),
        ...(status && { paths: steps }),
        points: { show: false },
      },
    ],
  };
}

function setPointed(index: number | null | undefined): void {
  pointedAt.value = index ?? null;
}

const timesOf = (_: unknown, seconds: number[]): string[] => seconds.map((at) => clock(at * 1_000));

/** From 0, with room above; at least to 4, so that a flat line at 0 or 1 looks like one. */
const rangeOf = (_: number | null, most: number | null): [number, number] => [
  0,
  Math.max(4, (most ?? 0) * 1.15),
];
