import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { InspectUserResponse, StatusChange } from '../api/messages.js';
import { get, pathOf } from '../api/request.js';
import { storeClock } from '../api/store-clock.js';
import { openStream, type Stream } from '../api/stream.js';

/** Changes of the user that are kept, newest first. */
const CHANGES_MAX = 12;

export interface Inspection {
  /** What was said last; undefined until something was. */
  readonly user: ReadonlySignal<InspectUserResponse | undefined>;
  /** What happened while one looks. */
  readonly changes: ReadonlySignal<readonly StatusChange[]>;
  /** Why the user cannot be inspected; and why what happens is not told, though they can be. */
  readonly failure: ReadonlySignal<unknown>;
  readonly untold: ReadonlySignal<unknown>;
  close(): void;
}

/** Looks at a user until it is closed; not while nobody sees the page, since an inspection costs the service something. */
export function inspect(namespace: string, userId: string): Inspection {
  const user = signal<InspectUserResponse | undefined>(undefined);
  const changes = signal<readonly StatusChange[]>([]);
  const failure = signal<unknown>(undefined);
  const ended = new AbortController();
  const path = pathOf('namespaces', namespace, 'users', userId);
  const stream = signal<Stream | undefined>(undefined);
  const untold = computed(() => {
    const connection = stream.value?.connection.value;
    return connection?.state === 'refused' ? connection.error : undefined;
  });

  const learn = (message: InspectUserResponse) => {
    if (message.now !== undefined) storeClock.observe(Date.parse(message.now), performance.now());
    user.value = message;
  };
  const follow = () => {
    stream.value = openStream(`${path}/events`, {
      user: learn,
      change(change: StatusChange) {
        if (change.cause !== 'SNAPSHOT') changes.value = [change, ...changes.value].slice(0, CHANGES_MAX);
      },
    });
  };
  const rest = () => {
    stream.peek()?.close();
    stream.value = undefined;
  };
  // Asked once by itself: of a stream that is refused, the browser does not say why.
  get<InspectUserResponse>(path, ended.signal).then(
    (message) => {
      learn(message);
      if (!document.hidden) follow();
      document.addEventListener('visibilitychange', () => (document.hidden ? rest() : follow()), {
        signal: ended.signal,
      });
    },
    (error) => {
      if (!ended.signal.aborted) failure.value = error;
    },
  );
  return {
    user,
    changes,
    failure,
    untold,
    close() {
      ended.abort();
      rest();
    },
  };
}
