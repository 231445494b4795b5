import { signal } from '@preact/signals';
import type { Notice, StatusChange } from '../api/messages.js';
import { pathOf } from '../api/request.js';
import { storeNowMs } from '../api/store-clock.js';
import { openStream, type Stream } from '../api/stream.js';
import { clock } from '../format.js';
import { ChangeLog } from './change-log.js';

/** At most so often the list is drawn anew, however many changes come. */
const DRAW_MS = 100;

/** Stays while other pages are looked at; of the namespace that was followed last. */
export const log = new ChangeLog();

/** Goes up when the log has changed. */
export const logVersion = signal(0);

let followed = { namespace: '', endedMs: 0 };

/** Writes the changes of a namespace into the log until it is closed. */
export function followChanges(namespace: string): Stream {
  if (followed.namespace !== namespace) log.clear();
  else log.note(`Not followed since ${clock(followed.endedMs)}.`, storeNowMs());
  let isDue = false;
  const draw = () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      logVersion.value += 1;
    }, DRAW_MS);
  };
  draw();
  const stream = openStream(pathOf('namespaces', namespace, 'changes'), {
    changes({ changes }: { changes: StatusChange[] }) {
      log.add(changes);
      draw();
    },
    resync() {
      log.note('Some changes were missed.', storeNowMs());
      draw();
    },
    notice({ message }: Notice) {
      log.note(message, storeNowMs());
      draw();
    },
  });
  return {
    connection: stream.connection,
    close() {
      stream.close();
      followed = { namespace, endedMs: storeNowMs() };
    },
  };
}
