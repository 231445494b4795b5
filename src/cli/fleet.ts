import type { Activity } from '../gen/phid/v1/Activity.js';

/** One thing that a simulated client does, `afterMs` after the one before. */
export type Step =
  | {
      readonly afterMs: number;
      readonly beat: {
        readonly sessionId: string;
        readonly nextIntervalMs?: number;
        readonly activity?: Activity;
      };
    }
  | { readonly afterMs: number; readonly leave: { readonly sessionId: string } };

export interface Member {
  readonly userId: string;
  /** What to expect of it, for people. */
  readonly story: string;
  /** Without an end. */
  readonly steps: Iterator<Step>;
}

/** Numbers from 0 to 1, always the same ones for a seed. */
type Random = () => number;

interface Behaviour {
  readonly name: string;
  readonly story: string;
  readonly steps: (random: Random) => Iterator<Step>;
}

const BEAT_MS = 1_000;

const beat = (sessionId: string, afterMs: number = BEAT_MS): Step => ({ afterMs, beat: { sessionId } });

const behaviours: readonly Behaviour[] = [
  {
    name: 'steady',
    story: 'beats every second: stays ONLINE',
    *steps(random) {
      yield beat('desk', random() * BEAT_MS);
      for (;;) yield beat('desk', BEAT_MS + (random() - 0.5) * 40);
    },
  },
  {
    name: 'hiccup',
    story: 'stalls for some 3 s now and then: SUSPECT, then ONLINE again',
    *steps(random) {
      yield beat('desk', random() * BEAT_MS);
      for (;;) {
        for (let i = 4 + Math.floor(random() * 6); i > 0; i--) yield beat('desk');
        yield beat('desk', 3_000 + random() * 400);
      }
    },
  },
  {
    name: 'crash',
    story: 'dies without a word and is restarted: SUSPECT, OFFLINE, later ONLINE',
    *steps(random) {
      yield beat('desk', random() * BEAT_MS);
      for (;;) {
        for (let i = 4 + Math.floor(random() * 8); i > 0; i--) yield beat('desk');
        yield beat('desk', 10_000 + random() * 6_000);
      }
    },
  },
  {
    name: 'commuter',
    story: 'leaves gracefully and returns: OFFLINE at once, without suspicion',
    *steps(random) {
      yield beat('laptop', random() * BEAT_MS);
      for (;;) {
        for (let i = 5 + Math.floor(random() * 8); i > 0; i--) yield beat('laptop');
        yield { afterMs: 300, leave: { sessionId: 'laptop' } };
        yield beat('laptop', 6_000 + random() * 6_000);
      }
    },
  },
  {
    name: 'two-devices',
    story: 'the phone falls silent, the laptop does not: stays ONLINE',
    *steps(random) {
      yield beat('laptop', random() * BEAT_MS);
      for (;;) {
        for (let i = 5 + Math.floor(random() * 5); i > 0; i--) {
          yield beat('phone', BEAT_MS / 2);
          yield beat('laptop', BEAT_MS / 2);
        }
        for (let i = 8 + Math.floor(random() * 8); i > 0; i--) yield beat('laptop');
      }
    },
  },
  {
    name: 'background',
    story: 'goes to the background and declares beats every 8 s: stays ONLINE',
    *steps(random) {
      yield beat('phone', random() * BEAT_MS);
      for (;;) {
        for (let i = 4 + Math.floor(random() * 5); i > 0; i--) yield beat('phone');
        for (let i = 0; i < 4; i++) {
          const nextIntervalMs = i < 3 ? 8_000 : 0;
          const activity = i < 3 ? 'BACKGROUND' : 'ACTIVE';
          yield {
            afterMs: i === 0 ? BEAT_MS : 8_000,
            beat: { sessionId: 'phone', nextIntervalMs, activity },
          };
        }
      }
    },
  },
  {
    name: 'jittery',
    story: 'beats on a bad network, 0.4 to 2 s apart: stays ONLINE, its deadline moves out',
    *steps(random) {
      yield beat('phone', random() * BEAT_MS);
      for (;;) yield beat('phone', 400 + random() ** 3 * 1_600);
    },
  },
];

/** A fleet of simulated clients that behave the same each time for a seed; every behaviour in turn. */
export function simulatedFleet(users: number, seed: number): Member[] {
  return Array.from({ length: users }, (_, i) => {
    const { name, story, steps } = behaviours[i % behaviours.length] as Behaviour;
    const userId = `${name}-${Math.floor(i / behaviours.length) + 1}`;
    // A stream of its own for each: one more user does not change what the others do.
    return { userId, story, steps: steps(randomOf(seed * 1_000_003 + i)) };
  });
}

/** Mulberry32 (Tommy Ettinger): small, and good enough for a play. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
