import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import type { InspectedSession } from '../api/messages.js';
import { axis, Chart, plain } from '../charts/chart.js';
import { type Colours, faint } from '../charts/colours.js';
import { duration } from '../format.js';
import { Empty } from '../view/state.js';
import { binsOf } from './window-bins.js';

const BINS = 24;

const bars = (uPlot.paths.bars as uPlot.Series.BarsPathBuilderFactory)({ size: [0.9, 60], align: 0 });

/** An interval of more than so many thresholds of OFFLINE was an outage: it would squeeze all others into one bar. */
const DRAWN_MAX = 1.5;

/** The window as a histogram, and how many intervals of each length the fitted distribution would have in its place. */
export function WindowChart({ session }: { readonly session: InspectedSession }) {
  const { intervalsMs, density, offlineAtMs, meanMs } = session;
  const mostMs = DRAWN_MAX * Math.max(offlineAtMs, meanMs);
  const drawn = useMemo(() => intervalsMs.filter((ms) => ms <= mostMs), [intervalsMs, mostMs]);
  const data = useMemo(() => dataOf(drawn, density), [drawn, density]);
  const longer = intervalsMs.length - drawn.length;
  if (drawn.length === 0)
    return <Empty title="No interval yet">The second heartbeat makes the first one.</Empty>;
  return (
    <>
      <Chart
        label={`Histogram of the last ${intervalsMs.length} intervals, ${duration(Math.min(...intervalsMs))} to ${duration(Math.max(...intervalsMs))}`}
        heightPx={150}
        data={data}
        make={optionsOf}
      />
      <ul class="legend">
        <li>
          <span class="key block key-muted" /> intervals
        </li>
        {density.length > 0 && (
          <li>
            <span class="key key-accent" /> expected of the fitted distribution
          </li>
        )}
        {longer > 0 && (
          <li>
            {longer} longer than {duration(mostMs)} not drawn
          </li>
        )}
      </ul>
    </>
  );
}

function dataOf(intervalsMs: readonly number[], density: InspectedSession['density']): uPlot.AlignedData {
  if (intervalsMs.length === 0) return [[], [], []];
  const { edgesMs, counts, widthMs } = binsOf(intervalsMs, BINS);
  const centres = edgesMs.map((edge) => (edge + widthMs / 2) / 1_000);
  const end = Math.max(...intervalsMs) + 3 * widthMs;
  const start = Math.min(...intervalsMs) - 3 * widthMs;
  const seen = density.filter(({ intervalMs }) => intervalMs >= start && intervalMs <= end);
  return uPlot.join([
    [centres, counts],
    [
      seen.map(({ intervalMs }) => intervalMs / 1_000),
      seen.map(({ perMs }) => perMs * widthMs * intervalsMs.length),
    ],
  ]);
}

function optionsOf(colours: Colours): Omit<uPlot.Options, 'width' | 'height'> {
  return {
    ...plain,
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most) * 1.1] } },
    axes: [
      axis(colours, {
        size: 24,
        space: 60,
        grid: { show: false },
        values: (_, ticks) => ticks.map((seconds) => `${seconds} s`),
      }),
      axis(colours, { size: 36, space: 30 }),
    ],
    series: [
      {},
      {
        paths: bars,
        fill: faint(colours['line-strong'], 0.55),
        points: { show: false },
      },
      { stroke: colours.accent, width: 1.75, spanGaps: true, points: { show: false } },
    ],
  };
}
