import type { ReceivedHeartbeat } from '../../src/store/store.js';
import { userIdOf } from '../load/encoded-users.js';
import { built } from '../support/built.js';
import { namespaceOf } from '../support/namespace.js';
import { heartbeatOf } from '../support/past.js';
import { inTurn, type Sample } from '../support/rounds.js';

/**
 * Tells its parent how many heartbeats the embedded store records in a second, by population. Arguments: rounds, and
 * then populations.
 */
const [rounds = 0, ...populations] = process.argv.slice(2).map(Number);
const { systemClock } = await built<typeof import('../../src/clock.js')>('clock.js');
const { MemoryStore } = await built<typeof import('../../src/store/memory/memory-store.js')>(
  'store/memory/memory-store.js',
);

const BATCH = 100;
const BATCHES_A_ROUND = 500;
const INTERVAL_MS = 10_000;
/** More than a session warms up for. */
const PAST_BEATS = 12;
/** The past begins so long ago that no beat of the bench lies ahead. */
const BEATS_MAX = 5_000;
const JITTER_MS = 200;
const namespace = namespaceOf('adaptive', { maxSilenceMs: 3_600_000 });

class Population {
  readonly #users: number;
  readonly #store = new MemoryStore(systemClock);
  readonly #startMs = systemClock.nowMs() - BEATS_MAX * INTERVAL_MS;
  #next = 0;

  constructor(users: number) {
    this.#users = users;
  }

  /** The next heartbeats, of one user after the other. */
  batches(count: number): ReceivedHeartbeat[][] {
    return Array.from({ length: count }, () => Array.from({ length: BATCH }, () => this.#heartbeat()));
  }

  /** Resolves with how long it took to record them, ms. */
  async record(batches: readonly ReceivedHeartbeat[][]): Promise<number> {
    const startedMs = performance.now();
    for (const batch of batches) await this.#store.record(namespace, 0, batch);
    return performance.now() - startedMs;
  }

  async liveThrough(beats: number): Promise<void> {
    for (let left = (beats * this.#users) / BATCH; left > 0; left -= BATCHES_A_ROUND) {
      await this.record(this.batches(Math.min(left, BATCHES_A_ROUND)));
    }
  }

  #heartbeat(): ReceivedHeartbeat {
    const turn = this.#next / this.#users;
    const user = this.#next % this.#users;
    this.#next += 1;
    const receivedMs = this.#startMs + turn * INTERVAL_MS + JITTER_MS * Math.random();
    return heartbeatOf(userIdOf(user), 0, { number: Math.floor(turn) + 1, receivedMs });
  }
}

const all = new Map(populations.map((users) => [String(users), new Population(users)]));
for (const population of all.values()) await population.liveThrough(PAST_BEATS);
const samples = await inTurn(
  [...all.keys()],
  { rounds, label: 'embedded store' },
  async (name): Promise<Sample> => {
    const population = all.get(name) as Population;
    const ms = await population.record(population.batches(BATCHES_A_ROUND));
    return { heartbeats_per_s: (1000 * BATCH * BATCHES_A_ROUND) / ms };
  },
);
process.send?.(samples);
