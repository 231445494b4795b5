import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Cluster, Command, type Redis } from 'ioredis';
import type { Stored } from './unreadable.js';

/**
 * Runs a script on the server that has `keys`: of one shard, or of shards that one server has for good. Rejects as Store does.
 */
export type Call = (
  script: Script,
  keys: readonly string[],
  args: readonly (string | Buffer)[],
) => Promise<unknown>;

/** A Lua script beside this file. */
export class Script {
  readonly name: string;
  /** What its keys hold. */
  readonly stored: Stored;
  readonly source: string;
  readonly sha: string;

  constructor(name: string, stored: Stored) {
    this.name = name;
    this.stored = stored;
    this.source = readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');
    this.sha = createHash('sha1').update(this.source).digest('hex');
  }

  /**
   * Runs the script; the reply's strings are Buffers. In a cluster on the server that has the first key. Where a server does
   * not have it (a restart, a new master, SCRIPT FLUSH) it is sent along, and kept. What overtakes it meanwhile is
   * harmless: the scripts tolerate reordering.
   */
  async run(
    redis: Redis | Cluster,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    const send = (name: string, script: string) =>
      redis.sendCommand(new PackedCommand(name, [script, ...rest], keys[0] as string)) as Promise<unknown>;
    try {
      return await send('evalsha', this.sha);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await send('eval', this.source);
    }
  }
}

/**
 * A command that is written in one piece, into one buffer; the reply's strings are Buffers. ioredis would make a Buffer of
 * every argument where one of them is a Buffer.
 */
class PackedCommand extends Command {
  readonly #parts: readonly (string | Buffer)[];
  readonly #key: string;

  constructor(name: string, args: readonly (string | Buffer)[], key: string) {
    super(name, [], { replyEncoding: null });
    this.#parts = [name, ...args];
    this.#key = key;
  }

  /** What a cluster routes by: the base class knows of no arguments. */
  override getKeys(): string[] {
    return [this.#key];
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
