import { type Aggregator, Counter, Gauge, type Metric, type Registry } from 'prom-client';
import type { Distribution } from '../../distribution.js';

type Labels<Name extends string> = Readonly<Record<Name, string | number>>;

/** What a metric says when it is scraped: a value for each set of labels. */
type Samples<Name extends string, Value = number> = () => Iterable<readonly [Labels<Name>, Value]>;

interface HistogramOptions {
  /** What a value of the core is in the unit of the metric: 0.001 where the core counts ms and the metric seconds. */
  readonly scale?: number;
  /** False where the sum of the values is not known. */
  readonly hasSum?: boolean;
}

/**
 * Declares metrics that read the plain numbers of the core when they are scraped: the way of a heartbeat carries no metrics
 * code. `aggregator`: what /metrics shows of several workers.
 */
export class Declarations {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  gauge(name: string, help: string, read: () => number, aggregator: Aggregator = 'sum'): void {
    this.gauges(name, help, [], () => [[{}, read()]], aggregator);
  }

  counter(name: string, help: string, read: () => number): void {
    this.counters(name, help, [], () => [[{}, read()]]);
  }

  gauges<Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    samples: Samples<Name>,
    aggregator: Aggregator = 'sum',
  ): void {
    new Gauge({
      ...{ name, help, labelNames, aggregator },
      registers: [this.#registry],
      collect() {
        for (const [labels, value] of samples()) this.set(labels, value);
      },
    });
  }

  counters<Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    samples: Samples<Name>,
  ): void {
    new Counter({
      ...{ name, help, labelNames },
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) this.inc(labels, value);
      },
    });
  }

  /** A histogram of what the core has already counted: the library's own wants every value. */
  histograms<Name extends string>(
    name: string,
    help: string,
    samples: Samples<Name, Distribution>,
    options: HistogramOptions = {},
  ): void {
    const type = 'histogram';
    const values = () => [...samples()].flatMap(([labels, each]) => seriesOf(name, labels, each, options));
    const metric = {
      name,
      help,
      type,
      get: async () => ({ name, help, type, aggregator: 'sum', values: values() }),
    };
    this.#registry.registerMetric(metric as unknown as Metric);
  }

  histogram(name: string, help: string, distribution: Distribution, options: HistogramOptions = {}): void {
    this.histograms(name, help, () => [[{}, distribution]], options);
  }
}

/** Cumulative, as the text format of Prometheus wants it. */
function seriesOf(
  name: string,
  labels: Labels<string>,
  { bounds, counts, sum }: Distribution,
  { scale = 1, hasSum = true }: HistogramOptions,
) {
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
