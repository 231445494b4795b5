import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time that a process has used, µs, all threads. From schedstat, which the scheduler keeps in nanoseconds: the
 * ticks of /proc/PID/stat are 10 ms, as long as what some rounds use.
 */
export function cpuUs(pid: number): number {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1'), 10);
  }
  return ns / 1000;
}

/** Memory of a process that is in RAM, bytes. */
export function rssBytes(pid: number): number {
  const kiB = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kiB) * 1024;
}
