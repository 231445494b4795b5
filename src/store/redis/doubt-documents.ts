import { randomUUID } from 'node:crypto';
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
import { blindKey, dataNameKey, doubtStreamKey, holdsKey, signKeys } from './keys.js';
import { Script } from './scripts.js';
import { Signs, type SignsAnswer } from './signs.js';
import { STREAM_LENGTH } from './writes.js';

const blindScript = new Script('blind');
const holdsScript = new Script('holds');
const signsScript = new Script('signs');
export const DOUBT_SCRIPTS = [blindScript, holdsScript, signsScript];

/** When nodes were blind is forgotten when none was for so long, ms. */
const BLIND_EXPIRY_MS = 30 * 86_400_000;

type Call = (script: Script, keys: readonly string[], args: readonly (string | Buffer)[]) => Promise<unknown>;

/** The small documents that the nodes share of their doubts: blind times, holds, signs of life; and the name of the data. */
export class DoubtDocuments {
  readonly #call: Call;
  readonly #hear: (now: Buffer) => number;
  readonly #signs = new Signs();
  #dataName: string | undefined;
  #lostDataUs = Number.NEGATIVE_INFINITY;
  /** Who has given signs of life. */
  #nodeId: string | undefined;

  /** `hear` takes note of the server's clock, with which an answer begins, and returns it, µs. */
  constructor(options: { readonly call: Call; readonly hear: (now: Buffer) => number }) {
    this.#call = options.call;
    this.#hear = options.hear;
  }

  /** See Store. */
  get lostDataUs(): number {
    return this.#lostDataUs;
  }

  async blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    const members = added.map(({ fromUs, toUs }) => `${fromUs}-${toUs}`);
    const limits = [BLIND_INTERVALS_MAX, BLIND_EXPIRY_MS, STREAM_LENGTH].map(String);
    const keys = [blindKey, doubtStreamKey, dataNameKey];
    const answer = await this.#call(blindScript, keys, [...limits, randomUUID(), ...members]);
    const [now, intervals, name] = answer as [Buffer, Buffer[], Buffer];
    const nowUs = this.#hear(now);
    // Whoever is not known from here on may have been before.
    if (this.#dataName !== undefined && this.#dataName !== String(name)) this.#lostDataUs = nowUs;
    this.#dataName = String(name);
    return intervals.map((member) => {
      const [fromUs, toUs] = member.toString().split('-').map(Number) as [number, number];
      return { fromUs, toUs };
    });
  }

  async holds(changed: readonly Hold[]): Promise<Hold[]> {
    const pairs = changed.flatMap((hold) => [holdName(hold), holdText(hold)]);
    const limits = [HOLDS_MAX, HOLD_KEPT_US, STREAM_LENGTH].map(String);
    const keys = [holdsKey, doubtStreamKey];
    const answer = (await this.#call(holdsScript, keys, [...limits, ...pairs])) as Buffer[];
    return Array.from({ length: answer.length / 2 }, (_, i) =>
      parseHold(String(answer[2 * i]), String(answer[2 * i + 1])),
    );
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
