import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import type { Rpc } from '../access/roles.js';
import { validIds } from '../api/ids.js';
import type { Telling } from '../api/telling.js';
import type { Clock } from '../clock.js';
import type { TrackRequest__Output } from '../gen/phid/v1/TrackRequest.js';
import type { WatchRequest__Output } from '../gen/phid/v1/WatchRequest.js';
import { InvalidRequestError } from '../presence/errors.js';
import type { Namespace } from '../presence/namespace.js';
import type { EventSink, StreamEvent } from '../presence/watching/outbox.js';
import { Subscription } from '../presence/watching/subscription.js';
import type { Tracker } from '../presence/watching/tracker.js';
import type { RpcContext } from './context.js';
import { PresenceService } from './definition.js';
import { encodeEvent } from './event-codec.js';
import type { LongTasks } from './long-tasks.js';
import { OpenCall } from './open-call.js';
import { validThresholds } from './validation.js';
import { MalformedMessageError } from './wire-reader.js';

type WatchCall = ServerWritableStream<Buffer, Buffer>;
type TrackCall = ServerDuplexStream<Buffer, Buffer>;

const { Watch, Track } = PresenceService.service;

/** Events of one stream that the transport has not taken yet, at most: more wait, and are merged. */
const UNSENT_MAX = 32;
/** A stream that was full asks for more when so few are left: in one read of the store, not in one for each. */
const UNSENT_LOW = UNSENT_MAX / 2;

/** A message as long as this waits for its turn, and so does the end of a stream that watches so many users: a millisecond or more. */
const LONG_BYTES = 8_192;
const LONG_USERS = 500;

const NOTHING = Buffer.alloc(0);

/** The sending half of Watch and Track: what a subscription is told goes to the caller as fast as that one reads. */
class EventStream implements EventSink {
  readonly #tracker: Tracker;
  readonly #clock: Clock;
  readonly #telling: Telling;
  readonly #longTasks: LongTasks;
  readonly #permit: Permit;
  readonly #open: OpenCall;
  #subscription: Subscription | undefined;
  #isFull = false;
  /** A request waits for its turn. */
  #isWaiting = false;

  constructor(rpc: Rpc, call: WatchCall | TrackCall, permit: Permit, context: RpcContext) {
    this.#tracker = context.presence.tracker;
    this.#clock = context.presence.clock;
    this.#telling = context.telling;
    this.#longTasks = context.longTasks;
    this.#permit = permit;
    this.#open = new OpenCall(rpc, call, permit, context);
    this.#open.closed = () => {
      const subscription = this.#subscription;
      if (!subscription) return;
      const close = () => this.#tracker.close(subscription);
      if (subscription.size < LONG_USERS) close();
      else this.#longTasks.add(close);
    };
    this.#open.taken = () => this.#taken();
  }

  get isOpen(): boolean {
    return this.#open.isOpen;
  }

  get room(): number {
    return UNSENT_MAX - this.#open.unsent;
  }

  open(subscription: Subscription): void {
    this.#tracker.open(subscription);
    this.#subscription = subscription;
    subscription.outbox.connect(this);
  }

  take(event: StreamEvent): void {
    if (!this.isOpen) return;
    // An event that cannot be encoded must not look like a store that cannot be read.
    this.#open.guard(() => {
      const message = this.#telling.told('WatchResponse', encodeEvent(event), this.#permit.lastSeen);
      this.#open.write(message);
    });
    if (this.room <= 0) this.#isFull = true;
  }

  fail(error: Error): void {
    this.#open.fail(error);
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Handles a request when it is its turn, unless the stream ends before; what `handle` throws ends the stream. */
  receive<Request>(
    message: Buffer,
    deserialize: (message: Buffer) => Request,
    handle: (request: Request) => void,
  ): void {
    const handleNow = () => this.#open.guard(() => handle(deserialized(message, deserialize)));
    if (message.length < LONG_BYTES) {
      handleNow();
      return;
    }
    this.#isWaiting = true;
    this.#longTasks.add(() => {
      this.#isWaiting = false;
      if (this.isOpen) handleNow();
    });
  }

  /** Nothing is watched: a stream that stays so ends some time. */
  noteIdle(): void {
    const { size = 0, listeners } = this.#subscription ?? {};
    const isIdle = size === 0 && !listeners?.size;
    this.#open.idleSinceMs = isIdle ? this.#clock.nowMs() : undefined;
  }

  #taken(): void {
    if (!this.#isFull || this.#open.unsent > UNSENT_LOW) return;
    this.#isFull = false;
    if (this.#subscription && this.isOpen) this.#tracker.resume(this.#subscription);
  }
}

export function watch(context: RpcContext, call: WatchCall, permit: Permit): void {
  const stream = new EventStream('Watch', call, permit, context);
  const { request: message } = call;
  // The call keeps its request for as long as the stream is open.
  call.request = NOTHING;
  stream.receive(message, Watch.requestDeserialize, (request) => {
    const { namespaces, tracker } = context.presence;
    permit.check(request.namespace);
    const namespace = namespaces.readable(request.namespace);
    const userIds = validIds('user_ids', request.userIds);
    const groupIds = validIds('group_ids', request.groupIds);
    if (userIds.length === 0 && groupIds.length === 0) {
      throw new InvalidRequestError(
        'user_ids',
        'is empty, and group_ids too; name at least one user or group',
      );
    }
    const subscription = subscriptionOf(namespace, request, permit);
    stream.open(subscription);
    tracker.add(subscription, userIds, groupIds);
  });
}

export function track(context: RpcContext, call: TrackCall, permit: Permit): void {
  const stream = new EventStream('Track', call, permit, context);
  const { namespaces, tracker, clock } = context.presence;
  let subscription: Subscription | undefined;
  let isSlowed = false;
  stream.noteIdle();
  const readOn = () => {
    if (!isSlowed && !stream.isWaiting) call.resume();
  };
  call.on('data', (message: Buffer) => {
    if (!stream.isOpen) return;
    const waitMs = permit.noteMessage();
    if (waitMs > 0) {
      isSlowed = true;
      call.pause();
      clock.after(waitMs, () => {
        isSlowed = false;
        readOn();
      });
    }
    stream.receive(message, Track.requestDeserialize, (request) => {
      readOn();
      if (!subscription) {
        permit.check(request.namespace);
        const namespace = namespaces.readable(request.namespace);
        subscription = subscriptionOf(namespace, request, permit);
        stream.open(subscription);
      } else refuseChangeOfMind(subscription, request);
      const removedGroups = validIds('remove_groups', request.removeGroups);
      tracker.remove(subscription, validIds('remove', request.remove), removedGroups);
      const addedGroups = validIds('add_groups', request.addGroups);
      if (request.add.length > 0 || addedGroups.length > 0)
        tracker.add(subscription, validIds('add', request.add), addedGroups);
      stream.noteIdle();
    });
    // What comes after it stands behind it.
    if (stream.isWaiting) call.pause();
  });
}

/** Throws MalformedMessageError. */
function deserialized<Request>(message: Buffer, deserialize: (message: Buffer) => Request): Request {
  try {
    return deserialize(message);
  } catch (error) {
    throw new MalformedMessageError((error as Error).message);
  }
}

function subscriptionOf(
  namespace: Namespace,
  { thresholds }: Pick<WatchRequest__Output, 'thresholds'>,
  permit: Permit,
): Subscription {
  const own = validThresholds(thresholds, namespace);
  if (own) permit.checkThresholds();
  return new Subscription(namespace, own);
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
