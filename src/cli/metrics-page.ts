type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly labels: Labels;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * What /metrics said at a moment, in the text format of Prometheus
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export class MetricsPage {
  /** On this process's monotonic clock, ms. */
  readonly atMs: number;
  readonly #series = new Map<string, Series[]>();

  constructor(text: string, atMs: number) {
    this.atMs = atMs;
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined) continue;
      const series = this.#series.get(name) ?? [];
      series.push({ labels: labelsOf(labels), value: Number(value) });
      this.#series.set(name, series);
    }
  }

  has(name: string): boolean {
    return this.#series.has(name);
  }

  /** The sum of the series that have these labels, whatever others they have; 0 where there are none. */
  sum(name: string, labels: Labels = {}): number {
    let sum = 0;
    for (const series of this.#of(name, labels)) sum += series.value;
    return sum;
  }

  /** The values of a label, in order of appearance. */
  labelValues(name: string, label: string): string[] {
    return [...new Set(this.#of(name, {}).map(({ labels }) => labels[label] ?? ''))];
  }

  /** How many values of a histogram are up to each bound, ascending; summed over the series that have these labels. */
  buckets(name: string, labels: Labels = {}): Map<number, number> {
    const buckets = new Map<number, number>();
    for (const series of this.#of(`${name}_bucket`, labels)) {
      const bound = series.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(series.labels.le);
      buckets.set(bound, (buckets.get(bound) ?? 0) + series.value);
    }
    return new Map([...buckets].sort(([a], [b]) => a - b));
  }

  #of(name: string, wanted: Labels): Series[] {
    const series = this.#series.get(name) ?? [];
    const entries = Object.entries(wanted);
    return series.filter(({ labels }) => entries.every(([label, value]) => labels[label] === value));
  }
}

function labelsOf(text: string): Labels {
  const unescaped = (value: string) =>
    value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  return Object.fromEntries(
    Array.from(text.matchAll(LABEL), ([, name = '', value = '']) => [name, unescaped(value)]),
  );
}
