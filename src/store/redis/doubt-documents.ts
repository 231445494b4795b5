import type { BlindInterval } from '../../detector/sight.js';
import {
  BLIND_INTERVALS_MAX,
  HOLD_KEPT_US,
  HOLDS_MAX,
  type Hold,
  type NodeSign,
  SIGN_KEPT_US,
  type SignsHeard,
} from '../store.js';
import { holdName, holdText, parseHold } from './hold-text.js';
import { blindKey, doubtStreamKey, holdsKey, signKeys } from './keys.js';
import { type Call, Script } from './scripts.js';
import { Signs, type SignsAnswer } from './signs.js';
import type { Unreadable } from './unreadable.js';
import { STREAM_LENGTH } from './writes.js';

const blindScript = new Script('blind', 'blind');
const holdsScript = new Script('holds', 'hold');
const signsScript = new Script('signs', 'sign');
export const DOUBT_SCRIPTS = [blindScript, holdsScript, signsScript];

/** When nodes were blind is forgotten when none was for so long, ms. */
const BLIND_EXPIRY_MS = 30 * 86_400_000;

/** As blind.lua keeps it. */
const BLIND_INTERVAL = /^(\d+)-(\d+)$/;

/** The small documents that the nodes share of their doubts: blind times, holds, signs of life. */
export class DoubtDocuments {
  readonly #call: Call;
  readonly #unreadable: Unreadable;
  readonly #signs: Signs;
  /** Who has given signs of life. */
  #nodeId: string | undefined;

  constructor({ call, unreadable }: { readonly call: Call; readonly unreadable: Unreadable }) {
    this.#call = call;
    this.#unreadable = unreadable;
    this.#signs = new Signs(unreadable);
  }

  async blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    const members = added.map(({ fromUs, toUs }) => `${fromUs}-${toUs}`);
    const limits = [BLIND_INTERVALS_MAX, BLIND_EXPIRY_MS, STREAM_LENGTH].map(String);
    const keys = [blindKey, doubtStreamKey];
    const intervals = (await this.#call(blindScript, keys, [...limits, ...members])) as Buffer[];
    return intervals.flatMap((member) => {
      const [, from, to] = BLIND_INTERVAL.exec(String(member)) ?? [];
      const interval = { fromUs: Number(from), toUs: Number(to) };
      if (interval.fromUs <= interval.toUs && interval.toUs <= Number.MAX_SAFE_INTEGER) return [interval];
      this.#unreadable.note('blind', 'an interval is none');
      return [];
    });
  }

  async holds(changed: readonly Hold[]): Promise<Hold[]> {
    const pairs = changed.flatMap((hold) => [holdName(hold), holdText(hold)]);
    const limits = [HOLDS_MAX, HOLD_KEPT_US, STREAM_LENGTH].map(String);
    const keys = [holdsKey, doubtStreamKey];
    const answer = (await this.#call(holdsScript, keys, [...limits, ...pairs])) as Buffer[];
    const kept = Array.from({ length: answer.length / 2 }, (_, i) => {
      const hold = parseHold(String(answer[2 * i]), String(answer[2 * i + 1]));
      if (!hold) this.#unreadable.note('hold', 'one says no time');
      return hold;
    });
    return kept.filter((hold) => hold !== undefined);
  }

  async signs(own: NodeSign): Promise<SignsHeard> {
    this.#nodeId = own.id;
    const args = [...this.#signs.args(own), String(SIGN_KEPT_US)];
    try {
      return this.#signs.heard(own.id, (await this.#call(signsScript, signKeys, args)) as SignsAnswer);
    } catch (error) {
      this.#signs.failed();
      throw error;
    }
  }

  /** Nobody waits for the heartbeats of a node that has left. One that cannot say so is waited for. */
  async signOff(): Promise<void> {
    if (!this.#nodeId) return;
    await this.#call(signsScript, signKeys, [this.#nodeId, '', '', '', String(SIGN_KEPT_US)]);
  }
}
