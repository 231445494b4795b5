import type { NodeSign, SignsHeard } from '../store.js';

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

  /** The signs of all nodes but `own`. */
  heard(own: string, [version, times, previousUs, carries]: SignsAnswer): SignsHeard {
    this.#version = String(version);
    if (carries) this.#carries = new Map(pairsOf(carries).map(([id, text]) => [id, JSON.parse(text)]));
    // A store that has lost its data, or has taken this node for dead, must be told again.
    if (!this.#carries.has(own)) this.#sent = '';
    const others = pairsOf(times)
      .filter(([id]) => id !== own)
      .map(([id, completeUs]) => ({
        id,
        completeUs: Number(completeUs),
        carries: this.#carries.get(id) ?? [],
      }));
    return { others, previousUs: previousUs.length > 0 ? Number(previousUs) : undefined };
  }
}

function pairsOf(flat: readonly Buffer[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), String(flat[2 * i + 1])]);
}
