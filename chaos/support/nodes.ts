import { appendFile } from 'node:fs/promises';
import { type ServiceProcess, startServiceProcess } from '../../bench/support/service-process.js';
import { freePort } from '../../test/support/redis-server.js';

/** A phid node as a process, on an address that it keeps when it is started again. */
export class PhidNode {
  readonly address: string;
  /** It runs, and is not stopped. */
  isUp = true;
  readonly #config: object;
  readonly #onLine: (line: string) => void;
  #process: ServiceProcess;

  /** `logFile`: where its log goes; nowhere when undefined. */
  static async start(config: object, logFile: string | undefined): Promise<PhidNode> {
    const fixed = { ...config, grpc_addr: `127.0.0.1:${await freePort()}` };
    const onLine = logFile === undefined ? () => {} : (line: string) => void appendFile(logFile, `${line}\n`);
    return new PhidNode(fixed, onLine, await startServiceProcess(fixed, onLine));
  }

  private constructor(config: object, onLine: (line: string) => void, started: ServiceProcess) {
    this.#config = config;
    this.#onLine = onLine;
    this.#process = started;
    this.address = started.address;
  }

  get pid(): number {
    return this.#process.pid;
  }

  metric(name: string): Promise<number> {
    return this.#process.metric(name);
  }

  /** SIGSTOP: it stands still, and its connections stay. */
  async freeze(): Promise<void> {
    this.isUp = false;
    await this.#process.signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#process.signal('SIGCONT');
    this.isUp = true;
  }

  /** SIGKILL: it is gone. */
  async kill(): Promise<void> {
    this.isUp = false;
    await this.#process.signal('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.#process.stop();
    this.#process = await startServiceProcess(this.#config, this.#onLine);
    this.isUp = true;
  }

  async stop(): Promise<void> {
    this.isUp = false;
    await this.#process.stop();
  }
}
