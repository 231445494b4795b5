import { type ServerDuplexStream, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import type { Rpc } from '../access/roles.js';
import { validIds } from '../api/ids.js';
import type { TrackRequest__Output } from '../gen/phid/v1/TrackRequest.js';
import type { WatchRequest__Output } from '../gen/phid/v1/WatchRequest.js';
import { InvalidRequestError } from '../presence/errors.js';
import type { EventSink, StreamEvent } from '../presence/watching/outbox.js';
import { Subscription } from '../presence/watching/subscription.js';
import type { OpenStream, RpcContext } from './context.js';
import { encodeEvent } from './event-codec.js';
import { type RpcError, toRpcError } from './status.js';
import { validThresholds } from './validation.js';

type WatchCall = ServerWritableStream<WatchRequest__Output, Buffer>;
type TrackCall = ServerDuplexStream<TrackRequest__Output, Buffer>;

/** Events of one stream that the transport has not taken yet, at most: more wait, and are merged. */
const UNSENT_MAX = 32;
/** A stream that was full asks for more when so few are left: in one read of the store, not in one for each. */
const UNSENT_LOW = UNSENT_MAX / 2;

/** The sending half of Watch and Track: what a subscription is told goes to the caller as fast as that one reads. */
class EventStream implements OpenStream, EventSink {
  readonly #call: WatchCall | TrackCall;
  readonly #context: RpcContext;
  readonly #permit: Permit;
  readonly #method: Rpc;
  readonly #startedMs: number;
  #subscription: Subscription | undefined;
  #isOpen = true;
  #unsent = 0;
  #isFull = false;

  constructor(method: Rpc, call: WatchCall | TrackCall, permit: Permit, context: RpcContext) {
    this.#method = method;
    this.#call = call;
    this.#permit = permit;
    this.#context = context;
    this.#startedMs = context.presence.clock.nowMs();
    context.openStreams.add(this);
    call.on('cancelled', () => this.#close(status.CANCELLED));
    permit.hold((error) => void this.end(toRpcError(error, context.log)));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get room(): number {
    return UNSENT_MAX - this.#unsent;
  }

  open(subscription: Subscription): void {
    this.#context.presence.tracker.open(subscription);
    this.#subscription = subscription;
    subscription.outbox.connect(this);
  }

  take(event: StreamEvent): void {
    if (!this.#isOpen) return;
    this.#unsent += 1;
    if (this.room <= 0) this.#isFull = true;
    // An event that cannot be encoded must not look like a store that cannot be read.
    this.guard(() => this.#call.write(encodeEvent(event), this.#sent));
  }

  fail(error: Error): void {
    void this.end(toRpcError(error, this.#context.log));
  }

  async end(error: RpcError): Promise<void> {
    if (!this.#isOpen) return;
    this.#close(error.code);
    this.#call.emit('error', error);
  }

  /** Runs what handles a request; what it throws ends the stream. */
  guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  readonly #sent = (): void => {
    this.#unsent -= 1;
    if (!this.#isFull || this.#unsent > UNSENT_LOW) return;
    this.#isFull = false;
    if (this.#subscription && this.#isOpen) this.#context.presence.tracker.resume(this.#subscription);
  };

  #close(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { openStreams, presence, observe } = this.#context;
    openStreams.delete(this);
    this.#permit.release();
    if (this.#subscription) presence.tracker.close(this.#subscription);
    observe(this.#method, code, presence.clock.nowMs() - this.#startedMs);
  }
}

export function watch(context: RpcContext, call: WatchCall, permit: Permit): void {
  const stream = new EventStream('Watch', call, permit, context);
  stream.guard(() => {
    const { namespaces, tracker } = context.presence;
    permit.check(call.request.namespace);
    const namespace = namespaces.readable(call.request.namespace);
    const userIds = validIds('user_ids', call.request.userIds);
    const groupIds = validIds('group_ids', call.request.groupIds);
    if (userIds.length === 0 && groupIds.length === 0) {
      throw new InvalidRequestError(
        'user_ids',
        'is empty, and group_ids too; name at least one user or group',
      );
    }
    const subscription = new Subscription(namespace, validThresholds(call.request.thresholds, namespace));
    stream.open(subscription);
    tracker.add(subscription, userIds, groupIds);
    // The call keeps its request for as long as the stream is open.
    call.request.userIds = [];
    call.request.groupIds = [];
  });
}

export function track(context: RpcContext, call: TrackCall, permit: Permit): void {
  const stream = new EventStream('Track', call, permit, context);
  const { namespaces, tracker } = context.presence;
  let subscription: Subscription | undefined;
  call.on('data', (request: TrackRequest__Output) => {
    if (!stream.isOpen) return;
    stream.guard(() => {
      if (!subscription) {
        permit.check(request.namespace);
        const namespace = namespaces.readable(request.namespace);
        subscription = new Subscription(namespace, validThresholds(request.thresholds, namespace));
        stream.open(subscription);
      } else refuseChangeOfMind(subscription, request);
      const removedGroups = validIds('remove_groups', request.removeGroups);
      tracker.remove(subscription, validIds('remove', request.remove), removedGroups);
      if (request.add.length === 0 && request.addGroups.length === 0) return;
      const addedGroups = validIds('add_groups', request.addGroups);
      tracker.add(subscription, validIds('add', request.add), addedGroups);
    });
  });
}

/** The first message of a Track decides the namespace and the thresholds. */
function refuseChangeOfMind({ namespace }: Subscription, request: TrackRequest__Output): void {
  if (request.namespace !== '' && request.namespace !== namespace.name) {
    const problem = `${JSON.stringify(request.namespace)} is not "${namespace.name}", which the first message chose`;
    throw new InvalidRequestError('namespace', problem);
  }
  if (request.thresholds)
    throw new InvalidRequestError('thresholds', 'only the first message may state them');
}
