import { address, boolean, duration, file, hostNames, integer, oneOf, text } from './kinds.js';
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
  batchDelayMs: setting({
    path: 'ingest.batch_delay',
    kind: duration(0, 1_000),
    default: 2,
    meaning:
      'How long a heartbeat waits for others, to be recorded together; longer while a batch before it is being recorded.',
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
  subscriptionUsersMax: setting({
    path: 'limits.stream_users_max',
    kind: integer(1, 1_000_000),
    default: 10_000,
    meaning: 'Users that one Watch or Track stream may follow.',
    tooLow: 'callers must split what they follow over more streams',
    tooHigh: 'one caller may use up the memory of all',
  }),
  subscriptionGroupsMax: setting({
    path: 'limits.stream_groups_max',
    kind: integer(1, 10_000),
    default: 100,
    meaning: 'Groups that one Watch or Track stream may follow, whatever members they have.',
    tooLow: 'callers must split what they follow over more streams',
    tooHigh: 'one caller makes the node watch many groups that nobody else asks for',
  }),
  groupMembersMax: setting({
    path: 'limits.group_members_max',
    kind: integer(1, 100_000),
    default: 10_000,
    meaning: 'Members of a group. One that has more already, by a lower limit than before, keeps them.',
    tooLow: 'callers must split rooms, and streams follow several groups for one',
    tooHigh:
      'every node that watches a group lists all its members again, a thousand a call, whenever one comes or goes',
  }),
  trackedUsersMax: setting({
    path: 'limits.tracked_users_max',
    kind: integer(1, 10_000_000),
    default: 1_000_000,
    meaning: 'Users that all streams of this node follow together, members of watched groups included.',
    tooLow: 'streams are refused while there is room',
    tooHigh: 'memory: the node may die instead of refusing',
  }),
  subscriptionsMax: setting({
    path: 'limits.streams_max',
    kind: integer(1, 1_000_000),
    default: 10_000,
    meaning: 'Watch and Track streams open on this node.',
    tooLow: 'streams are refused while there is room',
    tooHigh: 'memory and file descriptors',
  }),
  censusUsersMax: setting({
    path: 'limits.census_users_max',
    kind: integer(0, 100_000_000),
    default: 2_000_000,
    meaning:
      'Users that this node counts, about: all those of the shards that it owns. 0: it owns none, and leaves counting and the log of changes to others.',
    tooLow: 'the counts of the fleet are incomplete, and changes of some users are not in the log',
    tooHigh: 'memory: the node may die instead of leaving users out',
  }),
  logStreamsMax: setting({
    path: 'limits.log_streams_max',
    kind: integer(1, 100_000),
    default: 1_000,
    meaning: 'WatchNamespace streams open on this node.',
    tooLow: 'streams are refused while there is room',
    tooHigh: 'memory, up to some megabytes for each that reads slowly',
  }),
  heartbeatsPerMessageMax: setting({
    path: 'limits.message_heartbeats_max',
    kind: integer(1, 10_000),
    default: 1_000,
    meaning: 'Heartbeats in one message of HeartbeatStream.',
    tooLow: 'gateways must send more and smaller messages',
    tooHigh: 'long ids may exceed the 4 MB that gRPC allows a message',
  }),
  batchesInFlightMax: setting({
    path: 'limits.stream_messages_in_flight_max',
    kind: integer(1, 1_000),
    default: 16,
    meaning: 'Messages of one HeartbeatStream that are being recorded before it is read no further.',
    tooLow: 'a gateway far from the store cannot keep it busy',
    tooHigh: 'one gateway may fill ingest.pending_heartbeats_max for all',
  }),
  connectionsMax: setting({
    path: 'limits.connections_max',
    kind: integer(1, 1_000_000),
    default: 10_000,
    meaning:
      'Connections of gRPC. One more takes the place of the one that has been without a call for the longest; where there is none it is closed as it comes.',
    tooLow: 'clients that call rarely connect anew each time, and new ones are refused while there is room',
    tooHigh: 'memory and file descriptors, for whoever opens connections and says nothing',
  }),
  unfinishedBytesMax: setting({
    path: 'limits.unfinished_bytes_max',
    kind: integer(8_388_608, 4_294_967_296),
    default: 67_108_864,
    meaning:
      'What messages of gRPC may hold of which something has come and not all, 4 KiB a call included. Beyond it the call that began its message first is ended.',
    tooLow: 'many calls at once, or large messages over slow networks, are ended while there is room',
    tooHigh: 'memory, for whoever sends messages that never end; nobody has asked who it is by then',
  }),
  connectionCallsMax: setting({
    path: 'limits.connection_calls_max',
    kind: integer(1, 1_000_000),
    default: 10_000,
    meaning: 'Calls and streams open on one gRPC connection; a client keeps what is more to itself.',
    tooLow: 'clients with many streams need more connections, or wait',
    tooHigh: 'one connection may take all the memory that calls need',
  }),
  connectionAgeMs: optional({
    path: 'limits.connection_age',
    kind: duration(1_000, 604_800_000),
    meaning:
      'After so long a gRPC connection takes no new calls (GOAWAY), and ends with the last of its own: clients connect anew, perhaps to another node. Unset: never.',
    tooLow: 'handshakes all the time',
    tooHigh: 'who was let in by a certificate that is no longer trusted stays for as long',
  }),
  httpConnectionsMax: setting({
    path: 'http.connections_max',
    kind: integer(1, 100_000),
    default: 1_000,
    meaning:
      'Connections of HTTP, event streams included. One more takes the place of the one that has been without a request for the longest; where there is none it is closed as it comes.',
    tooLow: 'pages and scrapes fail while there is room',
    tooHigh: 'memory and file descriptors, for whoever opens connections and says nothing',
  }),
  httpHosts: setting({
    path: 'http.hosts',
    kind: hostNames,
    default: [] as readonly string[],
    meaning:
      'Names by which the console and the HTTP API are asked for in plaintext, beside localhost and addresses. A page of another site whose name is made to lead here is refused by that.',
  }),
  eventStreamsMax: setting({
    path: 'http.event_streams_max',
    kind: integer(1, 10_000),
    default: 100,
    meaning: 'Event streams of the HTTP API open on this node: what a page of the console follows is one.',
    tooLow: 'pages stay empty while there is room',
    tooHigh:
      'each costs a look at what it shows once a second: on a busy node, time that heartbeats wait for',
  }),
} as const;
