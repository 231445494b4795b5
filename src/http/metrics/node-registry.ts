import { Registry } from 'prom-client';
import { Declarations } from './declarations.js';
import type { FamilyObject } from './family.js';

/** All metrics of a process: those that the library keeps, of the process itself and of calls, and those of the core. */
export class NodeRegistry {
  readonly library = new Registry();
  readonly declare = new Declarations();
  readonly contentType = this.library.contentType;

  /** The page, in the text format of Prometheus. */
  async metrics(): Promise<string> {
    return `${await this.library.metrics()}\n${this.declare.text()}`;
  }

  /** The same, for the primary of several workers. */
  async objects(): Promise<FamilyObject[]> {
    return [...(await this.library.getMetricsAsJSON()), ...this.declare.objects()];
  }
}
