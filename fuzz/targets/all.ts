import type { Target } from '../support/target.js';
import { config } from './config.js';
import { credentials } from './credentials.js';
import { grpc } from './grpc.js';
import { heartbeatBatch } from './heartbeat-batch.js';
import { heartbeatCodec } from './heartbeat-codec.js';
import { http } from './http.js';
import { names } from './names.js';
import { recordCodec } from './record.js';
import { redisDocuments } from './redis-documents.js';
import { redisRecords } from './redis-records.js';
import { redisStream } from './redis-stream.js';
import { relayedArrivals } from './relayed-arrivals.js';
import { trace } from './trace.js';

/** Whatever reads what somebody else has written. */
export const targets: readonly Target[] = [
  heartbeatCodec,
  heartbeatBatch,
  recordCodec,
  relayedArrivals,
  names,
  config,
  credentials,
  trace,
  http,
  grpc,
  redisRecords,
  redisDocuments,
  redisStream,
];
