import { fromBinary, fromJson, toJson } from '@bufbuild/protobuf';
import { descriptorOf } from '../../api/descriptors.js';
import { InvalidRequestError } from '../../presence/errors.js';

type Json = Parameters<typeof fromJson>[1];

/** https://protobuf.dev/programming-guides/json, with default values written out. Throws where it is no such message. */
function normalised(name: string, json: Json): Json {
  const descriptor = descriptorOf(name);
  return toJson(descriptor, fromJson(descriptor, json), { alwaysEmitImplicit: true });
}

/** A message as JSON text: what `message` leaves out has its default value there, but for what has presence. */
export function messageJson(name: string, message: object): string {
  return JSON.stringify(normalised(name, withTimestampsAsText(message)));
}

/** Changes as they stand in a log, together a WatchNamespaceResponse, as JSON text: `{"changes": [...]}`. */
export function loggedChangesJson(changes: Buffer): string {
  const descriptor = descriptorOf('WatchNamespaceResponse');
  const message = toJson(descriptor, fromBinary(descriptor, changes), {
    alwaysEmitImplicit: true,
  });
  const { changes: told } = message as { readonly changes: Json };
  return JSON.stringify({ changes: told });
}

/**
 * A message from JSON text, as the gRPC library would give it; what is absent has its default value. Throws
 * InvalidRequestError.
 */
export function parseMessage<Message>(name: string, text: string): Message {
  try {
    return normalised(name, JSON.parse(text)) as Message;
  } catch (error) {
    const problem = (error as Error).message.replaceAll('phid.v1.', '');
    throw new InvalidRequestError('body', `is no ${name} in JSON: ${problem}`);
  }
}

function withTimestampsAsText(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withTimestampsAsText);
  if (typeof value !== 'object' || value === null) return value as Json;
  if ('seconds' in value && 'nanos' in value)
    return timestampText(value.seconds as number, value.nanos as number);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withTimestampsAsText(member)]));
}

/** RFC 3339. */
function timestampText(seconds: number, nanos: number): string {
  const toSeconds = new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${toSeconds}.${String(nanos).padStart(9, '0')}Z`;
}
