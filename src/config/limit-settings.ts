import { CALLER_STREAMS_MAX, CALLS_PER_SECOND_MAX, HEARTBEATS_PER_SECOND_MAX } from '../access/allowance.js';
import { duration, hostNames, integer } from './kinds.js';
import { optional, setting } from './setting.js';

/** Settings of a node that say how much of it callers may use, by gRPC and by HTTP. */
export const limitSettings = {
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
  heartbeatStreamsMax: setting({
    path: 'limits.heartbeat_streams_max',
    kind: integer(1, 1_000_000),
    default: 10_000,
    meaning: 'HeartbeatStreams open on this node.',
    tooLow: 'gateways are refused while there is room, and their users look silent',
    tooHigh: 'memory and file descriptors',
  }),
  streamIdleMs: setting({
    path: 'limits.stream_idle',
    kind: duration(1_000, 86_400_000),
    default: 600_000,
    meaning:
      'A HeartbeatStream on which nothing came for so long, or a Track that follows nobody, ends: its caller opens another one when there is something.',
    tooLow: 'gateways of few users open streams all the time',
    tooHigh: 'streams that somebody forgot take the room of others',
  }),
  streamUnreadMs: setting({
    path: 'limits.stream_unread',
    kind: duration(1_000, 86_400_000),
    default: 300_000,
    meaning:
      'A stream, of gRPC or of events, whose reader took nothing for so long of what waits for it ends. One that reads slowly stays, and is told the latest.',
    tooLow: 'a client that stands still for a while, such as a page in the background, has to begin anew',
    tooHigh: 'who never reads takes the room of others',
  }),
  callerCallsPerSecond: setting({
    path: 'limits.caller_calls_per_second',
    kind: integer(1, CALLS_PER_SECOND_MAX),
    default: 2_000,
    meaning:
      'Calls of gRPC and requests of HTTP that a caller may make in a second, and messages of its Track streams; twice as many at once. The file of callers may say otherwise of one (limits). Without auth.callers nobody is limited by this, nor by the other limits of callers.',
    tooLow: 'callers are refused that the node has time for',
    tooHigh: 'one caller in a loop takes the time of all',
  }),
  callerHeartbeatsPerSecond: setting({
    path: 'limits.caller_heartbeats_per_second',
    kind: integer(1, HEARTBEATS_PER_SECOND_MAX),
    default: 20_000,
    meaning:
      'Heartbeats that a caller may send in a second on its HeartbeatStreams; twice as many at once. Streams beyond it are read no further for a while, and nothing is lost.',
    tooLow: 'heartbeats wait at the gateway, and its users look silent',
    tooHigh: 'one gateway takes the time of all',
  }),
  callerStreamsMax: setting({
    path: 'limits.caller_streams_max',
    kind: integer(1, CALLER_STREAMS_MAX),
    default: 5_000,
    meaning: 'Streams of a caller open on this node, of whatever kind, event streams of HTTP included.',
    tooLow: 'callers are refused while there is room',
    tooHigh: 'one caller uses up limits.streams_max for all',
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
  messageBytesMax: setting({
    path: 'limits.message_bytes_max',
    kind: integer(65_536, 67_108_864),
    default: 4_194_304,
    meaning: 'Bytes of a message that this node receives by gRPC, as it is and decompressed.',
    tooLow: 'messages of limits.message_heartbeats_max with long ids are refused',
    tooHigh: 'memory: each stream may hold one',
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
  httpBodyBytesMax: setting({
    path: 'http.body_bytes_max',
    kind: integer(1_024, 1_048_576),
    default: 65_536,
    meaning: 'Bytes of the body of a request of the HTTP API.',
    tooLow: 'thresholds cannot be set, nor sessions begun with long tokens',
    tooHigh: 'memory, for whoever may send one',
  }),
  httpHeaderBytesMax: setting({
    path: 'http.header_bytes_max',
    kind: integer(4_096, 65_536),
    default: 16_384,
    meaning: 'Bytes of the headers of a request of HTTP.',
    tooLow: 'browsers with many cookies of this host are refused',
    tooHigh: 'memory, for whoever connects',
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
