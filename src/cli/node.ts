import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { destination, type Logger, pino } from 'pino';
import type { LogLevel, Settings } from '../config/settings.js';
import type { Service } from '../service.js';
import { CliError } from './cli-error.js';

/** Logs to a file descriptor, as JSON lines with times people can read; `worker` is part of each where it is given. */
export function createLog(level: LogLevel, fd: 1 | 2, worker?: number): Logger {
  // Written at once: otherwise the last lines, which say why the process ended, are lost with it now and then.
  const output = destination({ dest: fd, sync: true });
  const base = worker === undefined ? null : { worker };
  return pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime }, output);
}

/** Starts a node. Rejects with one plain line when an address cannot be used. */
export function startNode(
  settings: Settings,
  log: Logger,
  options: { readonly forwardingKey?: string } = {},
): Promise<Service> {
  return explained(async () => (await serviceModule()).startService(settings, log, options));
}

/** Imported when needed: commands that only call a server do without Redis, HTTP and metrics, and start sooner. */
async function serviceModule() {
  // The library would write its own lines between ours; what they say is in the errors too.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE);
  return import('../service.js');
}

/** What `start` starts; an address that cannot be used is told in one plain line. */
export async function explained<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    throw new CliError(explainStart(error as Error));
  }
}

const CANNOT_LISTEN =
  /^(gRPC|HTTP) cannot listen on (.*?): .*?\b(EADDRINUSE|EACCES|EADDRNOTAVAIL|ENOTFOUND)\b/s;

function explainStart({ message }: Error): string {
  const [, protocol, addr, code] = CANNOT_LISTEN.exec(message) ?? [];
  // What the library says of a host name that is none.
  if (!protocol)
    return message.replace(/: Name resolution failed.*/s, ' (--grpc-addr): there is no host of this name');
  const flag = protocol === 'gRPC' ? '--grpc-addr' : '--http-addr';
  const reason = {
    EADDRINUSE: 'another process listens there; stop it, or choose another port (0 takes a free one)',
    EACCES: 'permission denied; choose a port from 1024',
    EADDRNOTAVAIL: 'this machine has no such address; 0.0.0.0 stands for all it has',
    ENOTFOUND: 'there is no host of this name',
  }[code as string];
  return `${protocol} cannot listen on ${addr} (${flag}): ${reason}`;
}

/** The address under which a node that listens on `addr` is reached from this machine, with the port it really has. */
export function localAddress(addr: string, port: number): string {
  const host = addr.slice(0, addr.lastIndexOf(':'));
  if (host === '0.0.0.0') return `127.0.0.1:${port}`;
  return host === '[::]' ? `[::1]:${port}` : `${host}:${port}`;
}

/** The address a node listens on, with the port it really has. */
export function boundAddress(addr: string, port: number): string {
  return `${addr.slice(0, addr.lastIndexOf(':'))}:${port}`;
}

/**
 * Resolves with the first SIGINT or SIGTERM. A second one ends the process at once, for whoever does not want to wait
 * for a graceful end.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (stopping) process.exit(1);
      stopping = true;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  });
}
