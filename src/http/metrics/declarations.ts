import type { Aggregator } from 'prom-client';
import type { Distribution } from '../../distribution.js';
import { type Family, type Labels, objectOf, textOf } from './family.js';

/** What a metric says when it is scraped: a value for each set of labels. */
type Samples<Value = number> = () => Iterable<readonly [Labels, Value]>;

type HistogramOptions = Partial<Pick<Family, 'scale' | 'hasSum'>>;

/**
 * Metrics that read the plain numbers of the core when they are scraped: the way of a heartbeat carries no metrics
 * code. Not by the library's own classes, which want to be told of every value, and keep a copy of each.
 */
export class Declarations {
  readonly #families = new Map<string, Family>();

  /** `aggregator`: what /metrics shows of several workers. */
  gauge(name: string, help: string, read: () => number, aggregator: Aggregator = 'sum'): void {
    this.gauges(name, help, () => [[{}, read()]], aggregator);
  }

  counter(name: string, help: string, read: () => number): void {
    this.counters(name, help, () => [[{}, read()]]);
  }

  gauges(name: string, help: string, samples: Samples, aggregator: Aggregator = 'sum'): void {
    this.#declare({ name, help, type: 'gauge', aggregator, samples });
  }

  counters(name: string, help: string, samples: Samples): void {
    this.#declare({ name, help, type: 'counter', aggregator: 'sum', samples });
  }

  histograms(
    name: string,
    help: string,
    samples: Samples<Distribution>,
    options: HistogramOptions = {},
  ): void {
    this.#declare({ name, help, type: 'histogram', aggregator: 'sum', samples }, options);
  }

  histogram(name: string, help: string, distribution: Distribution, options: HistogramOptions = {}): void {
    this.histograms(name, help, () => [[{}, distribution]], options);
  }

  /** All of them now, in the text format of Prometheus. */
  text(): string {
    return Array.from(this.#families.values(), textOf).join('\n');
  }

  /** The same, as processes tell each other. */
  objects() {
    return Array.from(this.#families.values(), objectOf);
  }

  /** Throws where there is one of this name. */
  #declare(facts: Omit<Family, keyof HistogramOptions>, options: HistogramOptions = {}): void {
    const { name } = facts;
    if (this.#families.has(name)) throw new Error(`there are two metrics ${name}`);
    this.#families.set(name, { scale: 1, hasSum: true, ...facts, ...options });
  }
}
