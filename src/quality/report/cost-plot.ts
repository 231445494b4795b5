import type { CostCurve, Costs } from '../cost-curve.js';
import { intervalText, shortText } from './format.js';
import { logTicks, svgPlot } from './plot.js';
import { PLOT_STYLE } from './style.js';

/** φ whose points are marked. */
const MARKED_PHI_STEP = 0.5;
/** False alarms that are rarer are beyond what anybody asks for: once in three years. */
const FALSE_ALARMS_MIN = 1e-3;

interface Marked {
  readonly label: string;
  readonly costs: Costs;
}

/** False alarms against detection time, as a picture of its own: a point every half of a decade of φ, and those of `marked`. */
export function costPlot(
  curve: CostCurve,
  { title, marked }: { title: string; marked: readonly Marked[] },
): string {
  const shown = curve.candidates.filter(
    ({ phi, falseAlarmsPerUserDay }) =>
      Number.isInteger(phi / MARKED_PHI_STEP) && falseAlarmsPerUserDay >= FALSE_ALARMS_MIN,
  );
  const pointOf = (costs: Costs, ms: number) => ({
    x: ms / 1000,
    y: costs.falseAlarmsPerUserDay,
    title: `φ ${costs.phi}: ${shortText(costs.falseAlarmsPerUserDay)} false alarms per user and day, ${intervalText(ms)}`,
  });
  const lineOf = (label: string, style: number, msOf: (costs: Costs) => number) => ({
    label,
    style,
    isMain: style === 0,
    points: shown.map((costs) => pointOf(costs, msOf(costs))),
  });
  const series = [
    lineOf('mean', 0, ({ detectionMeanMs }) => detectionMeanMs),
    lineOf('99 of 100', 1, ({ detectionP99Ms }) => detectionP99Ms),
    ...marked
      .filter(({ costs }) => costs.falseAlarmsPerUserDay >= FALSE_ALARMS_MIN)
      .map(({ label, costs }, i) => ({
        label,
        style: i + 2,
        isMain: true,
        points: [pointOf(costs, costs.detectionMeanMs)],
      })),
  ];
  const points = series.flatMap((one) => one.points);
  const axis = (name: string, values: readonly number[]) => {
    const ticks = logTicks(Math.min(...values), Math.max(...values));
    return {
      title: name,
      isLog: true,
      min: ticks[0] as number,
      max: ticks.at(-1) as number,
      ticks: ticks.map((value) => ({ value, label: shortText(value) })),
    };
  };
  const svg = svgPlot({
    id: 'costs',
    title,
    description: `False alarms against detection time, both logarithmic, for φ ${shown[0]?.phi} to ${shown.at(-1)?.phi}.`,
    x: axis(
      'detection time, s',
      points.map(({ x }) => x),
    ),
    y: axis(
      'false alarms per user and day',
      points.map(({ y }) => y),
    ),
    series,
  });
  return standalone(svg);
}

/** An inline picture as a file: with its own style and ground. */
function standalone(svg: string): string {
  const opened = svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  const ground = `<style>${PLOT_STYLE}</style><rect class="card" width="100%" height="100%"/>`;
  return `${opened.replace('</desc>', `</desc>${ground}`)}\n`;
}
