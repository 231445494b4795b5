import type { ReceivedHeartbeat } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import { Batch, type Place, type Submission } from './batch.js';
import type { Lane, Task } from './lane.js';

/**
 * The newest heartbeat of each session that waits for the store and was handed in alone: the one whose place a newer one of
 * the session may take when there is no room for both. Made of what is in the lanes, O(waiting), and good until one of them
 * moves on: while the store is away none does.
 */
export class WaitingSessions {
  readonly #places = new Map<string, Map<string, { readonly batch: Batch; readonly place: Place }>>();

  constructor(lanes: readonly Lane[]) {
    for (const lane of lanes) for (const task of lane.waiting) this.#add(task);
  }

  /** Puts a heartbeat in the place of an older one of its session; returns whose that was, undefined: there is none. */
  replace(
    namespace: Namespace,
    heartbeat: ReceivedHeartbeat,
    submission: Submission,
  ): Submission | undefined {
    const found = this.#places.get(keyOf(namespace, heartbeat.userId))?.get(heartbeat.sessionId);
    return found?.batch.replace(found.place, heartbeat, submission);
  }

  #add(task: Task): void {
    if (task instanceof Batch) {
      for (const place of task.places()) {
        const key = keyOf(task.namespace, place.heartbeat.userId);
        let sessions = this.#places.get(key);
        if (!sessions) {
          sessions = new Map();
          this.#places.set(key, sessions);
        }
        sessions.set(place.heartbeat.sessionId, { batch: task, place });
      }
    } else if (task.changes) {
      // What comes after a leave must not be recorded before it.
      this.#places.delete(keyOf(task.changes.namespace, task.changes.userId));
    }
  }
}

function keyOf({ name }: Namespace, userId: string): string {
  return `${name}:${userId}`;
}
