import { request } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/http/api/routes.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { ask, failure, post } from './client.js';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(): Promise<ManualNode> {
  const node = await startManualNode();
  stops.push(() => node.stop());
  return node;
}

const DEFAULT = '/namespaces/default';
/** Takes all methods. */
const SESSION = '/api/v1/session';

describe('of HTTP', () => {
  it('an unknown route is 404 and says what there is', async () => {
    const node = await start();
    for (const path of ['', '/', '/nope', '/namespaces/default', '/namespaces/', '/Namespaces']) {
      const said = await failure(node, path);
      expect(said).toMatch(/^404 NOT_FOUND: \/api\/v1.* is not served; there is: /);
      for (const { method, pattern } of routes) expect(said).toContain(`${method} ${pattern}`);
    }
  });

  it('a method that is not for a route is 405 and says which are; OPTIONS says it too', async () => {
    const node = await start();
    for (const { method, pattern } of routes) {
      if (pattern === SESSION) continue;
      const path = pattern.slice('/api/v1'.length).replaceAll(/\{\w+\}/g, 'default');
      const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
      const { status, headers, json } = await ask(node, path, { method: 'DELETE' });
      expect([status, headers.get('allow'), json.error.code]).toEqual([405, allow, 'UNIMPLEMENTED']);
      const options = await ask(node, path, { method: 'OPTIONS' });
      expect([options.status, options.headers.get('allow'), options.json]).toEqual([204, allow, undefined]);
    }
  });

  it('HEAD is answered as GET is, without a body', async () => {
    const node = await start();
    const get = await ask(node, '/namespaces');
    const head = await ask(node, '/namespaces', { method: 'HEAD' });
    expect([head.status, head.json]).toEqual([200, undefined]);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    const events = await ask(node, `${DEFAULT}/users/alice/events`, { method: 'HEAD' });
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(node.service.presence.tracker.subscriptions).toBe(0);
  });

  it('another site cannot set thresholds, nor ask anything', async () => {
    const node = await start();
    const { host } = new URL(node.httpUrl('/'));
    const body = { clear: true, author: 'alice' };
    const from = (origin: string) => post(node, `${DEFAULT}/thresholds`, body, { origin });
    for (const origin of [
      'https://evil.example',
      'null',
      `http://${host}.evil.example`,
      `http://a@${host}1`,
    ]) {
      expect(await from(origin).failure()).toBe(
        `403 PERMISSION_DENIED: origin: ${JSON.stringify(origin)} is not where this is served, "${host}"`,
      );
    }
    expect(await failure(node, '/namespaces', { headers: { origin: 'https://evil.example' } })).toMatch(
      /^403 /,
    );
    expect((await from(`http://${host}`).answer()).status).toBe(200);
    // What a form can send is not taken for JSON.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      expect(await post(node, `${DEFAULT}/thresholds`, body, { 'content-type': type }).failure()).toBe(
        `415 INVALID_ARGUMENT: content-type: ${JSON.stringify(type)} is not application/json`,
      );
    }
    const utf8 = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await post(node, `${DEFAULT}/thresholds`, body, utf8).answer()).status).toBe(200);
  });

  it('a body may have 64 KiB, and not a byte more', async () => {
    const node = await start();
    const text = JSON.stringify({ clear: true, author: 'alice' });
    const most = text + ' '.repeat(65_536 - text.length);
    expect((await post(node, `${DEFAULT}/thresholds`, most).answer()).status).toBe(200);
    for (const tooLong of [`${most} `, most.repeat(40)]) {
      expect(await post(node, `${DEFAULT}/thresholds`, tooLong).failure()).toBe(
        '413 RESOURCE_EXHAUSTED: body: more than 65536 bytes (http.body_bytes_max)',
      );
    }
    const page = await (await fetch(node.httpUrl('/metrics'))).text();
    const route = '/api/v1/namespaces/{namespace}/thresholds';
    expect(page).toContain(`phid_http_request_duration_seconds_count{route="${route}",status="413"} 2`);
    expect(page).toContain(`phid_http_request_duration_seconds_count{route="${route}",status="200"} 1`);
  });

  it('who goes away in the middle of a body is no failure of the node', async () => {
    const node = await start();
    const headers = { 'content-type': 'application/json', 'content-length': '1000' };
    const unfinished = request(node.httpUrl(`/api/v1${DEFAULT}/thresholds`), { method: 'POST', headers });
    unfinished.on('error', () => {});
    unfinished.write('{');
    const route = '/api/v1/namespaces/{namespace}/thresholds';
    const ended = `phid_http_request_duration_seconds_count{route="${route}",status="499"} 1`;
    await vi.waitFor(() => expect(unfinished.socket?.bytesWritten).toBeGreaterThan(0));
    unfinished.destroy();
    await vi.waitFor(async () =>
      expect(await (await fetch(node.httpUrl('/metrics'))).text()).toContain(ended),
    );
    expect(node.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('every answer says what a browser may do with it', async () => {
    const node = await start();
    for (const path of ['/', '/metrics', '/api/v1/namespaces', '/api/v1/nope', '/nope']) {
      const { headers } = await fetch(node.httpUrl(path));
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('what fails by our own fault is logged, and says no more', async () => {
    const node = await start();
    node.service.presence.reads.inspect = async () => {
      throw new TypeError('secret');
    };
    expect(await failure(node, `${DEFAULT}/users/alice`)).toBe(
      '500 INTERNAL: internal error; the log of the node says more',
    );
    expect(node.log.text).toContain('TypeError: secret');
  });
});
