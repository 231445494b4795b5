const KEPT = 40;

/** The last that happened, for whoever looks for the cause of a failure. Written out only then. */
export class Trace {
  readonly #lines: (readonly [atMs: number, what: string, ...facts: unknown[]])[] = [];
  #next = 0;

  note(atMs: number, what: string, ...facts: unknown[]): void {
    this.#lines[this.#next % KEPT] = [atMs, what, ...facts];
    this.#next += 1;
  }

  /** Oldest first. */
  get text(): string {
    const from = Math.max(0, this.#next - KEPT);
    return Array.from({ length: this.#next - from }, (_, i) => {
      const [atMs, what, ...facts] = this.#lines[(from + i) % KEPT] as [number, string, ...unknown[]];
      return `${atMs.toFixed(3).padStart(12)} ${what} ${facts.map(factText).join(' ')}`.trimEnd();
    }).join('\n');
  }
}

function factText(fact: unknown): string {
  if (typeof fact === 'string') return fact;
  return typeof fact === 'number' ? String(Math.round(fact * 1000) / 1000) : JSON.stringify(fact);
}
