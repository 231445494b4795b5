import { z } from 'zod';
import { redactUrl } from '../store/redis/url.js';
import type { Kind } from './kinds.js';

/** The URL of a Redis or Valkey. */
export const redisUrl: Kind<string> = {
  allowed:
    'redis://[user:password@]host[:port][/database], or rediss:// for TLS (with / @ : # of a password percent-encoded)',
  placeholder: 'url',
  schema: z.string().refine(isRedisUrl),
  show: redactUrl,
  // Also where it is no URL: it may be one whose password was not encoded, or the password alone.
  secret: true,
};

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isRedis = url.protocol === 'redis:' || url.protocol === 'rediss:';
  // ioredis would take a password from the query too, where nobody hides it.
  const hidden = url.searchParams.has('password') || url.searchParams.has('username');
  return isRedis && url.hostname !== '' && /^\/?\d*$/.test(url.pathname) && !hidden;
}
