import { constants, setPriority } from 'node:os';
import { attacks } from './all.js';
import type { Counts, Strength, Target } from './attack.js';

/** What the process of an attacker is told first. */
export interface Orders {
  readonly attack: keyof typeof attacks;
  readonly target: Target;
  readonly strength: Strength;
}

/** It tells its counts so often, ms. */
const TELLING_MS = 100;

// An attacker has a process of its own, and the processors when nobody else wants them: as if it had a machine of its own.
process.once('message', ({ attack, target, strength }: Orders) => {
  setPriority(constants.priority.PRIORITY_LOW);
  const counts: Counts = attacks[attack](target, strength);
  setInterval(() => process.send?.(counts), TELLING_MS);
});
process.once('disconnect', () => process.exit());
