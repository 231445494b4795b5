import { constants, type Http2Server, type Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Server } from '@grpc/grpc-js';
import { TokenBucket } from '../access/token-bucket.js';
import type { Clock } from '../clock.js';

export interface ConnectionLimits {
  readonly connectionsMax: number;
  /** Pings of one connection. */
  readonly pingsPerSecond: number;
}

/** As grpc-core says it; clients ping less often then (https://github.com/grpc/proposal/blob/master/A8-client-side-keepalive.md). */
const TOO_MANY_PINGS = Buffer.from('too_many_pings');

/** The connections of a node's gRPC. The library has no limits for these: its servers of HTTP/2 are looked after here. */
export class Connections {
  readonly limits: ConnectionLimits;
  /** For /metrics: closed as they came, because there were too many; ended for their pings. */
  readonly counts = { dropped: 0, pinging: 0 };
  readonly #clock: Clock;
  #open = 0;

  constructor(clock: Clock, limits: ConnectionLimits) {
    this.#clock = clock;
    this.limits = limits;
  }

  get open(): number {
    return this.#open;
  }

  /** Looks after the connections of a server that was bound. */
  guard(server: Server): void {
    const { http2Servers } = server as unknown as {
      readonly http2Servers: ReadonlyMap<Http2Server, unknown>;
    };
    for (const http2Server of http2Servers.keys()) {
      this.#limit(http2Server);
      http2Server.on('session', (session) => this.#countPings(session));
    }
  }

  /**
   * Not by `maxConnections`: a worker that refuses a connection by that is handed it again, by a primary that finds nobody else.
   */
  #limit(http2Server: Http2Server): void {
    const accept = http2Server.listeners('connection') as ((this: Http2Server, socket: Socket) => void)[];
    http2Server.removeAllListeners('connection');
    http2Server.on('connection', (socket: Socket) => {
      if (this.#open >= this.limits.connectionsMax) {
        this.counts.dropped += 1;
        socket.destroy();
        return;
      }
      this.#open += 1;
      socket.once('close', () => {
        this.#open -= 1;
      });
      for (const listener of accept) listener.call(http2Server, socket);
    });
  }

  #countPings(session: Http2Session): void {
    const bucket = new TokenBucket(this.limits.pingsPerSecond, this.#clock.nowMs());
    session.on('ping', () => {
      const nowMs = this.#clock.nowMs();
      bucket.spend(1, nowMs);
      if (bucket.waitMs(nowMs) === 0 || session.destroyed) return;
      this.counts.pinging += 1;
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, TOO_MANY_PINGS);
      session.destroy();
    });
  }
}
