/** Protobuf messages put together by hand, field by field: what an encoder would not write. */

/** A varint of a number from 0 below 2^64 (of those that doubles can say). */
export function uint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export function varintField(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, 0), uint(value)]);
}

export function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([tag(field, 2), uint(bytes.length), bytes]);
}

/** fixed32 or fixed64. */
export function fixedField(field: number, size: number): Buffer {
  return Buffer.concat([tag(field, size === 4 ? 5 : 1), Buffer.alloc(size, 0xab)]);
}

export function groupField(field: number, fields: readonly Buffer[]): Buffer {
  return Buffer.concat([tag(field, 3), ...fields, tag(field, 4)]);
}

/** The number of an activity that proto-loader gives by its name, or by its number where it knows no name. */
export function activityNumber(activity: string | number): number {
  const names = ['ACTIVITY_UNSPECIFIED', 'ACTIVE', 'IDLE', 'BACKGROUND'];
  return typeof activity === 'number' ? activity : names.indexOf(activity);
}

function tag(field: number, wireType: number): Buffer {
  return uint(field * 8 + wireType);
}
