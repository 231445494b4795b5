import type { Strength } from '../attacks/attack.js';
import type { Orders } from '../attacks/process.js';
import { assault } from './assault.js';
import { atMost, type CommonSettings, type Expectations, type Fault, fault, type Step } from './fault.js';
import { everythingRight } from './outage.js';

interface Declared {
  readonly name: string;
  readonly what: string;
  readonly attack: Orders['attack'];
  readonly strength: Strength;
  /** What differs in the reduced form. */
  readonly quick: Strength;
  /** How much memory it may cost the node, MiB. */
  readonly memoryMiBMax: number;
  readonly limits?: object;
  readonly attackMs?: number;
}

/** A fault that somebody brings about. */
interface AttackFault extends Fault {
  readonly declared: Declared;
}

/** What honest clients may wait for an answer, 99 of 100, ms. */
const ANSWER_P99_MS_MAX = 250;
/** The same where other tests run beside it: that others are answered counts then, not how soon. */
const QUICK_ANSWER_P99_MS_MAX = 2_000;
const ATTACK_MS = 20_000;
const QUICK_ATTACK_MS = 1_500;

/** Declares an attack on a node that speaks TLS and knows callers: others must not suffer from it. */
export function attack(declared: Declared): AttackFault {
  const { name, what, strength, quick, memoryMiBMax, limits, attackMs = ATTACK_MS } = declared;
  const form = (isQuick: number) => ({ ...strength, ...(isQuick ? quick : {}) });
  return {
    declared,
    ...fault({
      ...{ name, what },
      settings: { attackMs, answerP99MsMax: ANSWER_P99_MS_MAX, isQuick: 0 },
      quick: { attackMs: QUICK_ATTACK_MS, answerP99MsMax: QUICK_ANSWER_P99_MS_MAX, isQuick: 1 },
      stage: { nodes: 1, isGuarded: true, ...(limits && { limits }) },
      steps: ({ isQuick, ...settings }) => stepsOf(declared, form(isQuick), settings.attackMs),
      expects: (settings) => expectationsOf(settings, memoryMiBMax),
    }),
  };
}

/** One after the other, in their reduced form, on one node: what the tests have time for. */
export function attacksInTurn(attacks: readonly AttackFault[]): Fault {
  const declared = attacks.map((one) => one.declared);
  return fault({
    name: 'attacks-in-turn',
    what: `One after the other: ${declared.map(({ name }) => name).join(', ')}.`,
    settings: { attackMs: QUICK_ATTACK_MS, answerP99MsMax: QUICK_ANSWER_P99_MS_MAX },
    stage: { nodes: 1, isGuarded: true, limits: Object.assign({}, ...declared.map(({ limits }) => limits)) },
    steps: ({ attackMs }) =>
      declared.flatMap((one) => stepsOf(one, { ...one.strength, ...one.quick }, attackMs)),
    expects: (settings) =>
      expectationsOf(settings, Math.max(...declared.map(({ memoryMiBMax }) => memoryMiBMax))),
  });
}

function stepsOf({ name, attack: orders }: Declared, strength: Strength, attackMs: number): Step[] {
  const attacker = assault(orders, strength);
  return [
    { say: `${name} begins`, do: attacker.begin, waitMs: attackMs },
    { say: 'it ends', do: attacker.end },
  ];
}

function expectationsOf(
  settings: CommonSettings & { readonly answerP99MsMax: number },
  memoryMiBMax: number,
): Expectations {
  return {
    ...everythingRight(settings),
    answerP99Ms: atMost(settings.answerP99MsMax),
    newcomersFailed: atMost(0),
    memoryGrowthMiB: atMost(memoryMiBMax),
  };
}
