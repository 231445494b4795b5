import { randomUUID } from 'node:crypto';
import type { TuningDocument, TuningStore, TuningsHeard } from '../tuning-store.js';
import { tuningSchema } from './document-schemas.js';
import { doubtStreamKey, tuningsKey } from './keys.js';
import { type Call, Script } from './scripts.js';
import type { Unreadable } from './unreadable.js';
import { STREAM_LENGTH } from './writes.js';

export const tuningsScript = new Script('tunings', 'tuning');

type Answer = [version: Buffer, isChanged: number, documents: Buffer[]];

/** What was set of namespaces at run time, as JSON in one hash. */
export class TuningDocuments implements TuningStore {
  readonly #call: Call;
  readonly #unreadable: Unreadable;
  /** Namespaces whose documents cannot be read, as of the version that was heard last: the configuration holds for them. */
  readonly #left = new Set<string>();

  constructor({ call, unreadable }: { readonly call: Call; readonly unreadable: Unreadable }) {
    this.#call = call;
    this.#unreadable = unreadable;
  }

  /** Rejects with UnreadableError where a document that cannot be read would be replaced: a newer phid may have written it. */
  async tunings(known: string, changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard> {
    for (const namespace of changed?.keys() ?? []) {
      if (!this.#left.has(namespace)) continue;
      throw this.#unreadable.error('tuning', `of namespace ${namespace} a newer phid may have set it`);
    }
    const pairs = [...(changed ?? [])].flatMap(([namespace, document]) => [
      namespace,
      JSON.stringify(document),
    ]);
    const args = pairs.length > 0 ? [randomUUID(), ...pairs] : [];
    const keys = [tuningsKey, doubtStreamKey];
    const answer = await this.#call(tuningsScript, keys, [known, String(STREAM_LENGTH), ...args]);
    const [versionBytes, isChanged, found] = answer as Answer;
    const version = String(versionBytes);
    // Where nothing was ever set, or all is lost, nothing is left either.
    if (version !== known || version === '') this.#left.clear();
    if (version === known) return { version, documents: undefined, isChanged: false };
    const documents = new Map<string, TuningDocument>();
    for (let i = 0; i < found.length; i += 2) {
      const namespace = String(found[i]);
      const text = String(found[i + 1]);
      const document = this.#unreadable.parsed('tuning', tuningSchema, { name: namespace, text });
      if (document) documents.set(namespace, document);
      else this.#left.add(namespace);
    }
    return { version, documents, isChanged: isChanged === 1 };
  }
}
