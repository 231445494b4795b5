import type { Access } from '../access/access.js';
import type { ApiContext } from '../api/tuning.js';
import type { LongTasks } from './long-tasks.js';
import type { OpenStreams } from './open-streams.js';

export interface StreamSettings {
  /** Heartbeats in one message of HeartbeatStream, at most. */
  readonly heartbeatsPerMessageMax: number;
  /** Messages of one stream that are being recorded, before it is no longer read. */
  readonly batchesInFlightMax: number;
}

/** Told of every rpc that ended: its name, the name of its status code (`OK`), and how long it took. */
export type RpcObserver = (method: string, code: string, durationMs: number) => void;

/** What every handler works with. */
export interface RpcContext extends ApiContext {
  readonly access: Access;
  readonly settings: StreamSettings;
  readonly observe: (method: string, code: number, durationMs: number) => void;
  readonly openStreams: OpenStreams;
  readonly longTasks: LongTasks;
}
