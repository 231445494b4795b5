import type { Strength } from '../attacks/attack.js';
import type { Orders } from '../attacks/process.js';
import { assault } from './assault.js';
import { atMost, type Fault, fault } from './fault.js';
import { everythingRight } from './outage.js';

/** Declares an attack on a node that speaks TLS and knows callers: others must not suffer from it. */
export function attack(declared: {
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
}): Fault {
  const { name, what, strength, quick, memoryMiBMax, limits } = declared;
  return fault({
    name,
    what,
    settings: { attackMs: declared.attackMs ?? 20_000, answerP99MsMax: 250, isReduced: 0 },
    // Other tests run beside it: that others are answered counts then, not how soon.
    quick: { attackMs: 3_000, answerP99MsMax: 1_000, isReduced: 1 },
    stage: { nodes: 1, isGuarded: true, ...(limits && { limits }) },
    steps: ({ attackMs, isReduced }) => {
      const attacker = assault(declared.attack, isReduced ? { ...strength, ...quick } : strength);
      return [
        { say: 'the attack begins', do: attacker.begin, waitMs: attackMs },
        { say: 'it ends', do: attacker.end },
      ];
    },
    expects: (settings) => ({
      ...everythingRight(settings),
      answerP99Ms: atMost(settings.answerP99MsMax),
      newcomersFailed: atMost(0),
      memoryGrowthMiB: atMost(memoryMiBMax),
    }),
  });
}
