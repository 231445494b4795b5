import type { Aggregator, MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import { Distribution } from '../../distribution.js';

export type Labels = Readonly<Record<string, string | number>>;

/** A metric with all its series, which are read off the core when somebody asks. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What /metrics shows of several workers. */
  readonly aggregator: Aggregator;
  /** A value for each set of labels. */
  readonly samples: () => Iterable<readonly [Labels, number | Distribution]>;
  /** What a value of the core is in the unit of the metric: 0.001 where the core counts ms and the metric seconds. */
  readonly scale: number;
  /** False where the sum of the values is not known. */
  readonly hasSum: boolean;
}

/** A series of a sample: what follows the name of the family, and the bound of a bucket. */
interface Series {
  readonly suffix: string;
  readonly le?: number | '+Inf';
  readonly value: number;
}

/** A family as prom-client hands it from process to process. */
export type FamilyObject = MetricObjectWithValues<MetricValueWithName<string>>;

/**
 * A family in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). Written here, since
 * nearly all of a page are buckets: the library makes their labels anew for each, which is ten times the work.
 */
export function textOf({ name, help, type, samples, ...unit }: Family): string {
  let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  for (const [labels, value] of samples()) {
    const shared = labelsText(labels);
    const braced = shared && `{${shared}}`;
    const following = shared && `,${shared}`;
    for (const { suffix, le, value: each } of seriesOf(value, unit)) {
      const own = le === undefined ? braced : `{le="${le}"${following}}`;
      text += `${name}${suffix}${own} ${numberText(each)}\n`;
    }
  }
  return text;
}

/** The same as processes tell each other, and the library adds up. */
export function objectOf({ name, help, type, aggregator, samples, ...unit }: Family): FamilyObject {
  const values = Array.from(samples()).flatMap(([labels, value]) =>
    seriesOf(value, unit).map(({ suffix, le, value: each }) => ({
      metricName: `${name}${suffix}`,
      labels: le === undefined ? labels : { le, ...labels },
      value: each,
    })),
  );
  // The library's types have a number for the type of a metric, its code the word.
  return { name, help, type, aggregator, values } as unknown as FamilyObject;
}

/** Of a histogram cumulative, as the format wants it. */
function seriesOf(value: number | Distribution, { scale, hasSum }: Pick<Family, 'scale' | 'hasSum'>) {
  if (!(value instanceof Distribution)) return [{ suffix: '', value }];
  const { bounds, counts, sum } = value;
  let count = 0;
  const series: Series[] = counts.map((inBucket, i) => {
    count += inBucket;
    const bound = bounds[i];
    return { suffix: '_bucket', le: bound === undefined ? '+Inf' : bound * scale, value: count };
  });
  if (hasSum) series.push({ suffix: '_sum', value: sum * scale });
  series.push({ suffix: '_count', value: count });
  return series;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(String(value))}"`)
    .join(',');
}

const MEANT_OTHERWISE = /[\\"\n]/g;

function escaped(value: string): string {
  return value.replace(MEANT_OTHERWISE, (each) => (each === '\n' ? '\\n' : `\\${each}`));
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
