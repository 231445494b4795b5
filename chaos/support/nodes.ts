import { appendFile } from 'node:fs/promises';
import { type ServiceProcess, startServiceProcess } from '../../bench/support/service-process.js';
import { freePort } from '../../test/support/redis-server.js';
import type { Guard } from './guard.js';

/** A phid node as a process, on an address that it keeps when it is started again. */
export class PhidNode {
  /** As clients are given it. */
  readonly address: string;
  /** It runs, and is not stopped. */
  isUp = true;
  readonly #begin: () => Promise<ServiceProcess>;
  #process: ServiceProcess;

  /** `logFile`: where its log goes; nowhere when undefined. `guard`: where strangers can reach it. */
  static async start(
    config: object,
    logFile: string | undefined,
    guard: Guard | undefined,
  ): Promise<PhidNode> {
    const fixed = { ...config, ...guard?.config, grpc_addr: `127.0.0.1:${await freePort()}` };
    const onLine = logFile === undefined ? () => {} : (line: string) => void appendFile(logFile, `${line}\n`);
    const ca = await guard?.ca();
    const begin = () => startServiceProcess(fixed, onLine, ca);
    const process = await begin();
    return new PhidNode(begin, process, guard?.urlOf(process.address) ?? process.address);
  }

  private constructor(begin: () => Promise<ServiceProcess>, started: ServiceProcess, address: string) {
    this.#begin = begin;
    this.#process = started;
    this.address = address;
  }

  /** host:port, of gRPC and of HTTP. */
  get ports(): { readonly grpc: string; readonly http: string } {
    return { grpc: this.#process.address, http: new URL(this.#process.url).host };
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
    this.#process = await this.#begin();
    this.isUp = true;
  }

  async stop(): Promise<void> {
    this.isUp = false;
    await this.#process.stop();
  }
}
