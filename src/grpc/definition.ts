import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../gen/presence.js';

/** The wire contract, loaded from proto/ with the options that src/gen was generated for. */
const packageDefinition = loadSync(['phid/v1/presence.proto'], {
  includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
  enums: String,
  longs: Number,
  defaults: true,
  oneofs: true,
});

const loaded = loadPackageDefinition(packageDefinition) as unknown as ProtoGrpcType;

/** Client constructor, with the service's definition as its `service`. */
export const { PresenceService } = loaded.phid.v1;
