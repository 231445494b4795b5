import { Presets, SingleBar } from 'cli-progress';
import type { ReplayProgress } from '../quality/replay.js';

const BAR_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 10_000;

export interface ShownProgress extends ReplayProgress {
  /** Takes it from the terminal; it comes back when there is more to tell. */
  clear(): void;
}

/**
 * A bar on a terminal, otherwise a line now and then, on stderr. A replay keeps the thread busy, so that no timer
 * would fire: it is drawn from the calls themselves.
 */
export function showReplayProgress(): ShownProgress {
  return process.stderr.isTTY ? new Bar() : new Lines();
}

class Lines implements ShownProgress {
  #lastMs = performance.now();

  reading(heartbeats: number): void {
    this.#say(`${heartbeats} heartbeats read`);
  }

  replaying(share: number): void {
    this.#say(`${Math.floor(100 * share)}% replayed`);
  }

  clear(): void {}

  #say(text: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < LINE_INTERVAL_MS) return;
    this.#lastMs = nowMs;
    process.stderr.write(`phid: ${text}\n`);
  }
}

class Bar implements ShownProgress {
  readonly #bar = new SingleBar(
    { stream: process.stderr, format: '{bar} {percentage}%  {what}', hideCursor: true },
    Presets.shades_classic,
  );
  #drawnMs = 0;

  reading(heartbeats: number): void {
    this.#draw(0, `${heartbeats} heartbeats read`);
  }

  replaying(share: number): void {
    this.#draw(share, 'replayed');
  }

  clear(): void {
    if (!this.#bar.isActive) return;
    this.#bar.stop();
    process.stderr.moveCursor(0, -1);
    process.stderr.clearLine(0);
  }

  #draw(share: number, what: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#drawnMs < BAR_INTERVAL_MS) return;
    this.#drawnMs = nowMs;
    if (!this.#bar.isActive) this.#bar.start(100, 0, { what });
    this.#bar.update(Math.floor(100 * share), { what });
  }
}
