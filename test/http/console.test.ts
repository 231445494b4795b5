import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { consoleListener, readConsole } from '../../src/http/console.js';

const INDEX = `<!doctype html><title>phid</title>${'<p>presence</p>'.repeat(100)}`;
const SCRIPT = 'console.log("phid");\n'.repeat(100);
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'phid-console-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), INDEX);
  await writeFile(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(directory, 'assets', 'index-B2x1.js'), SCRIPT);
  await writeFile(join(directory, 'assets', 'logo-C3.png'), PNG);
});
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(directory, { recursive: true });
});

interface Served {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Serves the directory as it is now; what it is asked for is answered undecoded. */
async function served(): Promise<
  (path: string, headers?: Record<string, string>, method?: string) => Promise<Served>
> {
  const server = createServer(consoleListener(await readConsole(directory))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return (path, headers = {}, method = 'GET') =>
    new Promise((resolve, reject) => {
      const request = get({ port, path, headers, method, agent: false }, async (response) => {
        const body = Buffer.concat(await response.toArray());
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
      request.on('error', reject);
    });
}

it('serves the page at /, to be asked for again each time', async () => {
  const ask = await served();
  const { status, headers, body } = await ask('/?from=elsewhere');
  expect([status, body.toString()]).toEqual([200, INDEX]);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': expect.stringContaining("script-src 'self'"),
    vary: 'accept-encoding',
  });
  expect(headers).not.toHaveProperty('content-encoding');
  const again = await ask('/', { 'if-none-match': String(headers.etag) });
  expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
  const other = await ask('/', { 'if-none-match': '"something"' });
  expect(other.status).toBe(200);
});

it('serves what is named by its hash for a year', async () => {
  const ask = await served();
  const { status, headers, body } = await ask('/assets/index-B2x1.js');
  expect([status, body.toString()]).toEqual([200, SCRIPT]);
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-length': String(SCRIPT.length),
  });
});

it('sends what was compressed before, in the best way that the client takes', async () => {
  const ask = await served();
  const accepting = (encodings: string) => ask('/assets/index-B2x1.js', { 'accept-encoding': encodings });
  const br = await accepting('gzip, deflate, br, zstd');
  expect(br.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
  const gzipped = await accepting('gzip;q=0.5, br;q=0');
  expect(gzipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzipped.body).toString()).toBe(SCRIPT);
  expect(gzipped.body.length).toBeLessThan(SCRIPT.length / 10);
  expect((await accepting('identity, xbr')).body.toString()).toBe(SCRIPT);
  // A tag is of one form of the file.
  expect(new Set([br.headers.etag, gzipped.headers.etag, (await accepting('')).headers.etag]).size).toBe(3);
  const png = await ask('/assets/logo-C3.png', { 'accept-encoding': 'br' });
  expect(png.headers).toMatchObject({ 'content-type': 'image/png' });
  expect([png.headers['content-encoding'], png.body]).toEqual([undefined, PNG]);
});

it('reads files once: what changes on disk is not served', async () => {
  const ask = await served();
  await writeFile(join(directory, 'index.html'), 'changed');
  await rm(join(directory, 'favicon.svg'));
  expect((await ask('/')).body.toString()).toBe(INDEX);
  expect((await ask('/favicon.svg')).headers['content-type']).toBe('image/svg+xml');
});

it('serves nothing else, by no trick', async () => {
  await writeFile(join(directory, '..', 'phid-secret.txt'), 'secret');
  stops.push(() => rm(join(directory, '..', 'phid-secret.txt')));
  const ask = await served();
  for (const path of [
    '/nope',
    '/index.html',
    '/assets',
    '/assets/',
    '/../phid-secret.txt',
    '/%2e%2e/phid-secret.txt',
  ]) {
    const { status, body } = await ask(path);
    expect([status, body.toString()]).toEqual([
      404,
      'not found; served here: /api/v1 /metrics /healthz /readyz\n',
    ]);
  }
});

it('HEAD is answered without a body, other methods are not', async () => {
  const ask = await served();
  const head = await ask('/', {}, 'HEAD');
  expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
    200,
    0,
    String(INDEX.length),
  ]);
  const post = await ask('/', {}, 'POST');
  expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
});

it('where the console was not built, / says so', async () => {
  await rm(directory, { recursive: true });
  await mkdir(directory);
  const empty = await served();
  directory = join(directory, 'none');
  const missing = await served();
  for (const ask of [empty, missing]) {
    const { status, body } = await ask('/');
    expect([status, body.toString()]).toEqual([
      404,
      'the console was not built: npm run build; served here: /api/v1 /metrics /healthz /readyz\n',
    ]);
  }
  directory = join(directory, '..');
});
