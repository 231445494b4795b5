import { failureOf } from '../../api/failure.js';
import { type ApiContext, getFleet } from '../../api/tuning.js';
import { StoreUnavailableError } from '../../store/store.js';
import type { EventStream } from './event-stream.js';
import type { EventSource } from './event-streams.js';
import { messageJson } from './json.js';

/** What GetFleet answers, once a second: asked for and written once for all who listen. */
export class FleetFeed {
  readonly #context: ApiContext;
  readonly #streams = new Set<EventStream>();
  #isAsking = false;

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** A listener, told at once. */
  source(): EventSource {
    let stream: EventStream | undefined;
    return {
      open: (opened) => {
        stream = opened;
        this.#streams.add(stream);
        void this.#ask();
      },
      tick: () => void this.#ask(),
      close: () => stream && this.#streams.delete(stream),
    };
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const data = messageJson('GetFleetResponse', await getFleet(this.#context));
      for (const stream of this.#streams) stream.offer({ name: 'fleet', data });
    } catch (error) {
      // A store that is away is asked again in a second; that nothing comes until then says it.
      if (!(error instanceof StoreUnavailableError)) this.#fail(error);
    }
    this.#isAsking = false;
  }

  #fail(error: unknown): void {
    failureOf(error, this.#context.log);
    for (const stream of this.#streams) stream.end();
  }
}
