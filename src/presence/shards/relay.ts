import type { Clock } from '../../clock.js';
import type { Arrival } from '../../detector/arrival.js';
import type { ShardStore } from '../../store/shard-store.js';
import type { ReceivedHeartbeat } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import { isQuieting } from '../watching/hearing.js';
import { ArrivalMessage } from '../watching/relayed-arrivals.js';

/** Of one namespace, to one node. What finds no room while another one is under way is not told. */
export const MESSAGE_BYTES_MAX = 64 * 1024;
/** A message gathers for so long, ms: an owner would look no sooner than a second after who beats every ten. */
const GATHERING_MS = 40;

/** On their way to a node. */
interface Mail {
  readonly node: string;
  readonly message: ArrivalMessage;
}

/**
 * Tells the owners of shards which of their users this node has heard, so that these need not be read: for the one who tells, and the
 * one who is told, that is a twentieth of the work. It is not for being right: what is lost, or does not fit, costs a reading.
 */
export class Relay {
  /** Heartbeats, for /metrics. */
  readonly counts = { relayed: 0, dropped: 0 };
  readonly #nodeId: string;
  readonly #store: ShardStore;
  readonly #clock: Clock;
  /** Of each shard the node that owns it. */
  #owners: readonly (string | undefined)[] = [];
  #isAlone = true;
  /** Of each namespace, and of each shard of it that another node owns. */
  #mail = new Map<Namespace, (Mail | undefined)[]>();
  #isSending = false;
  #cancelSending: (() => void) | undefined;

  constructor(options: { readonly nodeId: string; readonly store: ShardStore; readonly clock: Clock }) {
    this.#nodeId = options.nodeId;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** From now on these own the shards, in their order. What was on its way to others is not told. */
  setOwners(owners: readonly (string | undefined)[]): void {
    if (owners.join() === this.#owners.join()) return;
    this.#owners = owners;
    this.#isAlone = owners.every((owner) => owner === undefined || owner === this.#nodeId);
    this.#mail.clear();
  }

  /** This node has recorded heartbeats. O(heartbeats). */
  take(namespace: Namespace, heartbeats: readonly ReceivedHeartbeat[], arrivals: readonly Arrival[]): void {
    if (this.#isAlone) return;
    const mail = this.#mailOf(namespace);
    for (let i = 0; i < arrivals.length; i++) {
      const { userId } = heartbeats[i] as ReceivedHeartbeat;
      const message = mail[this.#store.shardOf(userId)]?.message;
      const arrival = arrivals[i] as Arrival;
      if (!message || !isQuieting(arrival)) continue;
      if (message.add(userId, arrival)) continue;
      void this.#send();
      if (!message.add(userId, arrival)) this.counts.dropped += 1;
    }
    this.#cancelSending ??= this.#clock.after(GATHERING_MS, () => {
      this.#cancelSending = undefined;
      void this.#send();
    });
  }

  close(): void {
    this.#cancelSending?.();
    this.#isAlone = true;
  }

  /** One message to each at a time: where the store is slow, the next gathers until it has room. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    const mails = new Set([...this.#mail.values()].flat());
    await Promise.all(
      Array.from(mails, async (mail) => {
        if (!mail || mail.message.count === 0) return;
        const { count } = mail.message;
        const isTold = await this.#store.relay(mail.node, mail.message.take()).then(
          () => true,
          () => false,
        );
        this.counts[isTold ? 'relayed' : 'dropped'] += count;
      }),
    );
    this.#isSending = false;
  }

  #mailOf(namespace: Namespace): (Mail | undefined)[] {
    let mail = this.#mail.get(namespace);
    if (!mail) {
      const ofNode = new Map<string, Mail>();
      mail = this.#owners.map((node) => {
        if (node === undefined || node === this.#nodeId) return undefined;
        const known = ofNode.get(node);
        const ofOwner = known ?? { node, message: new ArrivalMessage(namespace, MESSAGE_BYTES_MAX) };
        ofNode.set(node, ofOwner);
        return ofOwner;
      });
      this.#mail.set(namespace, mail);
    }
    return mail;
  }
}
