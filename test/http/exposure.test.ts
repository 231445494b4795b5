import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Node, startNode } from '../support/node.js';
import { NodeFiles, startSecureNode } from '../support/secure-node.js';
import { httpSettings } from '../support/settings.js';
import { metric } from './client.js';

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(http: Partial<typeof httpSettings> = {}): Promise<Node> {
  const node = await startNode({ http: { ...httpSettings, ...http } });
  nodes.push(node);
  return node;
}

/** The status of a GET that names `host`, and any other headers. */
async function statusOf(
  node: Node,
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const sent = request(node.httpUrl(path), { headers, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

/** An event stream that is open. */
async function followed(node: Node): Promise<IncomingMessage> {
  const sent = request(node.httpUrl('/api/v1/fleet/events'), { agent: false });
  sent.end();
  const [events] = (await once(sent, 'response')) as [IncomingMessage];
  return events;
}

describe('in plaintext, a page or request for a host', () => {
  const FLEET = '/api/v1/fleet';

  it.each([
    '127.0.0.1:9464',
    'localhost',
    'localhost:1',
    '[::1]:9464',
    '10.1.2.3',
    'phid.internal:9464',
    'PHID.internal',
  ])('that this is known by is answered: %s', async (host) => {
    expect(await statusOf(await start({ hosts: ['Phid.internal'] }), FLEET, { host })).toBe(200);
  });

  it.each([
    'evil.example',
    'phid.internal.evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@localhost',
  ])('that it is not is refused and counted, though its origin be the same: %j', async (host) => {
    const node = await start({ hosts: ['phid.internal'] });
    for (const path of [FLEET, '/', '/api/v1/session']) {
      expect(await statusOf(node, path, { host, origin: `http://${host}` })).toBe(421);
    }
    expect(await metric(node, 'phid_http_foreign_hosts_total')).toBe(3);
    // Those who probe and scrape name whatever they like.
    expect(await statusOf(node, '/healthz', { host })).toBe(200);
  });
});

describe('a client', () => {
  it('of one connection too many takes the place of the one that has asked nothing for the longest', async () => {
    const node = await start({ connectionsMax: 2 });
    const events = await followed(node);
    const silent = connect(node.service.httpPort, '127.0.0.1').resume();
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    expect(await statusOf(node, '/healthz', {})).toBe(200);
    await closed;
    expect(await node.service.registry.metrics()).toMatch(/^phid_http_connections_evicted_total 1$/m);
    expect(events.destroyed).toBe(false);
    events.destroy();
  });

  it('of one connection too many is closed as it comes where all others are asking, and counted', async () => {
    const node = await start({ connectionsMax: 1 });
    const events = await followed(node);
    await once(connect(node.service.httpPort, '127.0.0.1').resume(), 'close');
    expect(await node.service.registry.metrics()).toMatch(/^phid_http_connections_dropped_total 1$/m);
    events.destroy();
  });

  it('that says nothing, or not all of it, is not waited for: by HTTP, or before TLS is spoken', async () => {
    const files = await NodeFiles.create();
    const secure = (await startSecureNode(files, { access: undefined })).node;
    nodes.push(secure);
    const { httpPort, grpcPort: plainPort } = (await start()).service;
    const { grpcPort, httpPort: httpsPort } = secure.service;
    const sockets = [httpPort, httpsPort, grpcPort, plainPort].map((port) =>
      connect(port, '127.0.0.1').resume(),
    );
    sockets[0]?.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n');
    await Promise.all(sockets.map((socket) => once(socket, 'close')));
  }, 25_000);

  it('with more bytes of headers than are allowed is refused', async () => {
    const node = await start({ headerBytesMax: 8_192 });
    expect(await statusOf(node, '/healthz', { 'x-long': 'x'.repeat(7_500) })).toBe(200);
    expect(await statusOf(node, '/healthz', { 'x-long': 'x'.repeat(8_500) })).toBe(431);
  });
});
