import { address, duration, integer, oneOf } from './kinds.js';
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
    meaning: 'Where the gRPC API listens; port 0 takes a free one. It asks for no credentials.',
  }),
  httpAddr: setting({
    path: 'http_addr',
    kind: address(0),
    default: '127.0.0.1:9464',
    meaning:
      'Where the console, the HTTP API, /metrics, /healthz and /readyz are served; port 0 takes a free one. It asks for no credentials.',
  }),
  redis: optional({
    path: 'redis',
    kind: redisUrl,
    meaning:
      'Redis or Valkey that holds the facts: redis://host:port, host:port,...?cluster of a cluster, or of Sentinels host:port,...?sentinel=<master>. Unset: the embedded store, which ends with the process.',
  }),
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
