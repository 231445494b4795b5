import type { AdaptiveState } from '../../detector/adaptive.js';
import type { Detector } from '../../detector/detector.js';
import type { Arrival, SessionRecord } from '../../detector/session.js';
import { CURVE_KNOTS, FLEET_SHAPE, WATCH_TABLE_PHI_MAX } from '../../detector/shape.js';
import { TABLE_STEP } from '../../detector/survival-table.js';
import { SESSIONS_MAX, type UserRecord } from '../../detector/user.js';
import { SampleWindow } from '../../detector/window.js';
import type { ReceivedHeartbeat, Recorded, StoreNamespace } from '../store.js';

/**
 * The binary side of the scripts. Layouts are drawn where they are written: the user's record in
 * scripts/user-record.lua, arguments and reply of a batch in scripts/record.lua. Little-endian, no padding.
 */

const FORMAT = 2;
const SESSION_BYTES = 57;
const HEARTBEAT_BYTES = 23;
const ARRIVAL_BYTES = 30;
const PARAMETERS_BYTES = 81;
/** What a session is, in its record. */
const STATE = { left: 1, releasing: 2 } as const;
const MODEL_CODES = { normal: 0, exponential: 1, adaptive: 2 } as const;
/** Points of a survival table that record.lua looks z up in: one beyond the last φ, for the interpolation. */
const WATCH_POINTS = WATCH_TABLE_PHI_MAX / TABLE_STEP + 2;

/** Entries that a shard stream keeps, about. A follower further behind reads everything again. */
export const STREAM_LENGTH = 10_000;

/** Decodes a packed user record. Throws when it has another format, which a newer phid may have written. */
export function decodeUserRecord(bytes: Buffer): UserRecord {
  const format = bytes[0];
  if (format !== FORMAT) throw new Error(`user record has format ${format}, this phid knows ${FORMAT}`);
  const sessions: SessionRecord[] = [];
  let at = 2;
  for (let i = bytes[1] as number; i > 0; i--) {
    const learnedBytes = bytes[at + SESSION_BYTES - 1] as number;
    const idStart = at + SESSION_BYTES + learnedBytes;
    const originStart = idStart + (bytes[at] as number) + 1;
    const codesStart = originStart + (bytes[at + 1] as number);
    const count = bytes.readUInt16LE(at + 6);
    const codes = new Uint16Array(count);
    for (let k = 0; k < count; k++) codes[k] = bytes.readUInt16LE(codesStart + 2 * k);
    const window = new SampleWindow(codes);
    window.count = count;
    window.sum = bytes.readDoubleLE(at + 40);
    window.sumSquares = bytes.readDoubleLE(at + 48);
    sessions.push({
      sessionId: bytes.toString('utf8', idStart, originStart),
      origin: bytes.toString('utf8', originStart, codesStart),
      left: bytes[at + 2] === STATE.left,
      releasing: bytes[at + 2] === STATE.releasing,
      activity: bytes[at + 3] as number,
      owed: bytes.readUInt16LE(at + 4),
      declaredMs: bytes.readUInt32LE(at + 8),
      rhythmMs: bytes.readUInt32LE(at + 12),
      lastUs: bytes.readDoubleLE(at + 16),
      baseUs: bytes.readDoubleLE(at + 24),
      sequence: bytes.readDoubleLE(at + 32),
      adaptive: learnedBytes > 0 ? decodeAdaptive(bytes, at + SESSION_BYTES) : undefined,
      window,
    });
    at = codesStart + 2 * count;
  }
  return { sessions };
}

