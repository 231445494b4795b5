/** 64-bit numbers of the contract: text in JSON. */
const LONG_FIELDS: ReadonlySet<string> = new Set(['sequence', 'coalesced', 'online', 'suspect', 'offline']);

/** What a gRPC client was given, as the JSON mapping of protobuf writes it, with default values. */
export function canonicalJson(message: unknown, name = ''): unknown {
  if (Array.isArray(message)) return message.map((each) => canonicalJson(each));
  if (typeof message === 'object' && message !== null) {
    if ('seconds' in message && 'nanos' in message)
      return timestamp(message.seconds as number, message.nanos as number);
    const entries = Object.entries(message).filter(
      // proto-loader says which member of a oneof is set; a field with presence that is absent is null or left out.
      ([key, value]) => value !== null && !key.startsWith('_') && key !== 'intent',
    );
    return Object.fromEntries(entries.map(([key, value]) => [key, canonicalJson(value, key)]));
  }
  // The version of a change is a number, that of phid a text.
  const isLong = LONG_FIELDS.has(name) || name === 'version';
  return isLong ? String(message) : message;
}

/** RFC 3339 with as many threes of digits as it takes. */
function timestamp(seconds: number, nanos: number): string {
  const whole = new Date(seconds * 1_000).toISOString().slice(0, 19);
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,3}$/, '');
  return digits === '' ? `${whole}Z` : `${whole}.${digits}Z`;
}
