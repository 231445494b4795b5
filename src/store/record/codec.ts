import { type AdaptiveState, isPossible, newAdaptiveState } from '../../detector/adaptive.js';
import type { SessionRecord } from '../../detector/session.js';
import { CURVE_KNOTS, FLEET_SHAPE, type Shape, WATCH_UNITS } from '../../detector/shape.js';
import { SESSIONS_MAX, type UserRecord, type Visibility } from '../../detector/user.js';
import { SampleWindow, WINDOW_MAX } from '../../detector/window.js';
import { UnreadableRecordError } from '../store.js';
import { ByteReader, ByteWriter } from './bytes.js';

/**
 * The packed record of a user: what both stores keep. Little-endian, no padding; "varint" is LEB128.
 *
 *   user      u8 format (3, or 4) | u32 revision | visibility? | u8 sessions | session ...
 *   visibility  f64 since us | u8 shown sessions + 1 (0: the user is visible) | session ...
 *   session   u16 flags | u8 id bytes - 1 | u8 origin bytes | f64 last us | f64 base us? | varint sequence |
 *             u32 declared ms? | u32 rhythm ms? | varint owed? | adaptive? | id | origin |
 *             varint samples | u16 sample ... (oldest first)
 *   adaptive  u16 learned | u16 beats | u16 judged | varint losses, lost, extra? | varint beyond x 6 |
 *             f64 slow | f32 mean, stretch, fast, short, long, short regular, long regular | shape?
 *   shape     u16 loss | u16 loss again | u16 level x 6 | u8 watch losses | u16 watch phi
 *
 * Format 4 has the visibility, once anybody has said something of it: a phid that knows only format 3 shows nobody who is invisible.
 *
 * What else has a "?" is there when its flag is set. A session of 100 samples takes about 310 bytes. The meaning of each field
 * is in detector/session.ts (SessionRecord), adaptive.ts, shape.ts, and that of a sample in window.ts.
 *
 * Times are of the clock of the server that has the record. Where the store's is another one, they are shifted on the way.
 *
 * Format and revision are the record's *token*: a record is only replaced by whoever saw its token.
 */
const FORMAT = 3;
const FORMAT_WITH_VISIBILITY = 4;
/** Bytes of format and revision. */
export const TOKEN_BYTES = 5;
/** Of 16 sessions with 1,000 samples and the longest names there are, and 8 that are shown in their place. */
const RECORD_BYTES_MAX = 0xfff0;

const Flag = {
  LEFT: 1,
  RELEASING: 2,
  /** base is not last. */
  BASE: 4,
  DECLARED: 8,
  RHYTHM: 16,
  OWED: 32,
  ADAPTIVE: 64,
  LOSSES: 128,
  /** The shape is not the fleet's. */
  SHAPE: 256,
  ON_LATTICE: 512,
} as const;
/** Bits of the flags from here on: activity, 0 .. 15. */
const ACTIVITY_SHIFT = 12;
/** Flags of a newer phid: whoever writes the record without them would lose what they say. */
const UNKNOWN_FLAGS = 0xfff & ~Object.values(Flag).reduce((known, flag) => known | flag, 0);

/** Names that a record probably holds: those of the heartbeat that it is read for. */
interface LikelyNames {
  readonly sessionId: string;
  readonly origin: string;
}
export const NO_NAMES: LikelyNames = { sessionId: '', origin: '' };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const reader = new ByteReader();

/** A session's objects, filled again with every record. */
interface Frame {
  readonly session: Mutable<SessionRecord>;
  readonly adaptive: AdaptiveState;
}

/**
 * Reads packed records, one at a time: each takes the objects of the one before, so that a heartbeat allocates next to
 * nothing. A record that must be kept is read by a reader of its own (`decodeUser`).
 */
export class RecordReader {
  readonly #user: UserRecord = { sessions: [], visibility: undefined };
  readonly #frames: Frame[] = [];
  #framesUsed = 0;
  #shiftUs = 0;

  /** `shiftUs`: what is added to its times. Throws UnreadableRecordError. */
  read(record: Uint8Array, likely = NO_NAMES, shiftUs = 0): UserRecord {
    this.#shiftUs = shiftUs;
    const format = record[0];
    if (format !== FORMAT && format !== FORMAT_WITH_VISIBILITY) {
      throw new UnreadableRecordError(`it has format ${format}, and this phid knows 3 and 4`);
    }
    reader.open(record);
    const end = reader.at + record.length;
    reader.at += TOKEN_BYTES;
    this.#framesUsed = 0;
    try {
      this.#user.visibility = format === FORMAT ? undefined : this.#visibility(likely);
      this.#sessions(this.#user.sessions, reader.u8(), likely);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      reader.at = Number.NaN;
    }
    if (reader.at !== end)
      throw new UnreadableRecordError(`its ${record.length} bytes are damaged, or of a newer phid`);
    return this.#user;
  }

