import type { Permit } from '../../access/permit.js';
import { changeMessage, noticeMessage } from '../../api/event-message.js';
import { failureOf } from '../../api/failure.js';
import { inspectionMessage } from '../../api/inspection-message.js';
import type { Log } from '../../log.js';
import type { Namespace } from '../../presence/namespace.js';
import type { Presence } from '../../presence/presence.js';
import type { EventSink, StreamEvent } from '../../presence/watching/outbox.js';
import { Subscription } from '../../presence/watching/subscription.js';
import { StoreUnavailableError } from '../../store/store.js';
import type { EventStream } from './event-stream.js';
import type { EventSource } from './event-streams.js';
import { messageJson } from './json.js';

interface UserEventsContext {
  readonly presence: Presence;
  readonly log: Log;
}

/**
 * One user, live: `user` is what InspectUser answers, at once, every second and after each change; `change` and `notice` are
 * what Watch tells.
 */
export class UserEvents implements EventSource, EventSink {
  readonly #context: UserEventsContext;
  readonly #userId: string;
  readonly #permit: Permit;
  readonly #subscription: Subscription;
  #stream: EventStream | undefined;
  #isLooking = false;
  #isToLookAgain = false;

  constructor(
    context: UserEventsContext,
    namespace: Namespace,
    { userId, permit }: { readonly userId: string; readonly permit: Permit },
  ) {
    this.#context = context;
    this.#userId = userId;
    this.#permit = permit;
    this.#subscription = new Subscription(namespace, undefined);
  }

  open(stream: EventStream): void {
    const { tracker } = this.#context.presence;
    this.#stream = stream;
    stream.drained = () => tracker.resume(this.#subscription);
    tracker.open(this.#subscription);
    tracker.add(this.#subscription, [this.#userId]);
    this.#subscription.outbox.connect(this);
    this.tick();
  }

  tick(): void {
    if (this.#isLooking) this.#isToLookAgain = true;
    else void this.#look();
  }

  close(): void {
    this.#stream = undefined;
    this.#context.presence.tracker.close(this.#subscription);
  }

  /** One user has one change at a time to be told. */
  get room(): number {
    return this.#stream?.hasRoom ? 1 : 0;
  }

  take(event: StreamEvent): void {
    if ('change' in event) {
      this.#offer('change', 'StatusChange', changeMessage(event.change));
      this.tick();
    } else if ('notice' in event) this.#offer('notice', 'Notice', noticeMessage(event));
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    this.#isToLookAgain = false;
    try {
      const { reads } = this.#context.presence;
      const { namespace } = this.#subscription;
      const inspection = await reads.inspect(namespace, this.#userId, this.#permit.seesUnseen);
      this.#offer('user', 'InspectUserResponse', inspectionMessage(inspection));
    } catch (error) {
      // Of a store that is away a notice tells, and it is asked again in a second.
      if (!(error instanceof StoreUnavailableError)) this.#fail(error);
    }
    this.#isLooking = false;
    if (this.#isToLookAgain && this.#stream) void this.#look();
  }

  #offer(name: string, message: string, content: object): void {
    this.#stream?.offer({ name, data: messageJson(message, content) });
  }

  #fail(error: unknown): void {
    failureOf(error, this.#context.log);
    this.#stream?.end();
  }
}
