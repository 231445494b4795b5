import { address, boolean, duration, file, integer, oneOf, text } from './kinds.js';
import { limitSettings } from './limit-settings.js';
import { redisUrl } from './redis-url.js';
import { optional, setting } from './setting.js';

/** Lua puts what a call takes on its stack: at most about 8,000 values, of which a user who is announced is two. */
const BATCH_HEARTBEATS_MAX = 2_000;

/** Settings of a node. Flag, environment variable and place in the file all follow from `path`. */
export const nodeSettings = {
  grpcAddr: setting({
    path: 'grpc_addr',
    kind: address(0),
    default: '127.0.0.1:50051',
    meaning: 'Where the gRPC API listens; port 0 takes a free one.',
  }),
  httpAddr: setting({
    path: 'http_addr',
    kind: address(0),
    default: '127.0.0.1:9464',
    meaning:
      'Where the console, the HTTP API, /metrics, /healthz and /readyz are served; port 0 takes a free one.',
  }),
  insecure: setting({
    path: 'insecure',
    kind: boolean,
    default: false,
    meaning:
      'Serve in plaintext where others than this machine can reach it: inside a container, or behind whatever speaks TLS.',
  }),
  tlsCert: optional({
    path: 'tls.cert',
    kind: file,
    meaning:
      'Certificate of this node and those that vouch for it, PEM; for gRPC and HTTP. Unset: plaintext.',
  }),
  tlsKey: optional({ path: 'tls.key', kind: file, meaning: 'Its private key, PEM.' }),
  tlsClientCa: optional({
    path: 'tls.client_ca',
    kind: file,
    meaning:
      'Certificates, PEM, of those who vouch for clients: with it clients show a certificate (mutual TLS).',
  }),
  tlsClientCertificate: setting({
    path: 'tls.client_certificate',
    kind: oneOf('required', 'optional'),
    default: 'required',
    meaning:
      'Whether a client that shows none is let in. Probes of Kubernetes and browsers have none: optional, and callers.',
  }),
  authCallers: optional({
    path: 'auth.callers',
    kind: file,
    meaning:
      'YAML file with the callers, what proves who they are, and their roles (SECURITY.md). Unset: whoever reaches this node may do everything.',
  }),
  authJwks: optional({
    path: 'auth.jwt_keys',
    kind: file,
    meaning: 'JSON Web Key Set, a file: with it signed tokens (JWT) prove who a caller is, by their subject.',
  }),
  authIssuer: optional({ path: 'auth.jwt_issuer', kind: text, meaning: 'Whose such tokens are: their iss.' }),
  authAudience: optional({ path: 'auth.jwt_audience', kind: text, meaning: 'Whom they are for: their aud.' }),
  authOpenMetrics: setting({
    path: 'auth.open_metrics',
    kind: boolean,
    default: false,
    meaning: 'With callers: /metrics is served to everybody, not only to the role metrics.',
  }),
  authReflection: setting({
    path: 'auth.reflection',
    kind: boolean,
    default: false,
    meaning: 'With callers: server reflection of gRPC is served, to everybody.',
  }),
  redis: optional({
    path: 'redis',
    kind: redisUrl,
    meaning:
      'Redis or Valkey that holds the facts: redis://host:port, host:port,...?cluster of a cluster, or of Sentinels host:port,...?sentinel=<master>. Unset: the embedded store, which ends with the process.',
  }),
  redisCa: optional({
    path: 'redis_tls.ca',
    kind: file,
    meaning:
      'Certificates, PEM, of those who vouch for Redis; read at the start. Unset: the CAs that Node knows. Like the others of redis_tls, for rediss:// only.',
  }),
  redisCert: optional({
    path: 'redis_tls.cert',
    kind: file,
    meaning: 'Certificate, PEM, to show to Redis, which asks for one unless tls-auth-clients is no.',
  }),
  redisKey: optional({ path: 'redis_tls.key', kind: file, meaning: 'Its private key, PEM.' }),
  cachedUsersMax: setting({
    path: 'redis_cached_users_max',
    kind: integer(0, 10_000_000),
    default: 1_000_000,
    meaning: 'Users whose records this node keeps beside Redis, about 450 bytes each, to spare reading them.',
    tooLow: 'every heartbeat of the others has its record read first: more work for Redis and node',
    tooHigh: 'memory',
  }),
  workers: setting({
    path: 'workers',
    kind: integer(1, 256),
    default: 1,
    meaning:
      'Processes of phid serve on the same port, one a core. More than one need Redis. Every limit is of each of them.',
    tooLow: 'cores without work while one is busy',
    tooHigh: 'each follows the store and learns by itself: more work for Redis, smaller batches',
  }),
  logLevel: setting({
    path: 'log_level',
    kind: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    meaning: 'The least severe log line that is written.',
  }),
  logUsers: setting({
    path: 'log_users',
    kind: boolean,
    default: false,
    meaning:
      'Log lines may name users: of whom a record cannot be read. Otherwise no line has an id of a user or session.',
  }),
  batchDelayMs: setting({
    path: 'ingest.batch_delay',
    kind: duration(0, 1_000),
    default: 2,
    meaning:
      'How long heartbeats that come in fewer than fifty wait for others, to be recorded together; longer while a batch before them is being recorded.',
    tooLow: 'fewer share a round trip: more work for the store',
    tooHigh: 'every acknowledgement takes that much longer',
  }),
  batchSizeMax: setting({
    path: 'ingest.batch_heartbeats_max',
    kind: integer(1, BATCH_HEARTBEATS_MAX),
    default: 512,
    meaning: 'Heartbeats recorded together; so many do not wait for more.',
    tooLow: 'more round trips under load',
    tooHigh: 'one script call blocks Redis for longer',
  }),
  pendingMax: setting({
    path: 'ingest.pending_heartbeats_max',
    kind: integer(1, 10_000_000),
    default: 100_000,
    meaning:
      'Heartbeats received and not yet recorded. Near it HeartbeatStreams are held back; at it unary calls are refused.',
    tooLow: 'gateways wait in peaks, and unary calls are refused, although the store would have managed',
    tooHigh: 'memory, while the store is slow',
  }),
  learningIntervalMs: setting({
    path: 'learning.interval',
    kind: duration(1_000, 600_000),
    default: 5_000,
    meaning:
      'How often what was learned of the fleets, and what thresholds cost them, is exchanged with the other nodes.',
    tooLow: 'more work for the store and for watching nodes, for figures that change slowly',
    tooHigh: 'a young fleet is judged by the prior for longer, and nodes differ from each other',
  }),
  stallMs: setting({
    path: 'stall_ms',
    kind: integer(50, 60_000),
    default: 500,
    meaning:
      'A node that stood still, or could not reach the store, for at least so many ms was blind: that time is not counted as silence of anybody, on any node.',
    tooLow: 'a busy machine makes phid doubt itself all the time, and detection comes later',
    tooHigh: 'users who beat like clockwork are suspected for delays of ours',
  }),
  ...limitSettings,
} as const;
