import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { Client, RpcFailure } from './client.js';
import { pause } from './pause.js';
import { durationText } from './text.js';

/** What shows a stream of events. */
export interface StreamView<Event> {
  event(event: Event): void;
  /** The connection was lost, or is back: a sentence. */
  connection(message: string): void;
  close(): void;
}

const BACKOFF_MS_MIN = 250;
const BACKOFF_MS_MAX = 5_000;

/**
 * Shows what a stream says until `signal`. One that ends UNAVAILABLE is opened again, with growing pauses. Rejects with
 * RpcFailure where that is no use: the request is refused, or no server was ever reached.
 */
export async function follow<Event>(
  client: Client,
  open: () => ClientReadableStream<Event>,
  { view, signal }: { readonly view: StreamView<Event>; readonly signal: AbortSignal },
): Promise<void> {
  let wasConnected = false;
  let pauseMs = BACKOFF_MS_MIN;
  while (!signal.aborted) {
    let isFirst = true;
    const end = await streamOnce(open(), signal, (event) => {
      if (isFirst && wasConnected) view.connection(`connected to ${client.options.addr} again`);
      isFirst = false;
      wasConnected = true;
      pauseMs = BACKOFF_MS_MIN;
      view.event(event);
    });
    if (signal.aborted) return;
    const failure = end && client.failure(end);
    if (failure && !mayReturn(failure, wasConnected)) throw failure;
    // Half of it random: when a server restarts, its watchers must not come back all at once.
    const delayMs = pauseMs * (0.5 + Math.random() / 2);
    const reason = failure ? reasonOf(failure, client.options.addr) : 'the server ended the stream';
    view.connection(`${reason}; next attempt in ${durationText(delayMs)}`);
    await pause(delayMs, signal);
    pauseMs = Math.min(pauseMs * 2, BACKOFF_MS_MAX);
  }
}

function mayReturn(failure: RpcFailure, wasConnected: boolean): boolean {
  return failure.code === 'UNAVAILABLE' && (wasConnected || !failure.isUnreachable);
}

/** Advice on how to start a server is for those who have none. */
function reasonOf(failure: RpcFailure, addr: string): string {
  return failure.isUnreachable ? `UNAVAILABLE: nothing answers on ${addr}` : failure.message;
}

/** Reads a stream to its end; resolves with what it failed with. */
function streamOnce<Event>(
  stream: ClientReadableStream<Event>,
  signal: AbortSignal,
  onEvent: (event: Event) => void,
): Promise<ServiceError | undefined> {
  return new Promise((resolve) => {
    const cancel = () => stream.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const finish = (error?: ServiceError) => {
      signal.removeEventListener('abort', cancel);
      resolve(error);
    };
    stream.on('data', onEvent);
    stream.on('error', finish);
    stream.on('end', () => finish());
  });
}
