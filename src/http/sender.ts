import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { certificateNames } from '../access/certificate-names.js';

/** Where a request came from, and the names in the certificate that its connection was verified by. */
export interface Sender {
  readonly peer: string;
  readonly certificateNames: () => readonly string[];
}

/** Who is at the other end of the connection. */
export function senderOf({ socket }: IncomingMessage): Sender {
  return {
    peer: addressOf(socket),
    certificateNames: () =>
      socket instanceof TLSSocket && socket.authorized ? certificateNames(socket.getPeerCertificate()) : [],
  };
}

/** `127.0.0.1:4321`, `[::1]:4321`: as gRPC writes it. */
function addressOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${host}:${remotePort}`;
}
