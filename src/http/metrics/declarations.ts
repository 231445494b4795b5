import type { Aggregator, Metric, Registry } from 'prom-client';
import type { Distribution } from '../../distribution.js';

type Labels = Readonly<Record<string, string | number>>;

/** What a metric says when it is scraped: a value for each set of labels. */
type Samples<Value = number> = () => Iterable<readonly [Labels, Value]>;

interface MetricFacts {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: Aggregator;
}

interface HistogramOptions {
  /** What a value of the core is in the unit of the metric: 0.001 where the core counts ms and the metric seconds. */
  readonly scale?: number;
  /** False where the sum of the values is not known. */
  readonly hasSum?: boolean;
}

/** One line of the page. */
interface Series {
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Declares metrics that read the plain numbers of the core when they are scraped: the way of a heartbeat carries no metrics
 * code. Not by the library's own classes, which want to be told of every value, and keep a copy of each.
 */
export class Declarations {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** `aggregator`: what /metrics shows of several workers. */
  gauge(name: string, help: string, read: () => number, aggregator: Aggregator = 'sum'): void {
    this.gauges(name, help, () => [[{}, read()]], aggregator);
  }

  counter(name: string, help: string, read: () => number): void {
    this.counters(name, help, () => [[{}, read()]]);
  }

  gauges(name: string, help: string, samples: Samples, aggregator: Aggregator = 'sum'): void {
    this.#declare({ name, help, type: 'gauge', aggregator }, () => seriesOf(samples));
  }

  counters(name: string, help: string, samples: Samples): void {
    this.#declare({ name, help, type: 'counter', aggregator: 'sum' }, () => seriesOf(samples));
  }

  histograms(
    name: string,
    help: string,
    samples: Samples<Distribution>,
    options: HistogramOptions = {},
  ): void {
    this.#declare({ name, help, type: 'histogram', aggregator: 'sum' }, () =>
      Array.from(samples()).flatMap(([labels, each]) => histogramOf(name, labels, each, options)),
    );
  }

  histogram(name: string, help: string, distribution: Distribution, options: HistogramOptions = {}): void {
    this.histograms(name, help, () => [[{}, distribution]], options);
  }

  #declare(facts: MetricFacts, values: () => Series[]): void {
    const metric = { ...facts, get: async () => ({ ...facts, values: values() }) };
    // All that a registry, and the aggregation of workers, ask of a metric.
    this.#registry.registerMetric(metric as unknown as Metric);
  }
}

function seriesOf(samples: Samples): Series[] {
  return Array.from(samples(), ([labels, value]) => ({ labels, value }));
}

/** Cumulative, as the text format of Prometheus wants it. */
function histogramOf(
  name: string,
  labels: Labels,
  { bounds, counts, sum }: Distribution,
  { scale = 1, hasSum = true }: HistogramOptions,
): Series[] {
  let count = 0;
  const buckets = counts.map((inBucket, i) => {
    count += inBucket;
    const bound = bounds[i];
    const le = bound === undefined ? '+Inf' : bound * scale;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
  });
  const total = { metricName: `${name}_count`, labels, value: count };
  return hasSum
    ? [...buckets, { metricName: `${name}_sum`, labels, value: sum * scale }, total]
    : [...buckets, total];
}
