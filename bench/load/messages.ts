/** Bytes before a gRPC message: not compressed, its length. */
export const PREFIX_BYTES = 5;

/** A message as it goes over the wire. */
export function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  writePrefix(bytes);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
}

/** Writes the prefix of a message that fills the rest of `bytes`; returns where the message begins. */
export function writePrefix(bytes: Buffer): number {
  bytes[0] = 0;
  bytes.writeUInt32BE(bytes.length - PREFIX_BYTES, 1);
  return PREFIX_BYTES;
}

/** Takes the pieces of a stream and gives `onMessage` each message in them, without its prefix. */
export function messagesOf(onMessage: (message: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer | undefined;
  return (piece) => {
    const bytes = rest ? Buffer.concat([rest, piece]) : piece;
    let at = 0;
    while (bytes.length - at >= PREFIX_BYTES) {
      const end = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      onMessage(bytes.subarray(at + PREFIX_BYTES, end));
      at = end;
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
  };
}
