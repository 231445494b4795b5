import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { isAdmitted } from './asker.js';
import { type ApiError, apiUrl, refusalOf } from './request.js';

/** Whether events arrive; if not, since when (ms since the epoch, by the clock of this machine). */
export type Connection =
  | { readonly state: 'connecting' | 'live' }
  /** It is not for whoever looks. */
  | { readonly state: 'refused'; readonly error: ApiError }
  | { readonly state: 'lost'; readonly sinceMs: number };

export interface Stream {
  readonly connection: ReadonlySignal<Connection>;
  close(): void;
}

/** EventSource gives up where the answer is no stream (a proxy's page); then it is asked again after this. */
const RETRY_MS = 2_000;
/** What is refused may be allowed one day. */
const REFUSED_RETRY_MS = 30_000;

/**
 * Follows server-sent events until it is closed, as long as whoever looks is admitted, reconnecting by itself; handlers get what `data`
 * holds.
 */
export function openStream(path: string, handlers: Readonly<Record<string, (data: never) => void>>): Stream {
  const connection = signal<Connection>({ state: 'connecting' });
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    const opened = new EventSource(apiUrl(path));
    source = opened;
    opened.onopen = () => {
      connection.value = { state: 'live' };
    };
    opened.onerror = async () => {
      const isOver = opened.readyState === EventSource.CLOSED;
      const error = isOver ? await refusalOf(path) : undefined;
      if (source !== opened) return;
      if (error) connection.value = { state: 'refused', error };
      else if (connection.peek().state !== 'lost') connection.value = { state: 'lost', sinceMs: Date.now() };
      if (isOver) retry = setTimeout(connect, error ? REFUSED_RETRY_MS : RETRY_MS);
    };
    for (const [name, handle] of Object.entries(handlers)) {
      opened.addEventListener(name, (event) => handle(JSON.parse(event.data) as never));
    }
  };
  const disconnect = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  const stopFollowing = effect(() => {
    if (!isAdmitted.value) return;
    connection.value = { state: 'connecting' };
    connect();
    return disconnect;
  });
  return { connection, close: stopFollowing };
}
