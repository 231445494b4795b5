import { dateOf } from './text.js';

const ONEOFS: ReadonlySet<string> = new Set(['event', 'intent']);

/**
 * A message of the API as JSON: protobuf's own names (camelCase), Timestamps as RFC 3339, what is absent left out.
 * One difference to protobuf's JSON: 64-bit numbers stay numbers, since all of them are below 2^53 here.
 */
export function toJson(message: object): string {
  return JSON.stringify(message, (key, value: unknown) => {
    // `oneofs` adds keys that name which member is set: `_phi`, `event` beside a change, synced or notice, `intent`.
    if (value === null || key.startsWith('_') || (ONEOFS.has(key) && typeof value === 'string')) {
      return undefined;
    }
    return isTimestamp(value) ? dateOf(value).toISOString() : value;
  });
}

function isTimestamp(value: unknown): value is { seconds: number; nanos: number } {
  return typeof value === 'object' && value !== null && 'seconds' in value && 'nanos' in value;
}
