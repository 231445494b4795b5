import { Outage } from '../../../src/presence/doubt/outage.js';
import { Ingest, type IngestSettings } from '../../../src/presence/ingest/ingest.js';
import { Namespace } from '../../../src/presence/namespace.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { type ReceivedHeartbeat, StoreUnavailableError } from '../../../src/store/store.js';
import { deferred, FaultyStore } from '../../support/faulty-store.js';
import { received } from '../../support/heartbeat.js';
import { ManualClock } from '../../support/manual-clock.js';
import { namespaceSettings } from '../../support/settings.js';

const SHARDS = 4;

/** An ingest in front of a store of four lanes: the first character of a user's id says which. */
export class IngestBench {
  readonly namespace = new Namespace('default', namespaceSettings());
  readonly other = new Namespace('other', namespaceSettings());
  readonly clock = new ManualClock();
  readonly store = new FaultyStore(new MemoryStore(this.clock), SHARDS);
  readonly ingest: Ingest;

  constructor(overrides: Partial<IngestSettings> = {}) {
    const settings = { batchDelayMs: 2, batchSizeMax: 100, pendingMax: 1_000, ...overrides };
    const outage = new Outage(this.clock, { noted: () => {}, began: () => {}, ended: () => {} });
    this.ingest = new Ingest({ store: this.store, clock: this.clock, settings, outage });
  }

  /** A heartbeat received now. */
  beat(userId = '0-alice', overrides: Partial<ReceivedHeartbeat> = {}): ReceivedHeartbeat {
    return received({ userId, receivedMs: this.clock.nowMs(), ...overrides });
  }

  beats(n: number, userId = '0-alice'): ReceivedHeartbeat[] {
    return Array.from({ length: n }, (_, i) => this.beat(userId, { sequence: i + 1 }));
  }

  /** Submits, and tells what became of it: `waiting`, `recorded`, or the name of the error. */
  submit(heartbeats: readonly ReceivedHeartbeat[], into = this.namespace): { outcome: string } {
    const submission = { outcome: 'waiting' };
    this.ingest.record(into, heartbeats).then(
      () => {
        submission.outcome = 'recorded';
      },
      (error: Error) => {
        submission.outcome = error.name;
      },
    );
    return submission;
  }

  /** Holds back what goes to the store until the returned function is called. */
  holdRecords(): () => void {
    const { promise, resolve } = deferred();
    this.store.beforeRecord = () => promise;
    return resolve;
  }

  /** The store refuses what comes on a lane, for good. */
  failLane(lane: number): void {
    this.store.beforeRecord = async (call) => {
      if (call.lane === lane) throw new Error('refused');
    };
  }

  /** Until the returned function is called no lane, or not this one, gets an answer from the store. */
  loseStore(lane?: number): () => void {
    this.store.beforeRecord = async (call) => {
      if (lane === undefined || call.lane === lane) throw new StoreUnavailableError('gone');
    };
    this.store.beforeLeave = async ({ userId }) => {
      if (lane === undefined || this.store.laneOf(userId) === lane) throw new StoreUnavailableError('gone');
    };
    return () => {
      this.store.beforeRecord = undefined;
      this.store.beforeLeave = undefined;
    };
  }
}
