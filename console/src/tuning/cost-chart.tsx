import { useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Cost } from '../api/messages.js';
import { axis, Chart, plain } from '../charts/chart.js';
import type { Colours } from '../charts/colours.js';
import { duration, significant } from '../format.js';

interface Marks {
  /** What is in force: SUSPECT, OFFLINE. */
  readonly current: readonly Cost[];
  /** What is tried out. */
  readonly chosen: readonly Cost[];
}

interface CostChartProps extends Marks {
  readonly whatIf: readonly Cost[];
}

/** Detection time against false alarms: where a threshold can be, and where it is. */
export function CostChart({ whatIf, current, chosen }: CostChartProps) {
  const marks = useRef<Marks>({ current, chosen });
  marks.current = { current, chosen };
  const data = useMemo<uPlot.AlignedData>(() => dataOf(whatIf), [whatIf, current, chosen]);
  const make = useMemo(() => (colours: Colours) => optionsOf(colours, () => marks.current), []);
  return (
    <>
      <Chart
        label="Detection time against false alarms a user-day, of all candidates"
        heightPx={260}
        data={data}
        make={make}
      />
      <ul class="legend">
        <li>
          <span class="key key-accent" /> counted
        </li>
        <li>
          <span class="key dashed key-accent" /> extrapolated
        </li>
        <li>○ in force</li>
        <li>● tried out</li>
      </ul>
    </>
  );
}

function dataOf(whatIf: readonly Cost[]): uPlot.AlignedData {
  const costs = whatIf.filter(({ falseAlarmsPerUserDay }) => falseAlarmsPerUserDay > 0);
  const isExtrapolated = (i: number) => costs[i]?.extrapolated ?? true;
  const alarmsWhere = (isWanted: (i: number) => boolean) =>
    costs.map((cost, i) => (isWanted(i) ? cost.falseAlarmsPerUserDay : null));
  return [
    costs.map(({ detectionMeanMs }) => detectionMeanMs / 1_000),
    alarmsWhere((i) => !isExtrapolated(i)),
    // From the last counted one on, so that the lines meet.
    alarmsWhere((i) => isExtrapolated(i) || isExtrapolated(i + 1)),
  ];
}

function optionsOf(colours: Colours, marks: () => Marks): Omit<uPlot.Options, 'width' | 'height'> {
  const line = { stroke: colours.accent, width: 1.75, points: { show: false } };
  return {
    ...plain,
    cursor: { show: false },
    padding: [10, 20, 0, 0],
    scales: { x: { time: false }, y: { distr: 3 } },
    axes: [
      axis(colours, {
        label: 'mean detection time',
        labelSize: 18,
        size: 24,
        space: 70,
        values: (_, ticks) => ticks.map((seconds) => duration(seconds * 1_000)),
      }),
      axis(colours, {
        label: 'false alarms /user-day',
        labelSize: 18,
        size: 48,
        grid: { stroke: colours.line, width: 1, filter: powersOfTen },
        ticks: { show: false },
        filter: powersOfTen,
        values: (_, ticks) => ticks.map((alarms) => (alarms === null ? '' : significant(alarms))),
      }),
    ],
    series: [{}, line, { ...line, dash: [5, 4] }],
    hooks: {
      draw: [
        (plot) => {
          for (const cost of marks().current)
            mark(plot, cost, { colour: colours.text, fill: colours.surface });
          for (const cost of marks().chosen)
            mark(plot, cost, { colour: colours.surface, fill: colours.accent });
        },
      ],
    },
  };
}

/** At most so many lines, however many decades there are. */
const LINES_MAX = 8;

/** Of the ticks of a logarithmic axis the powers of ten, or every so many of them. */
function powersOfTen(_: uPlot, ticks: number[]): (number | null)[] {
  const exponents = ticks.map((tick) => Math.log10(tick));
  const decades = (exponents.at(-1) ?? 0) - (exponents[0] ?? 0);
  const step = Math.max(1, Math.ceil(decades / LINES_MAX));
  return ticks.map((tick, i) => {
    const exponent = Math.round(exponents[i] as number);
    const isPower = Math.abs((exponents[i] as number) - exponent) < 1e-6;
    return isPower && exponent % step === 0 ? tick : null;
  });
}

const MARK_RADIUS = 5;

function mark(
  plot: uPlot,
  cost: Cost,
  { colour, fill }: { readonly colour: string; readonly fill: string },
): void {
  if (cost.falseAlarmsPerUserDay <= 0) return;
  const { ctx } = plot;
  ctx.save();
  ctx.setLineDash([]);
  ctx.beginPath();
  const x = plot.valToPos(cost.detectionMeanMs / 1_000, 'x', true);
  const y = plot.valToPos(cost.falseAlarmsPerUserDay, 'y', true);
  ctx.arc(x, y, MARK_RADIUS * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}
