import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType as Presence } from '../gen/presence.js';
import type { ProtoGrpcType as Tuning } from '../gen/tuning.js';

/** The wire contract, loaded from proto/ with the options that src/gen was generated for. */
const packageDefinition = loadSync(['phid/v1/presence.proto', 'phid/v1/tuning.proto'], {
  includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
  enums: String,
  longs: Number,
  defaults: true,
  oneofs: true,
});

const loaded = loadPackageDefinition(packageDefinition) as unknown as Presence & Tuning;

/** Client constructors, each with the service's definition as its `service`. */
export const { PresenceService, TuningService } = loaded.phid.v1;
