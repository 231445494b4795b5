import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import {
  forwardedSenderOf,
  forwardingListener,
  isForwardedBy,
  newForwardingKey,
} from '../../src/http/forwarding.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const key = newForwardingKey();

const forwarding = async (nextPort: () => number | undefined) => {
  const nextPlace = () => {
    const port = nextPort();
    return port === undefined ? undefined : { port, key };
  };
  return `http://127.0.0.1:${await serve(forwardingListener(nextPlace))}`;
};

it('passes on method, path, headers and body, and the answer back, each time to the next; who sent it nobody else can say', async () => {
  const echo =
    (name: string): RequestListener =>
    async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const { method, url, headers } = request;
      const { peer: from, certificateNames } = forwardedSenderOf(request);
      const isTrue = isForwardedBy(key, request) && !isForwardedBy(newForwardingKey(), request);
      response.writeHead(418, { 'content-type': 'application/json', 'x-name': name });
      response.end(
        JSON.stringify({
          method,
          url,
          body,
          type: headers['content-type'],
          from,
          names: certificateNames(),
          isTrue,
        }),
      );
    };
  const ports = [await serve(echo('a')), await serve(echo('b'))];
  let turn = 0;
  const base = await forwarding(() => ports[turn++ % 2]);
  for (const name of ['a', 'b', 'a']) {
    const headers = {
      'content-type': 'text/x',
      'x-forwarded-for': 'elsewhere',
      'x-phid-certificate-names': '["CN:root"]',
      'x-phid-forwarding-key': 'x',
    };
    const answer = await fetch(`${base}/x/%2F?y=1`, { method: 'POST', body: 'hello', headers });
    expect([answer.status, answer.headers.get('x-name')]).toEqual([418, name]);
    expect(await answer.json()).toEqual({
      method: 'POST',
      url: '/x/%2F?y=1',
      body: 'hello',
      type: 'text/x',
      from: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      names: [],
      isTrue: true,
    });
  }
});

it('answers 503 where there is nobody, or nobody answers', async () => {
  const port = await serve(() => {});
  const gone = servers.pop() as Server;
  gone.close();
  await once(gone, 'close');
  for (const next of [undefined, port]) {
    const answer = await fetch(await forwarding(() => next));
    expect([answer.status, await answer.text()]).toEqual([503, 'no worker answers\n']);
  }
});

it('an answer goes on as it comes, and breaks off where it broke off', async () => {
  const port = await serve((_, response) => {
    response.write('first');
  });
  const target = servers.at(-1) as Server;
  const answer = await fetch(await forwarding(() => port));
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('first');
  target.closeAllConnections();
  await expect(reader.read()).rejects.toThrow('terminated');
});

it('who goes away is not asked for any more', async () => {
  let left = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const port = await serve((_, response) => {
    response.write('first');
    response.on('close', () => left());
  });
  const abort = new AbortController();
  const answer = await fetch(await forwarding(() => port), { signal: abort.signal });
  expect(answer.status).toBe(200);
  abort.abort();
  await gone;
});
