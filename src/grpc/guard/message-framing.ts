/** A byte that says whether it is compressed, and four of its length, are before each message. */
const HEAD_BYTES = 5;

/** Follows where the messages of a call begin and end, in whatever pieces they come. */
export class MessageFraming {
  /** Of the message that has begun and not ended, bytes received; 0 between messages. */
  unfinishedBytes = 0;
  #lengthBytes = 0;

  /** Returns whether a message ended in this piece. */
  take(piece: Uint8Array): boolean {
    let hasEnded = false;
    let at = 0;
    while (at < piece.length) {
      if (this.unfinishedBytes < HEAD_BYTES) {
        this.#takeHead(piece[at] as number);
        at += 1;
      } else {
        const taken = Math.min(piece.length - at, this.#wantedBytes);
        this.unfinishedBytes += taken;
        at += taken;
      }
      if (this.unfinishedBytes >= HEAD_BYTES && this.#wantedBytes === 0) {
        this.unfinishedBytes = 0;
        hasEnded = true;
      }
    }
    return hasEnded;
  }

  get #wantedBytes(): number {
    return HEAD_BYTES + this.#lengthBytes - this.unfinishedBytes;
  }

  #takeHead(byte: number): void {
    // The first one says nothing of the length.
    this.#lengthBytes = this.unfinishedBytes === 0 ? 0 : this.#lengthBytes * 256 + byte;
    this.unfinishedBytes += 1;
  }
}
