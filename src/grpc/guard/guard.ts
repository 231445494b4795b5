import {
  constants,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Clock } from '../../clock.js';
import { type Connection, ConnectionCounts, Connections } from '../../connections.js';
import { FrameAllowance } from './frame-allowance.js';
import { UnfinishedCounts, UnfinishedMessages } from './unfinished-messages.js';

/** Until a client has said what HTTP/2 begins with, ms. */
const GREETING_MS_MAX = 10_000;
/** As long as HTTP waits for a request, ms. */
const MESSAGE_MS_MAX = 30_000;
/** A call that is taken back within this was made in order to be taken back; no deadline is so short, ms. */
const TAKEN_BACK_MS = 20;

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
    const allowances = new WeakMap<ServerHttp2Session, () => void>();
    const connections = new WeakMap<ServerHttp2Session, Connection>();
    server.prependListener('session', (session: ServerHttp2Session) => {
      const connection = this.#connections.of(session.socket);
      if (!connection) return session.destroy();
      connections.set(session, connection);
      connection.onEvict(() => session.destroy());
      allowances.set(session, this.#allowance(session));
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
        const isReset = stream.rstCode !== constants.NGHTTP2_NO_ERROR;
        if (isReset && this.#nowMs - beganMs < TAKEN_BACK_MS) allowances.get(session)?.();
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

  /** Ends a session that does not begin, or is all frames that bring nothing; returns what takes one of those. */
  #allowance(session: ServerHttp2Session): () => void {
    const greeted = this.#options.clock.after(GREETING_MS_MAX, () => session.destroy());
    const allowance = new FrameAllowance(this.#nowMs);
    const take = () => {
      if (session.destroyed || allowance.take(this.#nowMs)) return;
      this.#options.counts.flooding += 1;
      session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    };
    session.once('remoteSettings', greeted);
    session.once('close', greeted);
    session.on('remoteSettings', take);
    session.on('ping', take);
    return take;
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
