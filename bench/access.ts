import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, Metadata } from '@grpc/grpc-js';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { newToken, tokenHash } from '../src/access/token.js';
import { PresenceService } from '../src/grpc/definition.js';
import type { ServiceSettings } from '../src/service.js';
import { Authority } from '../test/support/certificates.js';
import { serviceSettings } from '../test/support/settings.js';
import { type BenchResult, bench } from './support/bench.js';
import { built } from './support/built.js';
import { figuresOf, inTurn, ratioOf, type Sample } from './support/rounds.js';

const { startService } = await built<typeof import('../src/service.js')>('service.js');

/** Ways to be let in: by nobody's leave, in plaintext and by TLS; by a token, a certificate, a signed token. */
const WAYS = ['plaintext', 'tls', 'token', 'certificate', 'jwt'] as const;
type Way = (typeof WAYS)[number];

const WARMUP_ROUNDS = 3;
const ROUND_MS = 400;
const CALLS_IN_FLIGHT = 16;
const MESSAGES_IN_FLIGHT = 6;
const HEARTBEATS = Array.from({ length: 100 }, (_, i) => ({ userId: `user-${i}`, sessionId: 'phone' }));

export const access = bench({
  question: 'What do TLS and credentials cost a unary call, and a batch of 100 heartbeats?',
  defaults: { rounds: 15 },
  run: async ({ rounds }) => {
    const folder = mkdtempSync(join(tmpdir(), 'phid-bench-'));
    const places = await startPlaces(folder);
    try {
      return await run(rounds, places);
    } finally {
      for (const { stop } of Object.values(places)) await stop();
      rmSync(folder, { recursive: true });
    }
  },
});

/** A node and a client of it, in this process: what differs between two is what the way in costs. */
interface Place {
  readonly client: InstanceType<typeof PresenceService>;
  readonly metadata: Metadata;
  readonly stop: () => Promise<void>;
}

async function run(rounds: number, places: Readonly<Record<Way, Place>>): Promise<BenchResult> {
  const measures = { unary, batch_100: batches };
  const figures: BenchResult['figures'][] = [];
  for (const [label, measure] of Object.entries(measures)) {
    const each = (way: Way) => measure(places[way]);
    await inTurn(WAYS, { rounds: WARMUP_ROUNDS, label: `${label}, warming up` }, each);
    const samples = await inTurn(WAYS, { rounds, label }, each);
    const ratios = WAYS.map((way) => [
      `${label}.${way}.times_plaintext`,
      ratioOf(samples, 'cpu_us', way, 'plaintext'),
    ]);
    figures.push(figuresOf(label, samples), Object.fromEntries(ratios));
  }
  return { figures: Object.assign({}, ...figures) };
}

/** Calls one after the other, so many at once, for the time of a round. */
async function inLoops(loops: number, call: () => Promise<void>): Promise<Sample> {
  const untilMs = performance.now() + ROUND_MS;
  const before = process.cpuUsage();
  let calls = 0;
  const loop = async () => {
    for (; performance.now() < untilMs; calls++) await call();
  };
  await Promise.all(Array.from({ length: loops }, loop));
  const { user, system } = process.cpuUsage(before);
  return { cpu_us: (user + system) / calls };
}

function unary({ client, metadata }: Place): Promise<Sample> {
  const call = () =>
    new Promise<void>((resolve, reject) => {
      client.IsOnline({ userId: 'user-1' }, metadata, (error) => (error ? reject(error) : resolve()));
    });
  return inLoops(CALLS_IN_FLIGHT, call);
}

async function batches({ client, metadata }: Place): Promise<Sample> {
  const stream = client.HeartbeatStream(metadata);
  const waiting: (() => void)[] = [];
  stream.on('data', () => waiting.shift()?.());
  const sample = await inLoops(
    MESSAGES_IN_FLIGHT,
    () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        stream.write({ batchId: 1, heartbeats: HEARTBEATS });
      }),
  );
  stream.end();
  return sample;
}

async function startPlaces(folder: string): Promise<Record<Way, Place>> {
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const authority = await Authority.create();
  const { cert, key } = await authority.server();
  const client = await authority.client('bench');
  const signing = await generateKeyPair('ES256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(signing.publicKey)), alg: 'ES256' }] });
  const jwt = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer('bench')
    .setAudience('phid')
    .setSubject('bench')
    .setExpirationTime('1h')
    .sign(signing.privateKey);
  const token = newToken();
  const entry = {
    tokens: [tokenHash(token)],
    certificates: ['CN:bench'],
    subjects: ['bench'],
    roles: ['ingest', 'query'],
  };
  const callers = JSON.stringify({ callers: { bench: { ...entry, namespaces: ['default'] } } });
  const tls = {
    cert: file('cert.pem', cert),
    key: file('key.pem', key),
    clientCa: file('ca.pem', authority.pem),
  };
  const callersAccess = {
    callers: file('callers.yml', callers),
    jwt: { keys: file('keys.json', keys), issuer: 'bench', audience: 'phid' },
    isMetricsOpen: false,
    hasReflection: false,
    // What a caller is refused costs nothing that is asked for here.
    limits: { callsPerSecond: 1_000_000, heartbeatsPerSecond: 10_000_000, streamsMax: 1_000 },
  };
  const byTls = credentials.createSsl(Buffer.from(authority.pem));
  const byCertificate = credentials.createSsl(
    ...([authority.pem, client.key, client.cert].map((pem) => Buffer.from(pem)) as [Buffer, Buffer, Buffer]),
  );
  const secure = { tls: { ...tls, clientCertificate: 'optional' as const }, access: callersAccess };
  return {
    plaintext: await startPlace({}, credentials.createInsecure()),
    tls: await startPlace({ tls: secure.tls }, byTls),
    token: await startPlace(secure, byTls, token),
    certificate: await startPlace(secure, byCertificate),
    jwt: await startPlace(secure, byTls, jwt),
  };
}

async function startPlace(
  settings: Partial<ServiceSettings>,
  channel: ReturnType<typeof credentials.createSsl>,
  token?: string,
): Promise<Place> {
  const quiet = { info() {}, warn() {}, error() {} };
  const service = await startService(serviceSettings(settings), quiet);
  const client = new PresenceService(`localhost:${service.grpcPort}`, channel, {
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = new Metadata();
  if (token) metadata.set('authorization', `Bearer ${token}`);
  const stop = async () => {
    client.close();
    await service.stop();
  };
  return { client, metadata, stop };
}
