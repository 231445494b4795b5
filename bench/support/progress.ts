/** Where each line stays, no more than one of them in this time, ms. */
const LINE_INTERVAL_MS = 2_000;

let saidMs = Number.NEGATIVE_INFINITY;

/** Says on stderr what a bench is doing; on a terminal, each time in place of the last. */
export function say(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${text}`);
  } else if (performance.now() - saidMs >= LINE_INTERVAL_MS) {
    saidMs = performance.now();
    process.stderr.write(`${text}\n`);
  }
}

/** Leaves the terminal's line clean for the result. */
export function sayNoMore(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
