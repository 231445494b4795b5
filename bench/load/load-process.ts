import { startChild, stopChild } from '../support/child.js';
import type { Commands } from './load.js';

/** The load generator: a process of its own, so that its work is in nobody's CPU time and delays nobody's event loop. */
export interface LoadProcess {
  readonly pid: number;
  /** Has it do a job. Rejects when the job failed. */
  do<Name extends keyof Commands>(
    command: Name,
    job: Parameters<Commands[Name]>[0],
  ): ReturnType<Commands[Name]>;
  stop(): Promise<void>;
}

export interface Order {
  readonly id: number;
  readonly command: keyof Commands;
  readonly job: unknown;
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

export async function startLoad(): Promise<LoadProcess> {
  const child = startChild(new URL('./load.ts', import.meta.url));
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let orders = 0;
  child.on('message', ({ id, result, error }: Answer) => {
    const order = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) order?.resolve(result);
    else order?.reject(new Error(`load: ${error}`));
  });
  child.on('exit', (code) => {
    for (const order of waiting.values()) order.reject(new Error(`the load generator ended with ${code}`));
  });
  return {
    pid: child.pid as number,
    do: ((command: keyof Commands, job: unknown) =>
      new Promise((resolve, reject) => {
        const order: Order = { id: orders++, command, job };
        waiting.set(order.id, { resolve, reject });
        child.send(order);
      })) as LoadProcess['do'],
    stop: () => stopChild(child),
  };
}
