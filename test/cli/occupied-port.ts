import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { ExpectStatic } from 'vitest';
import type { Fixtures } from './phid.js';

/** That `serve`, with these arguments, names an occupied port of gRPC and of HTTP in one plain line, and ends with 1. */
export async function expectOccupiedPortsNamed(
  { phid, expect }: Pick<Fixtures, 'phid'> & { readonly expect: ExpectStatic },
  serve: readonly string[],
): Promise<void> {
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  const addr = `127.0.0.1:${(occupant.address() as AddressInfo).port}`;
  try {
    const [grpc, http] = await Promise.all([
      phid(...serve, '--grpc-addr', addr),
      phid(...serve, '--http-addr', addr),
    ]);
    const rest = 'another process listens there; stop it, or choose another port (0 takes a free one)';
    expect(grpc.err).toEqual([`phid: gRPC cannot listen on ${addr} (--grpc-addr): ${rest}`]);
    expect(http.err).toEqual([`phid: HTTP cannot listen on ${addr} (--http-addr): ${rest}`]);
    expect([grpc.code, http.code, grpc.out, http.out]).toEqual([1, 1, [], []]);
  } finally {
    occupant.close();
  }
}
