/** Counts as scripts/learn.lua takes and keeps them: doubles, little-endian. */
export function encodeCounts(counts: Float64Array): Buffer {
  const bytes = Buffer.allocUnsafe(8 * counts.length);
  for (let i = 0; i < counts.length; i++) bytes.writeDoubleLE(counts[i] as number, 8 * i);
  return bytes;
}

export function decodeCounts(bytes: Buffer): Float64Array {
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
}
