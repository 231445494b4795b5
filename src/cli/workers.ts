import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { ForwardingPlace } from '../http/forwarding.js';
import type { Log } from '../log.js';
import { EXIT_FAILURE } from './cli-error.js';
import { STOP, type WorkerMessage } from './worker.js';

/** A worker that dies is replaced after so long: one that cannot run must not keep the machine busy with starting it. */
const REPLACE_DELAY_MS = 1_000;

/** The processes that serve, seen from the primary: started, replaced when they die, told to reload and to stop. */
export class Workers {
  /** Workers that ended unasked. */
  died = 0;
  readonly #log: Log;
  /** Why each of those that listen cannot serve now; null when it can. */
  readonly #unreadiness = new Map<Worker, string | null>();
  /** Where each of those that listen serves HTTP, for the primary to ask. */
  readonly #httpPlaces = new Map<Worker, ForwardingPlace>();
  #turn = 0;
  #hasStarted = false;
  #isStopping = false;

  constructor(log: Log) {
    this.#log = log;
    // Whatever ends the primary ends the workers: none may go on serving a port that nobody minds.
    process.on('exit', () => {
      for (const worker of this.#running()) worker.process.kill('SIGKILL');
    });
  }

  /** Those that serve. */
  get listening(): Iterable<Worker> {
    return this.#unreadiness.keys();
  }

  /** Process ids of those that run, also of those that do not listen yet. */
  get pids(): number[] {
    return this.#running().map((worker) => worker.process.pid as number);
  }

  /** Starts so many; resolves with their port when all listen. When one cannot, the process ends as that one did. */
  async start(count: number): Promise<number> {
    // The first one alone: what keeps it from starting would keep the others, and is said once.
    const grpcPort = await this.#fork();
    await Promise.all(Array.from({ length: count - 1 }, () => this.#fork()));
    this.#hasStarted = true;
    return grpcPort;
  }

  /** Where the one whose turn it is takes HTTP; undefined when none listens. */
  nextHttpPlace(): ForwardingPlace | undefined {
    const places = [...this.#httpPlaces.values()];
    this.#turn += 1;
    return places[this.#turn % places.length];
  }

  /** Undefined when one of them can serve; otherwise why not. */
  unreadiness(): string | undefined {
    if (this.#isStopping) return 'shutting down';
    const reasons = [...this.#unreadiness.values()];
    if (reasons.length === 0) return 'no worker listens';
    return reasons.includes(null) ? undefined : (reasons[0] as string);
  }

  /** Those that do not listen yet read the file anyway. */
  reload(): void {
    for (const worker of this.listening) worker.process.kill('SIGHUP');
  }

  /** Resolves when all have ended; each answers first what it has accepted. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = this.#running();
    const ended = running.map((worker) => once(worker, 'exit'));
    for (const worker of running) if (worker.isConnected()) worker.send(STOP);
    await Promise.all(ended);
  }

  #running(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker?.isDead() === false) as Worker[];
  }

  /** Resolves with the port when the new worker listens. */
  #fork(): Promise<number> {
    const worker = cluster.fork();
    worker.on('exit', (code, signal) => this.#onExit(worker, code, signal));
    return new Promise((resolve) => {
      worker.on('message', (message: WorkerMessage) => {
        if ('unreadiness' in message) this.#unreadiness.set(worker, message.unreadiness);
        else if ('listening' in message) {
          this.#httpPlaces.set(worker, message.listening.http);
          resolve(message.listening.grpcPort);
        }
      });
    });
  }

  #onExit(worker: Worker, code: number, signal: string | null): void {
    this.#unreadiness.delete(worker);
    this.#httpPlaces.delete(worker);
    if (this.#isStopping) return;
    // It has said why.
    if (!this.#hasStarted) process.exit(code || EXIT_FAILURE);
    this.died += 1;
    const { id } = worker;
    const cause = signal ?? `exit code ${code}`;
    this.#log.error(
      { worker: id, pid: worker.process.pid, cause },
      `worker ${id} ended unasked (${cause}); another takes its place`,
    );
    setTimeout(() => this.#isStopping || void this.#fork(), REPLACE_DELAY_MS);
  }
}
