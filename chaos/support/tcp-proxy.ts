import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What a network does to a connection:
 * - `pass`: nothing;
 * - `delay`: what is sent arrives so many ms later, each way;
 * - `drop`: nothing arrives. As packets that are lost are sent again, what was sent meanwhile arrives once that ends;
 * - `drop-answers`: the same, only on the way back: what was asked for is done, and nobody hears of it;
 * - `reset`: connections are reset, present ones and new ones.
 */
type NetworkState =
  | { readonly name: 'pass' | 'drop' | 'drop-answers' | 'reset' }
  | { readonly name: 'delay'; readonly ms: number };

/** Bytes that are held back for one direction before the sender is held back. */
const HELD_BYTES_MAX = 4 * 2 ** 20;

/** A TCP proxy on loopback in front of one port, which can be another one later. */
export class TcpProxy {
  readonly port: number;
  readonly #targetPort: number;
  #state: NetworkState = { name: 'pass' };
  readonly #server: Server;
  readonly #connections = new Set<{ readonly ways: readonly Way[]; reset(): void }>();

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, targetPort);
  }

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near) => this.#accept(near));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  set(state: NetworkState): void {
    this.#state = state;
    if (state.name === 'reset') this.resetAll();
    for (const { ways } of this.#connections) for (const way of ways) way.move();
  }

  /** Breaks the connections that are there; new ones are accepted. */
  resetAll(): void {
    for (const connection of this.#connections) connection.reset();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.resetAll();
  }

  #accept(near: Socket): void {
    near.on('error', () => {});
    if (this.#state.name === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({
      ...{ host: '127.0.0.1', port: this.#targetPort, allowHalfOpen: true, noDelay: true },
    });
    const reset = () => {
      this.#connections.delete(connection);
      for (const way of ways) way.stop();
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    const ways = [
      new Way(near, far, () => waitOf(this.#state, 'drop')),
      new Way(far, near, () => waitOf(this.#state, 'drop', 'drop-answers')),
    ];
    const connection = { ways, reset };
    this.#connections.add(connection);
    // A refusal or a reset on either side is one on both. A black hole swallows even that, until it ends.
    far.on('error', () => (this.#state.name === 'drop' ? ways[1]?.end('reset') : reset()));
    near.on('close', (hadError) => ways[0]?.end(hadError ? 'reset' : 'close'));
    far.on('close', (hadError) => ways[1]?.end(hadError ? 'reset' : 'close'));
    for (const socket of [near, far]) {
      socket.on('close', () => near.destroyed && far.destroyed && this.#connections.delete(connection));
    }
  }
}

/** How long what is sent is on its way, ms: for ever where it is dropped. */
function waitOf(state: NetworkState, ...dropping: readonly NetworkState['name'][]): number {
  if (state.name === 'delay') return state.ms;
  return dropping.includes(state.name) ? Number.POSITIVE_INFINITY : 0;
}

type Ending = 'half-close' | 'close' | 'reset';

/** One direction of a connection: what was sent, in order, until it has arrived. */
class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #waitMs: () => number;
  readonly #held: { readonly what: Buffer | Ending; readonly sentMs: number }[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, waitMs: () => number) {
    this.#from = from;
    this.#to = to;
    this.#waitMs = waitMs;
    from.on('data', (chunk: Buffer) => this.#hold(chunk));
    from.on('end', () => this.#hold('half-close'));
    to.on('drain', () => from.resume());
  }

  end(ending: Ending): void {
    this.#hold(ending);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#held.length = 0;
  }

  /** Lets arrive what has been on its way for long enough. */
  move(): void {
    clearTimeout(this.#timer);
    const waitMs = this.#waitMs();
    for (let first = this.#held[0]; first; first = this.#held[0]) {
      const restMs = first.sentMs + waitMs - performance.now();
      if (restMs > 0) {
        if (Number.isFinite(restMs)) this.#timer = setTimeout(() => this.move(), Math.ceil(restMs));
        return;
      }
      this.#held.shift();
      this.#deliver(first.what);
    }
    if (!this.#to.writableNeedDrain) this.#from.resume();
  }

  #hold(what: Buffer | Ending): void {
    this.#held.push({ what, sentMs: performance.now() });
    if (what instanceof Buffer) this.#heldBytes += what.length;
    if (this.#heldBytes > HELD_BYTES_MAX) this.#from.pause();
    this.move();
  }

  #deliver(what: Buffer | Ending): void {
    if (what instanceof Buffer) {
      this.#heldBytes -= what.length;
      if (!this.#to.destroyed && !this.#to.write(what)) this.#from.pause(); // until it drains
    } else if (what === 'half-close') this.#to.end();
    else if (what === 'reset') this.#to.resetAndDestroy();
    else this.#to.destroySoon();
  }
}
