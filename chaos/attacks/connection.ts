import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Target } from './attack.js';

/** A connection of one address of loopback has as many ports as any other one: so many connections fit into one. */
const CONNECTIONS_AN_ADDRESS = 2_000;
const REOPEN_MS = 20;

/** An address of this machine for the connection of this number. */
function localAddress(index: number): string {
  return `127.0.0.${2 + Math.floor(index / CONNECTIONS_AN_ADDRESS)}`;
}

function hostAndPort(address: string) {
  const [host, port] = address.split(':') as [string, string];
  return { host, port: Number(port) };
}

/** A connection that has said nothing yet, not even of TLS. */
export function openTcp(address: string, index = 0): Socket {
  const socket = connectTcp({ ...hostAndPort(address), localAddress: localAddress(index) });
  socket.on('error', () => {});
  return socket;
}

/** A connection by TLS for HTTP/2 or HTTP/1.1; it has said nothing within it. */
export function openTls(
  address: string,
  { ca }: Pick<Target, 'ca'>,
  protocol: 'h2' | 'http/1.1',
  index = 0,
): TLSSocket {
  const socket = connectTls({
    ...{ socket: openTcp(address, index), ca, ALPNProtocols: [protocol], servername: 'localhost' },
  });
  socket.on('error', () => {});
  return socket;
}

/** Keeps so many connections: for each that ends another one is opened. */
export function keepOpen(connections: number, open: (index: number) => Socket): void {
  for (let index = 0; index < connections; index++) {
    const begin = () => void open(index).once('close', () => setTimeout(begin, REOPEN_MS));
    begin();
  }
}

/** Writes what `next` makes, again and again, as fast as it is taken. */
export function flood(socket: Socket, next: () => Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(next()));
  };
  socket.on('drain', write);
  write();
}

/** Writes a byte, every so often, of what `next` says, for ever. */
export function trickle(socket: Socket, bytes: Buffer, everyMs: number): void {
  let at = 0;
  const writing = setInterval(() => {
    if (socket.destroyed) return clearInterval(writing);
    socket.write(bytes.subarray(at % bytes.length, (at % bytes.length) + 1));
    at += 1;
  }, everyMs);
}
