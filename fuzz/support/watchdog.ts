import { Worker } from 'node:worker_threads';

/** Looks from outside whether the cases go on: one that never ends would keep the process from saying so. */
export class Watchdog {
  readonly #begun: Int32Array;
  readonly #worker: Worker;

  /** Ends the process, and says `command` with the path of the case, when one does not end for `patienceMs`. */
  constructor(command: string, patienceMs: number) {
    const shared = new SharedArrayBuffer(4);
    this.#begun = new Int32Array(shared);
    this.#worker = new Worker(LOOK, { eval: true, workerData: { shared, command, patienceMs } });
    this.#worker.unref();
  }

  begin(number: number): void {
    this.#begun[0] = number;
  }

  stop(): void {
    void this.#worker.terminate();
  }
}

const LOOK = `
const { workerData: { shared, command, patienceMs } } = require('node:worker_threads');
const begun = new Int32Array(shared);
let before = -1;
setInterval(() => {
  if (begun[0] === before && before > 0) {
    require('node:fs').writeSync(2, '\\na case does not end: ' + command + ' ' + (before - 1) + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  before = begun[0];
}, patienceMs);
`;
