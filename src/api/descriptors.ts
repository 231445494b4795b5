import { readFileSync } from 'node:fs';
import { createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const descriptorSet = readFileSync(new URL('../gen/descriptor-set.binpb', import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));

/** A message of phid.v1 by its name. */
export function descriptorOf(name: string): DescMessage {
  const descriptor = registry.getMessage(`phid.v1.${name}`);
  if (!descriptor) throw new Error(`phid.v1.${name} is no message`);
  return descriptor;
}
