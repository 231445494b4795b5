import type { Call, CallEnd } from './call.js';
import { Channel } from './channel.js';
import { EncodedUsers } from './encoded-users.js';
import { messagesOf } from './messages.js';
import { Turns } from './turns.js';

/** Users who beat through some gateways to one service. */
export interface FleetAt {
  /** host:port of the service; of several nodes, with commas between: its gateways are spread over them. */
  readonly address: string;
  readonly users: number;
  readonly gateways: number;
}

/** One gateway's connection, and its stream while it has one. */
export class Gateway {
  readonly channel: Channel;
  /** Told how many heartbeats of a batch were accepted; batches are answered in order. */
  onAnswer: (accepted: number) => void = () => {};
  /** Told when the stream has ended: why, unless it ended well. */
  onEnd: (failure: CallEnd) => void = () => {};
  #stream: Call | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  get stream(): Call {
    this.#stream ??= this.channel.stream(
      'HeartbeatStream',
      messagesOf((message) => this.onAnswer(acceptedOf(message))),
      (failure) => {
        this.#stream = undefined;
        this.onEnd(failure);
      },
    );
    return this.#stream;
  }

  /** Ends the stream; resolves when the service has answered what was sent and ended it too. */
  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onEnd = (failure) => (failure === undefined ? resolve() : reject(new Error(failure)));
      this.stream.end();
    });
  }
}

class Fleet {
  readonly encoded: EncodedUsers;
  readonly gateways: Gateway[] = [];
  #turns: Turns[] = [];
  #beaten = 0;

  constructor(users: number) {
    this.encoded = new EncodedUsers(users);
  }

  /** Whose turn it is at each gateway. They go on from job to job while it is the same users. */
  turnsOf({ active, gateways, jitter }: ActiveUsers): readonly Turns[] {
    return Array.from({ length: gateways }, (_, first) => {
      const users = { first, step: gateways, count: Math.floor(active / gateways), jitter };
      const known = this.#turns[first];
      const turns = known?.isOf(users) ? known : new Turns(users, Math.floor(this.#beaten / gateways));
      this.#turns[first] = turns;
      return turns;
    });
  }

  restart({ sequence, beaten }: Restart): void {
    this.encoded.renumber(sequence);
    this.#turns = [];
    this.#beaten = beaten;
  }
}

/** Those of a fleet who beat, the first so many. One gateway after the other has one of them. */
export interface ActiveUsers extends FleetAt {
  readonly active: number;
  /** By how much of their interval they are early or late together (Turns). */
  readonly jitter: number;
}

/** The users have a new past. */
interface Restart {
  /** The number of everybody's last heartbeat. */
  readonly sequence: number;
  /** So many of them, the first, have had their turn since it was everybody's. */
  readonly beaten: number;
}

/** Fleets by the address that they beat to: their numbers go on from job to job. */
const fleets = new Map<string, Fleet>();

export async function fleetOf({ address, users, gateways }: FleetAt): Promise<Fleet> {
  let fleet = fleets.get(address);
  if (!fleet) {
    fleet = new Fleet(users);
    fleets.set(address, fleet);
  }
  const nodes = address.split(',');
  while (fleet.gateways.length < gateways) {
    const node = nodes[fleet.gateways.length % nodes.length] as string;
    fleet.gateways.push(new Gateway(await Channel.open(node)));
  }
  return fleet;
}

/** Says that the users of a fleet have a new past. */
export async function restart(job: FleetAt & Restart): Promise<void> {
  (await fleetOf(job)).restart(job);
}

const ACCEPTED_FIELD = 2;
const VARINT = 0;

/** `accepted` of a HeartbeatStreamResponse. Only numbers come before it. */
function acceptedOf(message: Buffer): number {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) !== VARINT) return 0;
    const value = varint();
    if (tag >> 3 === ACCEPTED_FIELD) return value;
  }
  return 0;
}