  #visibility(likely: LikelyNames): Visibility {
    const sinceUs = this.#timeUs();
    const count = reader.u8();
    if (count === 0) return { sinceUs, shown: undefined };
    const shown: SessionRecord[] = [];
    this.#sessions(shown, count - 1, likely);
    return { sinceUs, shown };
  }

  #sessions(sessions: SessionRecord[], count: number, likely: LikelyNames): void {
    if (count > SESSIONS_MAX) throw new RangeError(`${count} sessions`);
    sessions.length = count;
    for (let i = 0; i < count; i++) sessions[i] = this.#session(this.#frame(), likely);
  }

  /** A user of whom nothing is known. */
  blank(): UserRecord {
    this.#user.sessions.length = 0;
    this.#user.visibility = undefined;
    return this.#user;
  }

  #frame(): Frame {
    const index = this.#framesUsed++;
    let frame = this.#frames[index];
    if (!frame) {
      const session: SessionRecord = {
        sessionId: '',
        origin: '',
        lastUs: 0,
        baseUs: 0,
        sequence: 0,
        declaredMs: 0,
        rhythmMs: 0,
        activity: 0,
        owed: 0,
        left: false,
        releasing: false,
        adaptive: undefined,
        window: new SampleWindow(),
      };
      frame = { session, adaptive: newAdaptiveState(1, 1) };
      this.#frames[index] = frame;
    }
    return frame;
  }

  #session(frame: Frame, likely: LikelyNames): SessionRecord {
    const { session } = frame;
    const flags = reader.u16();
    if (flags & UNKNOWN_FLAGS) throw new RangeError(`flags ${flags}`);
    const idBytes = reader.u8() + 1;
    const originBytes = reader.u8();
    session.left = (flags & Flag.LEFT) !== 0;
    session.releasing = (flags & Flag.RELEASING) !== 0;
    session.activity = flags >> ACTIVITY_SHIFT;
    session.lastUs = this.#timeUs();
    session.baseUs = flags & Flag.BASE ? this.#timeUs() : session.lastUs;
    session.sequence = reader.varint();
    session.declaredMs = flags & Flag.DECLARED ? reader.u32() : 0;
    session.rhythmMs = flags & Flag.RHYTHM ? reader.u32() : 0;
    session.owed = flags & Flag.OWED ? reader.varint() : 0;
    session.adaptive = flags & Flag.ADAPTIVE ? this.#adaptive(frame, flags) : undefined;
    session.sessionId = reader.text(idBytes, likely.sessionId);
    session.origin = reader.text(originBytes, likely.origin);
    const count = reader.varint();
    if (count > WINDOW_MAX) throw new RangeError(`${count} samples`);
    reader.codes(count, session.window.open(count));
    return session;
  }

  #timeUs(): number {
    const timeUs = reader.f64() + this.#shiftUs;
    if (!Number.isSafeInteger(timeUs)) throw new RangeError(`a time of ${timeUs}`);
    return timeUs;
  }

  #adaptive(frame: Frame, flags: number): AdaptiveState {
    const { adaptive } = frame;
    adaptive.learned = reader.u16();
    adaptive.beats = reader.u16();
    adaptive.judged = reader.u16();
    const hasLosses = (flags & Flag.LOSSES) !== 0;
    adaptive.losses = hasLosses ? reader.varint() : 0;
    adaptive.lost = hasLosses ? reader.varint() : 0;
    adaptive.extra = hasLosses ? reader.varint() : 0;
    for (let j = 0; j < CURVE_KNOTS.length; j++) adaptive.beyond[j] = reader.varint();
    adaptive.slowMs = reader.f64();
    adaptive.meanMs = reader.f32();
    adaptive.stretch = reader.f32();
    adaptive.fastMs = reader.f32();
    adaptive.shortMs = reader.f32();
    adaptive.longMs = reader.f32();
    adaptive.shortRegularMs = reader.f32();
    adaptive.longRegularMs = reader.f32();
    adaptive.shape = flags & Flag.SHAPE ? this.#shape(flags) : FLEET_SHAPE;
    if (!isPossible(adaptive)) throw new RangeError('what was learned');
    return adaptive;
  }

  /** An object of its own: arrivals keep it, which are judged when the records of a whole batch have been read. */
  #shape(flags: number): Shape {
    const loss = reader.u16();
    const lossAgain = reader.u16();
    const levels: number[] = [];
    for (let j = 0; j < CURVE_KNOTS.length; j++) levels.push(reader.u16());
    const watchLosses = reader.u8();
    const watchPhi = reader.u16() / WATCH_UNITS;
    return { onLattice: (flags & Flag.ON_LATTICE) !== 0, loss, lossAgain, levels, watchLosses, watchPhi };
  }
}

