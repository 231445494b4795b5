import type { DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { LastSeen } from '../access/last-seen.js';
import type { Store } from '../store/store.js';
import { descriptorOf } from './descriptors.js';

/**
 * What is told of a user to whoever may not know exactly when they were heard last: of these messages these fields. Anything else
 * of them follows from the silence, as φ does, or is another with each heartbeat, as the mean interval is. Of a time the hour
 * or the day is told, or nothing.
 */
export const TOLD: Readonly<Record<string, readonly string[]>> = {
  SessionSuspicion: ['session_id', 'last_seen', 'left', 'origin', 'activity', 'next_interval_ms'],
  Suspicion: [
    ...['user_id', 'status', 'last_seen', 'model', 'degraded', 'sessions', 'suspect_phi', 'offline_phi'],
  ],
  StatusChange: [...['user_id', 'previous', 'status', 'cause', 'suspicion', 'threshold', 'at', 'version']],
};

const SECONDS = 1;
const UNIT_SECONDS: Readonly<Record<Exclude<LastSeen, 'exact'>, number>> = {
  hour: 3_600,
  day: 86_400,
  hidden: Number.POSITIVE_INFINITY,
};

/** A field that is told, and what becomes of it. */
interface Field {
  readonly isTime: boolean;
  readonly isVersion: boolean;
  readonly message: DescMessage | undefined;
}

/** Tells answers and events, as they were encoded, as exactly as a caller may know them. */
export class Telling {
  readonly #store: Pick<Store, 'clocks'>;
  /** Of messages, by their field numbers. */
  readonly #fields = new Map<DescMessage, ReadonlyMap<number, Field>>();
  /** What was told last: the same bytes go to one after the other of a whole audience. */
  readonly #last = new Map<LastSeen, { readonly bytes: Buffer; readonly told: Buffer }>();
  #version = 0;

  constructor(store: Pick<Store, 'clocks'>) {
    this.#store = store;
  }

  /** The message called `name` in `bytes`; itself for whoever may know all of it. O(bytes). */
  told(name: string, bytes: Buffer, lastSeen: LastSeen): Buffer {
    if (lastSeen === 'exact') return bytes;
    const last = this.#last.get(lastSeen);
    if (last?.bytes === bytes) return last.told;
    const told = Buffer.from(this.#told(descriptorOf(name), bytes, UNIT_SECONDS[lastSeen]));
    this.#last.set(lastSeen, { bytes, told });
    return told;
  }

  #told(descriptor: DescMessage, bytes: Uint8Array, unitSeconds: number): Uint8Array {
    const fields = this.#fieldsOf(descriptor);
    const reader = new BinaryReader(bytes);
    const writer = new BinaryWriter();
    const sessions: Uint8Array[] = [];
    let sessionsNumber = 0;
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      const field = fields.get(number);
      const value = () => reader.skip(wireType, number);
      if (!field) value();
      else if (field.isVersion) {
        value();
        writer.tag(number, WireType.Varint).uint64(this.#nextVersion());
      } else if (field.isTime) {
        const time = coarse(reader.bytes(), unitSeconds);
        if (time) writer.tag(number, WireType.LengthDelimited).bytes(time);
      } else if (field.message) {
        const told = this.#told(field.message, reader.bytes(), unitSeconds);
        if (field.message.name === 'SessionSuspicion') {
          sessions.push(told);
          sessionsNumber = number;
        } else writer.tag(number, WireType.LengthDelimited).bytes(told);
      } else writer.tag(number, wireType).raw(value());
    }
    // Liveliest first, as they come, would say which was heard last. By their bytes, which begin with the session's id.
    for (const session of sessions.sort(Buffer.compare))
      writer.tag(sessionsNumber, WireType.LengthDelimited).bytes(session);
    return writer.finish();
  }

  /** Another and higher one each time, and nothing but the time at which it is told: that of the change is not to be known. */
  #nextVersion(): number {
    const nowUs = Math.floor(this.#store.clocks()?.nowUs ?? 0);
    this.#version = Math.max(this.#version + 1, nowUs);
    return this.#version;
  }

  #fieldsOf(descriptor: DescMessage): ReadonlyMap<number, Field> {
    let fields = this.#fields.get(descriptor);
    if (!fields) {
      fields = fieldsOf(descriptor);
      this.#fields.set(descriptor, fields);
    }
    return fields;
  }
}

/** The fields of a message that are told; all of one that says nothing of a user itself. */
function fieldsOf({ name, fields }: DescMessage): ReadonlyMap<number, Field> {
  const told = TOLD[name];
  return new Map(
    fields
      .filter((field) => told === undefined || told.includes(field.name))
      .map((field) => {
        const isTime = field.message?.typeName === 'google.protobuf.Timestamp';
        const isVersion = name === 'StatusChange' && field.name === 'version';
        return [field.number, { isTime, isVersion, message: field.message }];
      }),
  );
}

/** A Timestamp to a whole unit; undefined where that is none. */
function coarse(timestamp: Uint8Array, unitSeconds: number): Uint8Array | undefined {
  if (unitSeconds === Number.POSITIVE_INFINITY) return undefined;
  const reader = new BinaryReader(timestamp);
  let seconds = 0;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === SECONDS) seconds = Number(reader.int64());
    else reader.skip(wireType, number);
  }
  return new BinaryWriter()
    .tag(SECONDS, WireType.Varint)
    .int64(seconds - (seconds % unitSeconds))
    .finish();
}

/** A token to go on by in a log is made of times: whoever may not know them exactly is given none. */
export function tokenFor(token: string, lastSeen: LastSeen): string {
  return lastSeen === 'exact' ? token : '';
}

/** Nor may they try some: any other text than a position is taken for one that the log does not go back to. */
export function tokenFrom(token: string, lastSeen: LastSeen): string {
  return lastSeen === 'exact' || token === '' ? token : 'none';
}
