import type { Fleet } from './fleet.js';
import { Longest } from './longest.js';
import { type Client, call, connect } from './rpc.js';
import type { SimulatedUser } from './user.js';

const INTERVAL_MS = 100;
const DEADLINE_MS = 1_000;
const TRIES = 20;

/** Somebody who asks every 100 ms whether a user who is there is there, the next node once one has not answered. */
export class Prober {
  readonly service = new Longest();
  readonly counts = { asked: 0, answered: 0, wrong: 0 };
  /** How long each answer took; as long as it was waited for where none came, ms. */
  answersMs: number[] = [];
  readonly #clients: readonly Client[];
  readonly #fleet: Fleet;
  readonly #asking: NodeJS.Timeout;
  #node = 0;

  constructor(addresses: readonly string[], fleet: Fleet) {
    this.#clients = addresses.map(connect);
    this.#fleet = fleet;
    this.#asking = setInterval(() => this.#ask(), INTERVAL_MS);
  }

  beginCounting(): void {
    Object.assign(this.counts, { asked: 0, answered: 0, wrong: 0 });
    this.service.begin(Date.now());
  }

  async stop(): Promise<void> {
    clearInterval(this.#asking);
    for (const client of this.#clients) client.close();
  }

  /** Who beats, by chance; now and then nobody, where many do not. */
  #someone(): SimulatedUser | undefined {
    const { users } = this.#fleet;
    for (let tries = 0; tries < TRIES; tries++) {
      const user = users[Math.floor(Math.random() * users.length)];
      if (user?.life === 'beating') return user;
    }
    return undefined;
  }

  #ask(): void {
    const user = this.#someone();
    if (!user) return;
    const node = this.#node;
    const askedMs = performance.now();
    this.counts.asked += 1;
    call(this.#clients[node] as Client, 'isOnline', { userId: user.id }, DEADLINE_MS).then(
      ({ online }) => {
        this.counts.answered += 1;
        this.answersMs.push(performance.now() - askedMs);
        if (!online && user.life === 'beating' && !this.#fleet.isOverdue(user)) this.counts.wrong += 1;
        this.service.succeeded(Date.now());
      },
      () => {
        this.answersMs.push(DEADLINE_MS);
        if (node === this.#node) this.#node = (node + 1) % this.#clients.length;
      },
    );
  }
}
