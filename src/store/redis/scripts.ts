import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, type Redis } from 'ioredis';

/** A Lua script beside this file. */
export class Script {
  readonly name: string;
  readonly source: string;
  readonly sha: string;

  constructor(name: string) {
    this.name = name;
    this.source = readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');
    this.sha = createHash('sha1').update(this.source).digest('hex');
  }

  /**
   * Runs the script; the reply's strings are Buffers. Loads it first where the server does not have it (a restart,
   * SCRIPT FLUSH). What overtakes it meanwhile is harmless: the scripts tolerate reordering.
   */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    try {
      return await this.#call(redis, keys, args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      await redis.script('LOAD', this.source);
      return await this.#call(redis, keys, args);
    }
  }

  #call(redis: Redis, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    const all = [this.sha, String(keys.length), ...keys, ...args];
    return redis.sendCommand(new PackedCommand('evalsha', all)) as Promise<unknown>;
  }
}

/**
 * A command that is written in one piece, into one buffer; the reply's strings are Buffers. ioredis would make a Buffer of
 * every argument where one of them is a Buffer.
 */
class PackedCommand extends Command {
  readonly #parts: readonly (string | Buffer)[];

  constructor(name: string, args: readonly (string | Buffer)[]) {
    super(name, [], { replyEncoding: null });
    this.#parts = [name, ...args];
  }

  /** An array of bulk strings (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
  override toWritable(): Buffer {
    const pieces: (string | Buffer)[] = [];
    let text = `*${this.#parts.length}\r\n`;
    for (const part of this.#parts) {
      text += `$${Buffer.byteLength(part)}\r\n`;
      if (typeof part === 'string') {
        text += `${part}\r\n`;
      } else {
        pieces.push(text, part);
        text = '\r\n';
      }
    }
    pieces.push(text);
    const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
    let at = 0;
    for (const piece of pieces) {
      at += typeof piece === 'string' ? bytes.write(piece, at) : piece.copy(bytes, at);
    }
    return bytes;
  }
}
