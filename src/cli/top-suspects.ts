import { Client, type ClientOptions, RpcFailure } from './client.js';
import { durationText, phiText, printable, table } from './text.js';

/** As many as fit below the figures of a node. */
const SHOWN = 10;

/** One of the most suspicious users who are watched. */
export interface Suspect {
  readonly namespace: string;
  readonly userId: string;
  readonly phi: number;
  readonly silenceMs: number;
  readonly offlineInMs: number;
}

/** Why they are not known: the server that was to be asked. */
export type Suspects = readonly Suspect[] | { readonly problem: string };

/** Asks a node for the most suspicious users of its namespaces. */
export class SuspectSource {
  readonly #client: Client;

  constructor(options: ClientOptions) {
    this.#client = new Client(options);
  }

  async ask(namespaces: readonly string[]): Promise<Suspects> {
    try {
      const all = await Promise.all(
        namespaces.map(async (namespace): Promise<Suspect[]> => {
          const { suspicions } = await this.#client.listSuspects({ namespace, limit: SHOWN });
          return suspicions.map(({ userId, phi = 0, elapsedMs, offlineInMs }) => {
            return { namespace, userId, phi, silenceMs: elapsedMs, offlineInMs };
          });
        }),
      );
      return all
        .flat()
        .sort((a, b) => b.phi - a.phi)
        .slice(0, SHOWN);
    } catch (error) {
      if (error instanceof RpcFailure) return { problem: error.message };
      throw error;
    }
  }

  close(): void {
    this.#client.close();
  }
}

const HEADER = ['SUSPECT', 'NAMESPACE', 'φ', 'SILENCE', 'OFFLINE IN'];

/** For people; no line is wider than `columns` - 1. */
export function suspectLines(suspects: Suspects, columns: number): string[] {
  const lines =
    'problem' in suspects
      ? [`suspects are not known: ${suspects.problem}`]
      : suspects.length === 0
        ? ['nobody who is watched is SUSPECT']
        : table([HEADER, ...suspects.map(rowOf)]);
  return ['', ...lines.map((line) => line.slice(0, columns - 1))];
}

function rowOf({ namespace, userId, phi, silenceMs, offlineInMs }: Suspect): string[] {
  return [
    printable(userId),
    printable(namespace),
    phiText(phi),
    durationText(silenceMs),
    offlineInMs === 0 ? 'withheld' : durationText(offlineInMs),
  ];
}
