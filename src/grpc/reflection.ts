import { readFileSync } from 'node:fs';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/**
 * Server reflection of PresenceService, TuningService and grpc.health.v1. Not from what proto-loader loads: it renames files and fields and
 * drops imports, so that grpcurl does not find google.protobuf.Timestamp (grpc-node issue 2958). What `buf` compiled
 * is what the contract says.
 */
export function reflectionService(): ReflectionService {
  const descriptorSet = readFileSync(new URL('../gen/descriptor-set.binpb', import.meta.url));
  // The one part of a package definition that reflection reads.
  const compiled = { fileDescriptorProtos: filesOf(descriptorSet) } as PackageDefinition[string];
  return new ReflectionService({ compiled });
}

/** The files of a google.protobuf.FileDescriptorSet, which is one field: `repeated FileDescriptorProto file = 1`. */
function filesOf(set: Buffer): Buffer[] {
  const files: Buffer[] = [];
  for (let at = 0; at < set.length; ) {
    at += 1; // the tag of field 1
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = set[at++] as number;
      length += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    files.push(set.subarray(at, at + length));
    at += length;
  }
  return files;
}
