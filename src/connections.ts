import type { Server, Socket } from 'node:net';

/** For /metrics. */
export class ConnectionCounts {
  open = 0;
  /** Closed as they came: there was no room, and every other one was busy. */
  dropped = 0;
  /** Closed while they were idle, for one that came. */
  evicted = 0;
}

/** How many begin in one turn of the event loop: a TLS handshake takes most of a millisecond, in which nobody is answered. */
const BEGINNINGS_A_TURN = 4;

/** What of a socket tells it from all others of its port, whatever is wrapped around it. */
type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** One of them. It is idle while it has no call or request. */
export interface Connection {
  /** A call or request of it has begun. */
  began(): void;
  ended(): void;
  /** Replaces how it is closed when it is idle and another one needs the room. */
  onEvict(close: () => void): void;
}

/**
 * The connections of a port, at most `max`: one more takes the place of the one that has been idle the longest. So whoever opens
 * connections and says nothing keeps nobody out. Those that come at once begin one after the other, and others are
 * answered between them.
 */
export class Connections {
  readonly #max: number;
  readonly #counts: ConnectionCounts;
  readonly #all = new Map<string, OpenConnection>();
  /** Idle for the longest first. */
  readonly #idle = new Set<OpenConnection>();
  #waiting: (() => void)[] = [];
  #begunThisTurn = 0;
  #isTurning = false;

  constructor(max: number, counts: ConnectionCounts) {
    this.#max = max;
    this.#counts = counts;
  }

  /** Stands between a server and whoever connects to it. */
  guard(server: Server): void {
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (!this.#admit(socket)) return;
      this.#begin(() => {
        if (socket.destroyed) return;
        for (const listener of listeners) listener.call(server, socket);
      });
    });
  }

  /** The connection of a socket, of whatever is spoken over it. Undefined when it has gone. */
  of(socket: Peer): Connection | undefined {
    return this.#all.get(nameOf(socket));
  }

  closeAll(): void {
    for (const connection of this.#all.values()) connection.socket.destroy();
  }

  #admit(socket: Socket): boolean {
    // It has gone already.
    if (socket.remotePort === undefined) return false;
    if (this.#all.size >= this.#max && !this.#evict()) {
      this.#counts.dropped += 1;
      socket.destroy();
      return false;
    }
    const name = nameOf(socket);
    const connection = new OpenConnection(socket, this.#idle);
    this.#all.set(name, connection);
    this.#counts.open += 1;
    // Until something is spoken over it nobody else hears its errors.
    socket.on('error', () => {});
    socket.once('close', () => this.#remove(name, connection));
    return true;
  }

  #evict(): boolean {
    const [longest] = this.#idle;
    if (!longest) return false;
    this.#counts.evicted += 1;
    // It may take its time to close; the room is given away now.
    this.#remove(nameOf(longest.socket), longest);
    longest.evict();
    return true;
  }

  #remove(name: string, connection: OpenConnection): void {
    this.#idle.delete(connection);
    if (this.#all.get(name) !== connection) return;
    this.#all.delete(name);
    this.#counts.open -= 1;
  }

  #begin(begin: () => void): void {
    this.#waiting.push(begin);
    if (!this.#isTurning) this.#turn();
    else if (this.#begunThisTurn < BEGINNINGS_A_TURN) this.#beginSome();
  }

  #turn(): void {
    this.#begunThisTurn = 0;
    this.#beginSome();
    this.#isTurning = this.#begunThisTurn > 0;
    if (this.#isTurning) setImmediate(() => this.#turn());
  }

  #beginSome(): void {
    while (this.#begunThisTurn < BEGINNINGS_A_TURN) {
      const begin = this.#waiting.shift();
      if (!begin) return;
      this.#begunThisTurn += 1;
      begin();
    }
  }
}

class OpenConnection implements Connection {
  readonly socket: Socket;
  evict: () => void;
  readonly #idle: Set<OpenConnection>;
  #calls = 0;

  constructor(socket: Socket, idle: Set<OpenConnection>) {
    this.socket = socket;
    this.evict = () => socket.destroy();
    this.#idle = idle;
    idle.add(this);
  }

  began(): void {
    this.#calls += 1;
    if (this.#calls === 1) this.#idle.delete(this);
  }

  ended(): void {
    this.#calls -= 1;
    if (this.#calls === 0 && !this.socket.destroyed) this.#idle.add(this);
  }

  onEvict(close: () => void): void {
    this.evict = close;
  }
}

const nameOf = ({ remoteAddress, remotePort }: Peer) => `${remoteAddress} ${remotePort}`;
