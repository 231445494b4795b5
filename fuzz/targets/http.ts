import { match, ok, strictEqual } from 'node:assert';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { routes } from '../../src/http/api/routes.js';
import { mutatedText } from '../support/mutated.js';
import { type FuzzedNode, startFuzzedNode } from '../support/node.js';
import type { Target } from '../support/target.js';

const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'TRACE', 'get', '');
const paths = mutatedText(
  fc.constantFrom(
    ...routes.map(({ pattern }) => pattern.replace('{namespace}', 'default').replace('{user_id}', 'alice')),
    ...[
      '/',
      '/index.html',
      '/assets/',
      '/metrics',
      '/healthz',
      '/readyz',
      '/api/v1/namespaces/default/suspects?limit=3',
    ],
  ),
  ['?limit=', '&', '%2F', '%C0%80', '/../', '//', '/api/v1/', '?', '#', 'default', ';'],
);
const SET = '{"suspect":{"phi":3},"offline":{"falseAlarmsPerUserDay":0.1},"author":"eve","dryRun":"60s"}';
const bodies = mutatedText(fc.constantFrom(SET, '{"token":"abc"}', '{"clear":true,"author":"eve"}', ''), [
  ...[
    '"\\ud800"',
    '"phi":',
    '"NaN"',
    '1e400',
    '"namespace":"default"',
    '"author":',
    '[',
    '{',
    '"detectionTimeMs":',
  ],
]);
const values = mutatedText(
  fc.constantFrom(
    'application/json',
    'text/event-stream',
    '0.0.0.0',
    'phid_token=abc; a=b',
    'Bearer x',
    '1.2.3.a',
  ),
  ['http://', 'localhost', 'phid_token=', ';', '=', ',', '127.0.0.1', 'Bearer '],
);
const NAMES = [
  'Host',
  'Origin',
  'Cookie',
  'Authorization',
  'Content-Type',
  'Last-Event-ID',
  'X-Forwarded-For',
];
const OTHERS = [
  'Content-Length',
  'Transfer-Encoding',
  'Expect',
  'Upgrade',
  'X-Phid-Forwarding-Key',
  'Range',
  '',
];
const headers = fc.array(fc.tuple(fc.constantFrom(...NAMES, ...OTHERS), values), { maxLength: 3 });
const request = fc.record({
  method: methods,
  path: paths,
  headers,
  body: bodies,
  isKnown: fc.nat(3).map((n) => n > 0),
  isJson: fc.nat(3).map((n) => n > 0),
});

interface Answer {
  readonly status: number;
  /** As long as its head says: a request may have turned out to be two. */
  readonly body: string;
}

/** What comes back of these bytes, the head at least; undefined where the connection was closed without a word. */
function send(port: number, bytes: Buffer): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const done = () => {
      // Not in order, or thousands of ports would wait.
      socket.resetAndDestroy();
      const [, status, rest] = /^HTTP\/1\.1 (\d{3}) .*?\r\n\r\n(.*)$/s.exec(text) ?? [];
      const body = Buffer.from(rest ?? '')
        .subarray(0, lengthOf(text))
        .toString();
      resolve(status === undefined ? undefined : { status: Number(status), body });
    };
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n\r\n') && (/text\/event-stream/.test(text) || isWhole(text))) done();
    });
    socket.on('error', done).on('end', done);
    socket.end(bytes);
  });
}

function isWhole(text: string): boolean {
  const [, ...rest] = text.split('\r\n\r\n');
  return Buffer.byteLength(rest.join('\r\n\r\n')) >= lengthOf(text);
}

function lengthOf(text: string): number {
  const [head = ''] = text.split('\r\n\r\n');
  return Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
}

/** What a client may be told; 500 it is never. */
const STATUSES = [200, 204, 304, 400, 401, 403, 404, 405, 408, 413, 414, 415, 417, 421, 426, 429, 431];

async function checkGood({ service, token }: FuzzedNode, agent: Agent): Promise<void> {
  const options = { port: service.httpPort, agent, headers: { authorization: `Bearer ${token}` } };
  const status = await new Promise((resolve, reject) => {
    const asked = get({ ...options, host: '127.0.0.1', path: '/api/v1/namespaces/default/users/alice' });
    asked.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
  });
  strictEqual(status, 200, 'a good request after it is answered');
}

export const http: Target = {
  name: 'http',
  what: 'the HTTP API of a real node: an answer that says what is wrong, and the next request is answered',
  cases: 30_000,
  quickCases: 80,
  async open() {
    const node = await startFuzzedNode();
    const agent = new Agent({ keepAlive: true });
    const property = fc.asyncProperty(request, async ({ method, path, headers, body, isKnown, isJson }) => {
      const lines = [
        `${method} ${path} HTTP/1.1`,
        'Host: 127.0.0.1',
        ...(isKnown ? [`Authorization: Bearer ${node.token}`] : []),
        ...(isJson ? ['Content-Type: application/json'] : []),
        `Content-Length: ${Buffer.byteLength(body)}`,
        ...headers.map(([name, value]) => `${name}: ${value}`),
      ];
      const answer = await send(node.service.httpPort, Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`));
      if (answer) {
        ok(STATUSES.includes(answer.status), `answered ${answer.status}: ${answer.body.slice(0, 300)}`);
        if (answer.body.startsWith('{"error"'))
          match(JSON.parse(answer.body).error.message, /./, 'a failure says why');
      }
      await checkGood(node, agent);
      node.checkLog();
    });
    return {
      property,
      async close() {
        agent.destroy();
        await node.stop();
      },
    };
  },
};
