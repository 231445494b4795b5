import type { NodeSign, SignsHeard } from '../store.js';

import { carriesSchema } from './document-schemas.js';
import type { Unreadable } from './unreadable.js';

/** What signs.lua answers. */
export type SignsAnswer = [
  version: Buffer,
  times: Buffer[],
  previousUs: Buffer,
  carries: Buffer[] | undefined,
];

/**
 * The signs of life of nodes as signs.lua exchanges them: what a node carries is sent and heard only when it has changed.
 */
export class Signs {
  #version = '';
  #sent = '';
  #carries = new Map<string, readonly string[]>();
  readonly #unreadable: Unreadable;

  constructor(unreadable: Unreadable) {
    this.#unreadable = unreadable;
  }

  /** ARGV 1 to 4 of the script. */
  args({ id, completeUs, carries }: NodeSign): string[] {
    const text = JSON.stringify(carries);
    const changed = text === this.#sent ? '' : text;
    this.#sent = text;
    return [id, String(completeUs), changed, this.#version];
  }

  /** The call failed: whether the script has run is not known. */
  failed(): void {
    this.#sent = '';
  }

  /** The signs of all nodes but `own`, as far as they can be read. */
  heard(own: string, [version, times, previousUs, carries]: SignsAnswer): SignsHeard {
    this.#version = String(version);
    if (carries) {
      this.#carries = new Map(
        pairsOf(carries).map(([name, text]) => [
          name,
          this.#unreadable.parsed('sign', carriesSchema, { name, text }) ?? [],
        ]),
      );
    }
    // A store that has lost its data, or has taken this node for dead, must be told again.
    if (!this.#carries.has(own)) this.#sent = '';
    const others = pairsOf(times)
      .filter(([id, completeUs]) => id !== own && this.#isTime(completeUs))
      .map(([id, completeUs]) => ({
        id,
        completeUs: Number(completeUs),
        carries: this.#carries.get(id) ?? [],
      }));
    const isPrevious = previousUs.length > 0 && this.#isTime(String(previousUs));
    return { others, previousUs: isPrevious ? Number(previousUs) : undefined };
  }

  #isTime(text: string): boolean {
    const isTime = text !== '' && Number(text) >= 0 && Number(text) <= Number.MAX_SAFE_INTEGER;
    if (!isTime) this.#unreadable.note('sign', 'one says no time');
    return isTime;
  }
}

function pairsOf(flat: readonly Buffer[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), String(flat[2 * i + 1])]);
}
