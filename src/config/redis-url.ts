import { z } from 'zod';
import { parseRedisUrl, redactUrl } from '../store/redis/url.js';
import type { Kind } from './kinds.js';

/** The URL of a Redis or Valkey: one server, a cluster, or what Sentinels watch. */
export const redisUrl: Kind<string> = {
  allowed:
    'redis://[user:password@]host[:port][/database], with ?cluster or ?sentinel=<master> behind several host:port,... of a cluster or of Sentinels; rediss:// for TLS (with / @ : # , of a password percent-encoded)',
  placeholder: 'url',
  schema: z.string().refine((text) => problemOf(text) === undefined),
  problem: (raw) => (typeof raw === 'string' ? problemOf(raw) : undefined),
  show: redactUrl,
  // Also where it is no URL: it may be one whose password was not encoded, or the password alone.
  secret: true,
};

function problemOf(text: string): string | undefined {
  try {
    parseRedisUrl(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
