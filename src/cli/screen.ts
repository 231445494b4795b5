import type { WriteStream } from 'node:tty';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';

/** Lines on a terminal that are redrawn in place, below what was there. */
export class Screen {
  readonly #output: WriteStream;
  #linesDrawn = 0;

  constructor(output: WriteStream) {
    this.#output = output;
    output.write(HIDE_CURSOR);
  }

  // Some terminals say 0 for what they do not know.
  get rows(): number {
    return this.#output.rows || 24;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  /** Puts these in the place of those drawn last. None may be as wide as the screen: one that wraps would be two. */
  draw(lines: readonly string[]): void {
    const up = this.#linesDrawn > 0 ? `\x1b[${this.#linesDrawn}A` : '';
    this.#output.write(`${up}\r${CLEAR_BELOW}${lines.join('\n')}\n`);
    this.#linesDrawn = lines.length;
  }

  close(): void {
    this.#output.write(SHOW_CURSOR);
  }
}
