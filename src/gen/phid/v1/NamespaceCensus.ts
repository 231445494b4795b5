// Original file: proto/phid/v1/fleet.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Users of a namespace by their status, by its thresholds.
 */
export interface NamespaceCensus {
  /**
   * Its name.
   */
  'namespace'?: (string);
  /**
   * How many are ONLINE.
   */
  'online'?: (number | string | Long);
  /**
   * See online.
   */
  'suspect'?: (number | string | Long);
  /**
   * See online. Who is forgotten (retention of the namespace) is counted no longer.
   */
  'offline'?: (number | string | Long);
  /**
   * Every shard has an owner that has counted all of it. False after a node has gone, for some seconds.
   */
  'complete'?: (boolean);
  /**
   * Up to when all changes are counted, by the store's clock: of the shard that is furthest behind. Absent before each was
   * counted once.
   */
  'at'?: (_google_protobuf_Timestamp | null);
  /**
   * Heartbeats recorded by all nodes, of the last few seconds.
   */
  'heartbeatsPerSecond'?: (number | string);
}

/**
 * Users of a namespace by their status, by its thresholds.
 */
export interface NamespaceCensus__Output {
  /**
   * Its name.
   */
  'namespace': (string);
  /**
   * How many are ONLINE.
   */
  'online': (number);
  /**
   * See online.
   */
  'suspect': (number);
  /**
   * See online. Who is forgotten (retention of the namespace) is counted no longer.
   */
  'offline': (number);
  /**
   * Every shard has an owner that has counted all of it. False after a node has gone, for some seconds.
   */
  'complete': (boolean);
  /**
   * Up to when all changes are counted, by the store's clock: of the shard that is furthest behind. Absent before each was
   * counted once.
   */
  'at': (_google_protobuf_Timestamp__Output | null);
  /**
   * Heartbeats recorded by all nodes, of the last few seconds.
   */
  'heartbeatsPerSecond': (number);
}
