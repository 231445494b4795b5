import { type ReadonlySignal, signal } from '@preact/signals';
import { apiUrl } from './request.js';

/** Whether events arrive; if not, since when (ms since the epoch, by the clock of this machine). */
export type Connection =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly sinceMs: number };

export interface Stream {
  readonly connection: ReadonlySignal<Connection>;
  close(): void;
}

/** EventSource gives up where the answer is no stream (a refusal, a proxy's page); then it is asked again after this. */
const RETRY_MS = 2_000;

/** Follows server-sent events until it is closed, reconnecting by itself; handlers get what `data` holds. */
export function openStream(path: string, handlers: Readonly<Record<string, (data: never) => void>>): Stream {
  const connection = signal<Connection>({ state: 'connecting' });
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource(apiUrl(path));
    source.onopen = () => {
      connection.value = { state: 'live' };
    };
    source.onerror = () => {
      if (connection.peek().state !== 'lost') connection.value = { state: 'lost', sinceMs: Date.now() };
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MS);
    };
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse(event.data) as never));
    }
  };
  connect();
  return {
    connection,
    close() {
      clearTimeout(retry);
      source.close();
    },
  };
}
