import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { coloursVersion } from '../theme.js';
import { type Colours, coloursOf } from './colours.js';

type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>;

interface ChartProps {
  /** What it shows, in a sentence: for those who do not see it. */
  readonly label: string;
  readonly heightPx: number;
  readonly data: uPlot.AlignedData;
  /** Makes the options; another function makes another chart, so keep it the same while nothing but the data changes. */
  readonly make: (colours: Colours) => ChartOptions;
  /** Gets every chart that is made: what moves with time is put over it, which costs less than to draw it again. */
  readonly onMade?: (plot: uPlot) => void;
}

/** A uPlot that is as wide as its place and has the colours of the theme. */
export function Chart({ label, heightPx, data, make, onMade }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const version = coloursVersion.value;

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const options = { ...make(coloursOf(element)), width: element.clientWidth, height: heightPx };
    const made = new uPlot(options, data, element);
    plot.current = made;
    onMade?.(made);
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [make, version, heightPx]);

  useEffect(() => plot.current?.setData(data), [data]);

  return <div class="chart" role="img" aria-label={label} style={{ height: `${heightPx}px` }} ref={place} />;
}

/** An axis in the type of the page; `values` writes its ticks. */
export function axis(colours: Colours, overrides: Partial<uPlot.Axis> = {}): uPlot.Axis {
  const ticks = { stroke: colours.line, width: 1, size: 4 };
  const grid = { stroke: colours.line, width: 1 };
  return { stroke: colours.muted, font: colours.font, labelFont: colours.font, ticks, grid, ...overrides };
}

/** What all charts have in common: no legend of uPlot's own, no zooming by dragging. */
export const plain = {
  legend: { show: false },
  cursor: { drag: { x: false, y: false }, points: { show: false } },
} satisfies Partial<uPlot.Options>;
