import type { Carrier } from './gateway.js';
import { Longest } from './longest.js';
import { type Client, call, connect } from './rpc.js';
import { type Beat, heartbeatOf } from './user.js';

/** A heartbeat that is not answered within this is given up: the next one is due soon, ms. */
const DEADLINE_MS = 1_500;

/** Clients without a gateway: a call for each heartbeat, to the next node once one has failed. */
export class UnaryClients implements Carrier {
  readonly service = new Longest();
  readonly #origin: string;
  readonly #clients: readonly Client[];
  readonly #acknowledged: (beat: Beat) => void;
  #node = 0;
  #inFlight = 0;

  constructor(origin: string, addresses: readonly string[], acknowledged: (beat: Beat) => void) {
    this.#origin = origin;
    this.#clients = addresses.map(connect);
    this.#acknowledged = acknowledged;
  }

  offer(beat: Beat): void {
    const node = this.#node;
    this.#inFlight += 1;
    const request = { origin: this.#origin, heartbeat: heartbeatOf(beat) };
    call(this.#clients[node] as Client, 'heartbeat', request, DEADLINE_MS)
      .then(
        () => {
          this.#acknowledged(beat);
          this.service.succeeded(Date.now());
        },
        () => {
          if (node === this.#node) this.move();
        },
      )
      .finally(() => {
        this.#inFlight -= 1;
      });
  }

  flush(): void {}

  move(): void {
    this.#node = (this.#node + 1) % this.#clients.length;
  }

  get unanswered(): number {
    return this.#inFlight;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}
