import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  ScalarType,
} from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const descriptorSet = readFileSync(new URL('../../src/gen/descriptor-set.binpb', import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
// Before any of them is read.
for (const type of registry)
  if (type.kind === 'message')
    for (const field of type.fields) Object.assign(field, { utf8Validation: false });

/**
 * A message of phid.v1 for @bufbuild/protobuf, which shares no code with the library that gRPC uses. Texts that are not UTF-8 are read
 * with U+FFFD in them, as that one does: a batch is not refused for one id.
 */
export function messageOf(name: string): DescMessage {
  const descriptor = registry.getMessage(`phid.v1.${name}`);
  if (!descriptor) throw new Error(`phid.v1.${name} is no message`);
  return descriptor;
}

/** Whether a field that a message knows has another wire type: which is then one that it does not know, but not to this library. */
export function hasOtherWireTypes(descriptor: DescMessage, bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = descriptor.fields.find((each) => each.number === number);
    if (field && wireType !== wireTypeOf(field)) return true;
    const { message } = field ?? {};
    if (!message) reader.skip(wireType, number);
    else if (hasOtherWireTypes(message, reader.bytes())) return true;
  }
  return false;
}

/** Of the messages that clients send: numbers, texts, and messages of these. */
function wireTypeOf(field: DescField): WireType {
  return field.message !== undefined || field.scalar === ScalarType.STRING
    ? WireType.LengthDelimited
    : WireType.Varint;
}
