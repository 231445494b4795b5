import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, type Redis } from 'ioredis';

const INCLUDE = /^-- @include (\S+)$/gm;

/** A Lua script beside this file, with its `-- @include name` lines replaced by scripts/name.lua. */
export class Script {
  readonly source: string;
  readonly sha: string;

  constructor(name: string) {
    this.source = read(name).replace(INCLUDE, (_, included: string) => read(included));
    this.sha = createHash('sha1').update(this.source).digest('hex');
  }

  /**
   * Runs the script; the reply's strings are Buffers. Loads it first where the server does not have it (a restart,
   * SCRIPT FLUSH): by its own hand and not by ioredis', which would send it again behind the rest of a pipeline
   * unnoticed. What overtakes it meanwhile is harmless, because the scripts tolerate reordering and `args` are made again:
   * the ages of heartbeats have grown.
   */
  async run(
    redis: Redis,
    keys: readonly string[],
    args: () => readonly (string | Buffer)[],
  ): Promise<unknown> {
    try {
      return await this.#call(redis, keys, args());
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      await redis.script('LOAD', this.source);
      return await this.#call(redis, keys, args());
    }
  }

  #call(redis: Redis, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    const all = [this.sha, String(keys.length), ...keys, ...args];
    const command = new PackedCommand('evalsha', all, { replyEncoding: null });
    return redis.sendCommand(command) as Promise<unknown>;
  }
}

/** A command that is written in one piece: ioredis makes a Buffer of every argument where one of them is a Buffer. */
class PackedCommand extends Command {
  override toWritable(): Buffer {
    const parts: Buffer[] = [];
    let text = `*${this.args.length + 1}\r\n$${this.name.length}\r\n${this.name}\r\n`;
    for (const arg of this.args as (string | Buffer)[]) {
      text += `$${Buffer.byteLength(arg)}\r\n`;
      if (typeof arg === 'string') {
        text += `${arg}\r\n`;
        continue;
      }
      parts.push(Buffer.from(text), arg);
      text = '\r\n';
    }
    parts.push(Buffer.from(text));
    return Buffer.concat(parts);
  }
}

function read(name: string): string {
  return readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');
}
