import type { ReceivedHeartbeat } from '../store/store.js';
import { MalformedMessageError, tagOf, WIRE, WireReader } from './wire-reader.js';

/**
 * Heartbeats are read from the wire straight into the form in which the store takes them. What proto-loader offers
 * decodes into one object, converts that into another, and asks for a third: twice the time.
 */

/** A heartbeat as a client sent it: nothing of it is checked, and what the batch says of it is not in it yet. */
export type UncheckedHeartbeat = { -readonly [Field in keyof ReceivedHeartbeat]: ReceivedHeartbeat[Field] };

/** The message HeartbeatRequest. */
export interface HeartbeatRequest {
  namespace: string;
  origin: string;
  heartbeat: UncheckedHeartbeat | undefined;
}

/** The message HeartbeatStreamRequest. */
interface HeartbeatStreamRequest {
  namespace: string;
  origin: string;
  batchId: number;
  readonly heartbeats: UncheckedHeartbeat[];
}

const Heartbeat = {
  userId: tagOf(1, WIRE.bytes),
  sessionId: tagOf(2, WIRE.bytes),
  sequence: tagOf(3, WIRE.varint),
  nextIntervalMs: tagOf(4, WIRE.varint),
  activity: tagOf(5, WIRE.varint),
};
const Request = {
  namespace: tagOf(1, WIRE.bytes),
  heartbeat: tagOf(2, WIRE.bytes),
  origin: tagOf(3, WIRE.bytes),
};
const StreamRequest = {
  namespace: tagOf(1, WIRE.bytes),
  origin: tagOf(2, WIRE.bytes),
  batchId: tagOf(3, WIRE.varint),
  heartbeats: tagOf(4, WIRE.bytes),
};

/** Throws MalformedMessageError. */
export function decodeHeartbeatRequest(bytes: Buffer): HeartbeatRequest {
  const reader = new WireReader(bytes);
  const request: HeartbeatRequest = { namespace: '', origin: '', heartbeat: undefined };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === Request.namespace) request.namespace = reader.string();
    else if (tag === Request.heartbeat) request.heartbeat = decodeHeartbeat(reader, request.heartbeat);
    else if (tag === Request.origin) request.origin = reader.string();
    else reader.skip(tag);
  }
  return request;
}

/** Throws MalformedMessageError. */
export function decodeHeartbeatStreamRequest(bytes: Buffer): HeartbeatStreamRequest {
  const reader = new WireReader(bytes);
  const request: HeartbeatStreamRequest = { namespace: '', origin: '', batchId: 0, heartbeats: [] };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === StreamRequest.heartbeats) request.heartbeats.push(decodeHeartbeat(reader));
    else if (tag === StreamRequest.namespace) request.namespace = reader.string();
    else if (tag === StreamRequest.origin) request.origin = reader.string();
    else if (tag === StreamRequest.batchId) request.batchId = reader.uint64();
    else reader.skip(tag);
  }
  return request;
}

/** `before`: the parts of a message that comes in several add up, as protobuf has it. */
function decodeHeartbeat(reader: WireReader, before?: UncheckedHeartbeat): UncheckedHeartbeat {
  const heartbeat: UncheckedHeartbeat = before ?? {
    userId: '',
    sessionId: '',
    sequence: 0,
    declaredMs: 0,
    activity: 0,
    origin: '',
    receivedMs: 0,
  };
  const end = reader.message();
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === Heartbeat.userId) heartbeat.userId = reader.string();
    else if (tag === Heartbeat.sessionId) heartbeat.sessionId = reader.string();
    else if (tag === Heartbeat.sequence) heartbeat.sequence = reader.uint64();
    else if (tag === Heartbeat.nextIntervalMs) heartbeat.declaredMs = reader.uint32();
    else if (tag === Heartbeat.activity) heartbeat.activity = reader.uint32();
    else reader.skip(tag);
  }
  if (reader.at > end) throw new MalformedMessageError('a heartbeat is longer than it says');
  return heartbeat;
}
