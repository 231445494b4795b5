import { randomUUID } from 'node:crypto';
import type { TuningDocument, TuningStore, TuningsHeard } from '../tuning-store.js';
import { doubtStreamKey, tuningsKey } from './keys.js';
import { type Call, Script } from './scripts.js';
import { STREAM_LENGTH } from './writes.js';

export const tuningsScript = new Script('tunings');

type Answer = [version: Buffer, isChanged: number, documents: Buffer[]];

/** What was set of namespaces at run time, as JSON in one hash. */
export class TuningDocuments implements TuningStore {
  readonly #call: Call;
  readonly #unreadable: (namespace: string, error: Error) => void;

  /** `unreadable` hears of a document that a newer phid may have written; it is taken for none. */
  constructor(options: {
    readonly call: Call;
    readonly unreadable: (namespace: string, error: Error) => void;
  }) {
    this.#call = options.call;
    this.#unreadable = options.unreadable;
  }

  async tunings(known: string, changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard> {
    const pairs = [...(changed ?? [])].flatMap(([namespace, document]) => [
      namespace,
      JSON.stringify(document),
    ]);
    const args = pairs.length > 0 ? [randomUUID(), ...pairs] : [];
    const keys = [tuningsKey, doubtStreamKey];
    const answer = await this.#call(tuningsScript, keys, [known, String(STREAM_LENGTH), ...args]);
    const [versionBytes, isChanged, found] = answer as Answer;
    const version = String(versionBytes);
    if (version === known) return { version, documents: undefined, isChanged: false };
    const documents = new Map<string, TuningDocument>();
    for (let i = 0; i < found.length; i += 2) {
      const namespace = String(found[i]);
      const document = this.#parse(namespace, String(found[i + 1]));
      if (document) documents.set(namespace, document);
    }
    return { version, documents, isChanged: isChanged === 1 };
  }

  #parse(namespace: string, text: string): TuningDocument | undefined {
    try {
      const document = JSON.parse(text) as Partial<TuningDocument>;
      if (!Array.isArray(document.changes)) throw new Error('it holds no list of changes');
      return document as TuningDocument;
    } catch (error) {
      this.#unreadable(namespace, error as Error);
      return undefined;
    }
  }
}