/** A packed record, in objects of its own; `shiftUs` is added to its times. Throws UnreadableRecordError. */
export function decodeUser(record: Uint8Array, shiftUs = 0): UserRecord {
  return new RecordReader().read(record, NO_NAMES, shiftUs);
}

/** The token's revision. */
export function revisionOf(record: Buffer): number {
  return record.readUInt32LE(1);
}

const writer = new ByteWriter(RECORD_BYTES_MAX);

/** Packs a record, `shiftUs` taken off its times. What is returned is overwritten by the next call: copy it. */
export function encodeUser({ sessions, visibility }: UserRecord, revision: number, shiftUs = 0): Buffer {
  writer.at = 0;
  writer.u8(visibility ? FORMAT_WITH_VISIBILITY : FORMAT);
  writer.u32(revision);
  if (visibility) {
    const { sinceUs, shown } = visibility;
    writer.f64(sinceUs - shiftUs);
    writer.u8(shown ? shown.length + 1 : 0);
    for (const session of shown ?? []) encodeSession(session, shiftUs);
  }
  writer.u8(sessions.length);
  for (let i = 0; i < sessions.length; i++) encodeSession(sessions[i] as SessionRecord, shiftUs);
  return writer.bytes.subarray(0, writer.at);
}

function encodeSession(session: SessionRecord, shiftUs: number): void {
  const { adaptive, window } = session;
  const flags = flagsOf(session);
  writer.u16(flags);
  const lengthsAt = writer.at;
  writer.at += 2;
  writer.f64(session.lastUs - shiftUs);
  if (flags & Flag.BASE) writer.f64(session.baseUs - shiftUs);
  writer.varint(session.sequence);
  if (flags & Flag.DECLARED) writer.u32(session.declaredMs);
  if (flags & Flag.RHYTHM) writer.u32(session.rhythmMs);
  if (flags & Flag.OWED) writer.varint(session.owed);
  if (adaptive) encodeAdaptive(adaptive, flags);
  writer.bytes[lengthsAt] = writer.text(session.sessionId) - 1;
  writer.bytes[lengthsAt + 1] = writer.text(session.origin);
  writer.varint(window.count);
  writer.codes(window.codes, window.count);
}

function flagsOf(session: SessionRecord): number {
  const { adaptive } = session;
  let flags = session.activity << ACTIVITY_SHIFT;
  if (session.left) flags |= Flag.LEFT;
  if (session.releasing) flags |= Flag.RELEASING;
  if (session.baseUs !== session.lastUs) flags |= Flag.BASE;
  if (session.declaredMs > 0) flags |= Flag.DECLARED;
  if (session.rhythmMs > 0) flags |= Flag.RHYTHM;
  if (session.owed > 0) flags |= Flag.OWED;
  if (!adaptive) return flags;
  flags |= Flag.ADAPTIVE;
  if (adaptive.losses > 0 || adaptive.lost > 0 || adaptive.extra > 0) flags |= Flag.LOSSES;
  if (adaptive.shape !== FLEET_SHAPE) flags |= Flag.SHAPE;
  if (adaptive.shape.onLattice) flags |= Flag.ON_LATTICE;
  return flags;
}

function encodeAdaptive(state: AdaptiveState, flags: number): void {
  writer.u16(state.learned);
  writer.u16(state.beats);
  writer.u16(state.judged);
  if (flags & Flag.LOSSES) {
    writer.varint(state.losses);
    writer.varint(state.lost);
    writer.varint(state.extra);
  }
  for (let j = 0; j < CURVE_KNOTS.length; j++) writer.varint(state.beyond[j] as number);
  writer.f64(state.slowMs);
  writer.f32(state.meanMs);
  writer.f32(state.stretch);
  writer.f32(state.fastMs);
  writer.f32(state.shortMs);
  writer.f32(state.longMs);
  writer.f32(state.shortRegularMs);
  writer.f32(state.longRegularMs);
  if (flags & Flag.SHAPE) encodeShape(state.shape);
}

function encodeShape(shape: Shape): void {
  writer.u16(shape.loss);
  writer.u16(shape.lossAgain);
  for (let j = 0; j < CURVE_KNOTS.length; j++) writer.u16(shape.levels[j] as number);
  writer.u8(shape.watchLosses);
  writer.u16(shape.watchPhi * WATCH_UNITS);
}
