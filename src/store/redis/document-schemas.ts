import { z } from 'zod';
import {
  DETECTION_TIME_MS_MAX,
  DETECTION_TIME_MS_MIN,
  FALSE_ALARMS_MAX,
  FALSE_ALARMS_MIN,
} from '../../detector/intent.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../../detector/status.js';
import type { NodeDoing, ShardReport } from '../shard-store.js';
import type { TuningDocument } from '../tuning-store.js';

/**
 * What documents that are kept as JSON must say. What a newer phid says besides is passed over; in a tuning, which this one may
 * write again, it is kept.
 */
const count = z.int().min(0);
const timeUs = z.number();

const intent = z.union([
  z.strictObject({ phi: z.number().min(WATCHABLE_PHI_MIN).max(WATCHABLE_PHI_MAX) }),
  z.strictObject({ falseAlarmsPerUserDay: z.number().min(FALSE_ALARMS_MIN).max(FALSE_ALARMS_MAX) }),
  z.strictObject({ detectionTimeMs: z.number().min(DETECTION_TIME_MS_MIN).max(DETECTION_TIME_MS_MAX) }),
]);
const intents = z
  .strictObject({ suspect: intent, offline: intent })
  .refine(({ suspect, offline }) => !('phi' in suspect && 'phi' in offline && suspect.phi > offline.phi));

export const tuningSchema: z.ZodType<TuningDocument> = z.looseObject({
  set: intents.exactOptional(),
  dryRun: z
    .looseObject({ id: z.string().min(1), intents, author: z.string(), fromUs: timeUs, untilUs: timeUs })
    .exactOptional(),
  changes: z.array(
    z.looseObject({
      atUs: timeUs,
      author: z.string(),
      remark: z.string().exactOptional(),
      peer: z.string(),
      set: intents.exactOptional(),
      dryRunMs: z.number().min(0).exactOptional(),
    }),
  ),
});

export const reportSchema: z.ZodType<ShardReport> = z.object({
  node: z.string(),
  upToUs: timeUs,
  isComplete: z.boolean(),
  counts: z.record(z.string(), z.object({ ONLINE: count, SUSPECT: count, OFFLINE: count })),
});

export const doingSchema: z.ZodType<NodeDoing> = z.object({
  version: z.string(),
  ownsShards: z.boolean(),
  heartbeatsPerSecond: z.record(z.string(), z.number().min(0)),
  atUs: timeUs,
});

export const carriesSchema: z.ZodType<readonly string[]> = z.array(z.string());
