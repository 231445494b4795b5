import {
  constants,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Clock } from '../../clock.js';
import { type Connection, ConnectionCounts, Connections } from '../../connections.js';
import { TokenBucket } from '../../token-bucket.js';
import { UnfinishedCounts, UnfinishedMessages } from './unfinished-messages.js';

/** Until a client has said what HTTP/2 begins with, ms. */
const GREETING_MS_MAX = 10_000;
/** As long as HTTP waits for a request, ms. */
const MESSAGE_MS_MAX = 30_000;
/** A call that is taken back within this was made in order to be taken back; no deadline is so short, ms. */
const TAKEN_BACK_MS = 20;
/** Such calls of a connection: each costs as much as an answer. The library of HTTP/2 stops at 1,000, and keeps the connection. */
const TAKEN_BACK_PER_SECOND = 100;
/** Pings and settings of a connection. Clients that look for the bandwidth ping once a round trip, while data comes. */
const PINGS_PER_SECOND = 5_000;

export interface GuardLimits {
  readonly connectionsMax: number;
  readonly unfinishedBytesMax: number;
}

/** For /metrics. */
export class GuardCounts {
  readonly connections = new ConnectionCounts();
  readonly unfinished = new UnfinishedCounts();
  /** Connections closed for too many frames that bring nothing. */
  flooding = 0;
}

interface GuardOptions {
  readonly limits: GuardLimits;
  readonly counts: GuardCounts;
  readonly clock: Clock;
  /** Whether a call of this path may be open without a message. */
  readonly mayBeSilent: (path: string) => boolean;
}

/** Keeps connections, and calls whose caller is not known yet, from taking what others need. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #connections: Connections;
  readonly #unfinished: UnfinishedMessages;

  constructor(options: GuardOptions) {
    this.#options = options;
    const { limits, counts, clock } = options;
    this.#connections = new Connections(limits.connectionsMax, counts.connections);
    const unfinished = { bytesMax: limits.unfinishedBytesMax, msMax: MESSAGE_MS_MAX };
    this.#unfinished = new UnfinishedMessages(unfinished, counts.unfinished, clock);
  }

  /** Stands between a server and its clients. */
  guard(server: Http2Server): void {
    this.#connections.guard(server);
    const connections = new WeakMap<ServerHttp2Session, Connection>();
    const takenBack = new WeakMap<ServerHttp2Session, () => void>();
    server.prependListener('session', (session: ServerHttp2Session) => {
      const connection = this.#connections.of(session.socket);
      if (!connection) return session.destroy();
      connections.set(session, connection);
      connection.onEvict(() => session.destroy());
      this.#awaitGreeting(session);
      const pinged = this.#limited(session, PINGS_PER_SECOND);
      session.on('ping', pinged);
      session.on('remoteSettings', pinged);
      takenBack.set(session, this.#limited(session, TAKEN_BACK_PER_SECOND));
    });
    server.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      const session = stream.session as ServerHttp2Session | undefined;
      if (!session) return;
      refuseCompression(headers);
      this.#unfinished.follow(stream, !this.#options.mayBeSilent(String(headers[':path'])));
      const connection = connections.get(session);
      connection?.began();
      const beganMs = this.#nowMs;
      stream.once('close', () => {
        connection?.ended();
        const isReset = stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.headersSent;
        if (isReset && this.#nowMs - beganMs < TAKEN_BACK_MS) takenBack.get(session)?.();
      });
    });
  }

  /** Ends what is still open. */
  close(): void {
    this.#unfinished.close();
    this.#connections.closeAll();
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #awaitGreeting(session: ServerHttp2Session): void {
    const greeted = this.#options.clock.after(GREETING_MS_MAX, () => session.destroy());
    session.once('remoteSettings', greeted);
    session.once('close', greeted);
  }

  /** To be called for each of something that a client may do so often; ends its session once it is more. */
  #limited(session: ServerHttp2Session, perSecond: number): () => void {
    const bucket = new TokenBucket(perSecond, 1, this.#nowMs);
    return () => {
      const nowMs = this.#nowMs;
      const isWithin = bucket.waitMs(nowMs) === 0;
      bucket.spend(1, nowMs);
      if (session.destroyed || isWithin) return;
      this.#options.counts.flooding += 1;
      session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    };
  }
}

/**
 * The library would decompress of any caller, as many messages at once as there are calls, each up to 4 MiB from a few KiB. It refuses
 * itself what it does not know (UNIMPLEMENTED), once a message is compressed.
 */
function refuseCompression(headers: IncomingHttpHeaders): void {
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    headers['grpc-encoding'] = `${encoding}, phid takes identity only`;
}