/** Layout in scripts/adaptive.lua. */
function decodeAdaptive(bytes: Buffer, at: number): AdaptiveState {
  const u16 = (index: number) => bytes.readUInt16LE(at + 2 * index);
  const f64 = (index: number) => bytes.readDoubleLE(at + 42 + 8 * index);
  return {
    learned: u16(0),
    beats: u16(1),
    judged: u16(2),
    losses: u16(3),
    lost: u16(4),
    extra: u16(5),
    beyond: CURVE_KNOTS.map((_, j) => u16(6 + j)),
    meanMs: f64(0),
    slowMs: f64(1),
    stretch: f64(2),
    fastMs: f64(3),
    shortMs: f64(4),
    longMs: f64(5),
    shortRegularMs: f64(6),
    longRegularMs: f64(7),
    shape: {
      loss: u16(12),
      lossAgain: u16(13),
      levels: CURVE_KNOTS.map((_, j) => u16(14 + j)),
      onLattice: bytes[at + 40] === 1,
      watchLosses: bytes[at + 41] as number,
      watchPhi: f64(8),
    },
  };
}

/** What record.lua needs of the adaptive model, drawn in scripts/adaptive.lua; empty under another model. */
export function encodeAdaptive({ settings, tables, priorScaleMs }: Detector): Buffer {
  if (settings.model !== 'adaptive') return Buffer.alloc(0);
  const both = [tables.plain, tables.lattice];
  const values = [priorScaleMs, FLEET_SHAPE.watchPhi];
  for (const table of both) values.push(...CURVE_KNOTS.map((phi) => table.z(phi)));
  for (const table of both) values.push(...table.zs.subarray(0, WATCH_POINTS));
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => {
    bytes.writeDoubleLE(value, 8 * i);
  });
  return bytes;
}

/** The parameters of record.lua for a namespace. */
export function encodeParameters({ detector, retentionMs }: StoreNamespace): Buffer {
  const { settings } = detector;
  const bytes = Buffer.alloc(PARAMETERS_BYTES);
  let at = bytes.writeUInt8(MODEL_CODES[settings.model], 0);
  at = bytes.writeUInt16LE(settings.window, at);
  at = bytes.writeUInt16LE(settings.minSamples, at);
  for (const value of [
    settings.expectedIntervalMs,
    settings.acceptablePauseMs,
    settings.minStdDevMs,
    settings.maxSilenceMs,
    detector.zOutage,
    detector.zWatchableMin,
    detector.zWatchableMax,
    retentionMs,
    STREAM_LENGTH,
  ]) {
    at = bytes.writeDoubleLE(value, at);
  }
  bytes.writeUInt16LE(SESSIONS_MAX, at);
  return bytes;
}

/** The heartbeats of a batch, each with its age at `nowMs` of the node's monotonic clock. */
export function encodeHeartbeats(heartbeats: readonly ReceivedHeartbeat[], nowMs: number): Buffer {
  let size = 0;
  for (const { sessionId, origin } of heartbeats) {
    size += HEARTBEAT_BYTES + Buffer.byteLength(sessionId) + Buffer.byteLength(origin);
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const heartbeat of heartbeats) {
    at = bytes.writeDoubleLE(Math.floor((nowMs - heartbeat.receivedMs) * 1000 + 0.5), at);
    at = bytes.writeDoubleLE(heartbeat.sequence, at);
    at = bytes.writeUInt32LE(heartbeat.declaredMs, at);
    at = bytes.writeUInt8(heartbeat.activity, at);
    const lengthsAt = at;
    at += 2;
    const idBytes = bytes.write(heartbeat.sessionId, at);
    const originBytes = bytes.write(heartbeat.origin, at + idBytes);
    bytes[lengthsAt] = idBytes - 1;
    bytes[lengthsAt + 1] = originBytes;
    at += idBytes + originBytes;
  }
  return bytes;
}

/** The reply of record.lua. */
export function decodeRecorded(bytes: Buffer): Recorded {
  const arrivals: Arrival[] = [];
  for (let at = 8; at < bytes.length; at += ARRIVAL_BYTES) {
    arrivals.push({
      flags: bytes.readUInt16LE(at),
      lost: bytes.readUInt32LE(at + 2),
      z: bytes.readDoubleLE(at + 6),
      scaleMs: bytes.readDoubleLE(at + 14),
      silenceMs: bytes.readDoubleLE(at + 22),
    });
  }
  return { nowUs: bytes.readDoubleLE(0), arrivals };
}
