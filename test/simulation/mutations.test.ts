import { expect, it } from 'vitest';
import type { Clock } from '../../src/clock.js';
import { firstArrival } from '../../src/detector/arrival.js';
import { NOT_DUE } from '../../src/detector/due.js';
import type { EventSink } from '../../src/presence/watching/outbox.js';
import type { Hold, NodeSign, ReceivedHeartbeat, Store } from '../../src/store/store.js';
import type { Invariant } from './auditor.js';
import type { FaultKind } from './fault.js';
import { fleetScenarioOf, scenarioOf } from './generator.js';
import { type SimulationOptions, simulate } from './simulation.js';

/** A broken part must be found out within so many runs. */
const RUNS_MAX = 20;
/** By so much a node is wrong about another one, µs. */
const LATE_US = 3_000_000;

/** The part as it is, but for some of it. */
function broken<T extends object>(part: T, otherwise: Partial<T>): T {
  return new Proxy(part, {
    get(target, name) {
      if (name in otherwise) return otherwise[name as keyof T];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Runs, with a part that is broken, until an invariant is violated. */
async function expectViolation(
  invariant: Invariant,
  options: SimulationOptions,
  kinds: readonly FaultKind[] = [],
  scenarios = scenarioOf,
): Promise<void> {
  const seen = new Set<Invariant>();
  for (let seed = 1; seed <= RUNS_MAX && !seen.has(invariant); seed++) {
    const { violations } = await simulate(scenarios(seed, kinds), options);
    for (const violation of violations) seen.add(violation.invariant);
  }
  expect([...seen]).toContain(invariant);
}

/** True every `n`th time. */
function every(n: number): () => boolean {
  let times = 0;
  return () => ++times % n === 0;
}

const acknowledged = (heartbeats: readonly ReceivedHeartbeat[]) => ({
  nowUs: 0,
  arrivals: heartbeats.map(() => firstArrival({ atUs: 0, is: NOT_DUE })),
});

it('catches a store that acknowledges before it records', () =>
  expectViolation('acknowledged is recorded', {
    store: (store) =>
      broken(store, {
        async record(namespace, lane, heartbeats) {
          store.record(namespace, lane, heartbeats).catch(() => {});
          return acknowledged(heartbeats);
        },
      }),
  }));

it('catches a store that acknowledges one heartbeat in fifty and does not record it', () => {
  const isLost = every(50);
  return expectViolation('acknowledged is recorded', {
    store: (store) =>
      broken(store, {
        record: async (namespace, lane, heartbeats) =>
          isLost() ? acknowledged(heartbeats) : store.record(namespace, lane, heartbeats),
      }),
  });
});

it('catches a store that does not answer one heartbeat in a thousand', () => {
  const isLost = every(1_000);
  return expectViolation('every call is answered', {
    store: (store) =>
      broken(store, {
        record: (namespace, lane, heartbeats) =>
          isLost() ? new Promise(() => {}) : store.record(namespace, lane, heartbeats),
      }),
  });
});

it('catches a node that answers by a reading of long ago', () => {
  const readings = new Map<string, ReturnType<Store['read']>>();
  return expectViolation('ONLINE is heard', {
    store: (store) =>
      broken(store, {
        read(namespace, userIds) {
          const key = userIds.join();
          const reading = readings.get(key) ?? store.read(namespace, userIds);
          readings.set(key, reading);
          return reading;
        },
      }),
  });
});

it('catches a store that takes heartbeats for older than they are', () =>
  expectViolation('OFFLINE is silent', {
    store: (store) =>
      broken(store, {
        record: (namespace, lane, heartbeats) =>
          store.record(
            namespace,
            lane,
            heartbeats.map((heartbeat) => ({ ...heartbeat, receivedMs: heartbeat.receivedMs - 5_000 })),
          ),
      }),
  }));

it('catches a reader who sees the silence half a second longer than it is', () =>
  expectViolation('what is told was true', {
    store: (store) =>
      broken(store, {
        async read(namespace, userIds) {
          const readings = await store.read(namespace, userIds);
          for (const { record } of readings) {
            for (const session of record?.sessions ?? []) session.lastUs -= 500_000;
          }
          return readings;
        },
      }),
  }));

it('catches a store that now and then knows nothing of a user', () => {
  const isBlank = every(20);
  return expectViolation('forgotten after the retention', {
    store: (store) =>
      broken(store, {
        async read(namespace, userIds) {
          const readings = await store.read(namespace, userIds);
          return isBlank() ? readings.map(({ nowUs }) => ({ nowUs, record: undefined })) : readings;
        },
      }),
  });
});

it('catches a store that shows who is invisible', () =>
  expectViolation('who is invisible is not seen', {
    store: (store) =>
      broken(store, {
        async read(namespace, userIds) {
          const readings = await store.read(namespace, userIds);
          return readings.map(({ nowUs, record, unseen }) => ({ nowUs, record: unseen ?? record }));
        },
      }),
  }));

it('catches a feed that keeps one change in three to itself', () => {
  const isKept = every(3);
  return expectViolation('what was told is what is read', {
    store: (store) =>
      broken(store, {
        follow: (listener) =>
          store.follow({
            changed: (namespace, userId, onlyLate) => {
              if (!isKept()) listener.changed(namespace, userId, onlyLate);
            },
            doubted: () => listener.doubted(),
            lost: (error) => listener.lost(error),
            resync: () => listener.resync(),
          }),
      }),
  });
});

it('catches a feed that mends without a word', () =>
  expectViolation(
    'nodes recover',
    {
      store: (store) =>
        broken(store, {
          follow: (listener) =>
            store.follow({
              changed: (namespace, userId, onlyLate) => listener.changed(namespace, userId, onlyLate),
              doubted: () => listener.doubted(),
              lost: (error) => listener.lost(error),
              resync() {},
            }),
        }),
    },
    ['feed cut'],
  ));

/** A clock whose timers for more than a retry of a read behave in another way. */
function brokenTimers(after: Clock['after']): SimulationOptions {
  const clock = (of: Clock) =>
    broken(of, {
      after: (delayMs, fire) => (delayMs > 250 ? after : of.after.bind(of))(delayMs, fire),
    });
  return { clock };
}

it('catches a tracker whose timers never fire', () =>
  expectViolation(
    'crossings are told on time',
    brokenTimers(() => () => {}),
  ));

it('catches a tracker whose timers fire a second late', () =>
  expectViolation('crossings are told on time', {
    clock: (clock) =>
      broken(clock, {
        after: (delayMs, fire) => clock.after(delayMs > 250 ? delayMs + 1_000 : delayMs, fire),
      }),
  }));

/** A sink that hands on what it takes in another way. */
function brokenSink(take: (sink: EventSink) => EventSink['take']): SimulationOptions {
  return { sink: (sink) => broken(sink, { take: take(sink) }) };
}

it('catches a subscriber who is told of two changes in the wrong order', () =>
  expectViolation(
    'versions increase',
    brokenSink((sink) => {
      let held: Parameters<EventSink['take']>[0] | undefined;
      return (event) => {
        if ('change' in event && event.change.cause === 'SUSPICION' && !held) {
          held = event;
          return;
        }
        sink.take(event);
        if (held && 'change' in event) {
          sink.take(held);
          held = undefined;
        }
      };
    }),
  ));

it('catches a subscriber who is not told of one change in five', () => {
  const isLost = every(5);
  return expectViolation(
    'changes follow one another',
    brokenSink((sink) => (event) => {
      if (!('change' in event) || !isLost()) sink.take(event);
    }),
  );
});

/** As expectViolation, of a fleet of which an origin is cut off. */
function expectViolationOfCut(invariant: Invariant, options: SimulationOptions): Promise<void> {
  return expectViolation(invariant, options, ['gateway cut'], fleetScenarioOf);
}

/** A node that hears of holds in another way than they are. */
function brokenHolds(hears: (holds: Hold[]) => Hold[]): SimulationOptions {
  return {
    store: (store) => broken(store, { holds: async (changed) => hears(await store.holds(changed)) }),
  };
}

it('catches a node that counts nobody', () =>
  expectViolationOfCut('who is cut off is not OFFLINE', {
    store: (store) =>
      broken(store, {
        async record(namespace, lane, heartbeats) {
          const { nowUs, arrivals } = await store.record(namespace, lane, heartbeats);
          return { nowUs, arrivals: arrivals.map((arrival) => ({ ...arrival, is: NOT_DUE })) };
        },
      }),
  }));

it('catches a node that waits for users who were heard, and hears from the store that they were not', () =>
  expectViolationOfCut('holds have a cause', {
    store: (store) =>
      broken(store, {
        async record(namespace, lane, heartbeats) {
          const { nowUs, arrivals } = await store.record(namespace, lane, heartbeats);
          return { nowUs, arrivals: arrivals.map((arrival) => ({ ...arrival, was: NOT_DUE })) };
        },
        async read(namespace, userIds) {
          const readings = await store.read(namespace, userIds);
          for (const { record } of readings) {
            for (const session of record?.sessions ?? []) session.lastUs -= 60e6;
          }
          return readings;
        },
      }),
  }));

it('catches nodes that keep holds to themselves', () =>
  expectViolationOfCut(
    'what is held is withheld',
    brokenHolds(() => []),
  ));

it('catches a node that lets everybody go at once when a hold is over', () =>
  expectViolationOfCut(
    'what is held is withheld',
    brokenHolds((holds) => holds.map((hold) => ({ ...hold, releaseUs: 0 }))),
  ));

it('catches a node that holds for a minute more', () =>
  expectViolationOfCut(
    'crossings are told on time',
    brokenHolds((holds) => holds.map((hold) => ({ ...hold, untilUs: hold.untilUs + 60e6 }))),
  ));

it('catches a node that holds the users of another origin', () =>
  expectViolationOfCut(
    'crossings are told on time',
    brokenHolds((holds) => {
      const others = holds.map((hold) => ({
        ...hold,
        origin: 'gateway-0',
        // So long that somebody dies meanwhile.
        untilUs: hold.untilUs + 60e6,
      }));
      return others.filter(({ origin }) => !holds.some((hold) => hold.origin === origin));
    }),
  ));

it('catches a drain that suspects', () =>
  expectViolation(
    'what is held is withheld',
    brokenHolds((holds) => holds.filter(({ cause }) => cause !== 'drain')),
    ['drain'],
    fleetScenarioOf,
  ));

it('catches a subscriber who is told of leaves when a hold is over, and not at once', () => {
  let isHeld = false;
  return expectViolationOfCut('leaves are told at once', {
    ...brokenSink((sink) => (event) => {
      if ('notice' in event) isHeld = event.notice === 'MASS_SILENCE';
      if (!isHeld || !('change' in event) || event.change.cause !== 'LEAVE') sink.take(event);
    }),
  });
});

/** What a node hears of the others. */
function brokenSigns(hears: (others: NodeSign[]) => NodeSign[]): SimulationOptions {
  return {
    store: (store) =>
      broken(store, {
        async signs(own) {
          const { others, previousUs } = await store.signs(own);
          return { others: hears(others), previousUs };
        },
      }),
  };
}

it('catches nodes that do not wait for one another', () =>
  expectViolation(
    'OFFLINE is silent',
    brokenSigns(() => []),
    ['slow calls', 'stall', 'partition'],
  ));

it('catches a node that says that it has recorded what it has not', () =>
  expectViolation(
    'OFFLINE is silent',
    brokenSigns((others) => others.map((sign) => ({ ...sign, completeUs: sign.completeUs + LATE_US }))),
    ['slow calls', 'stall', 'partition'],
  ));

it('catches a node that is said to have recorded less than it has', () =>
  expectViolation(
    'crossings are told on time',
    brokenSigns((others) => others.map((sign) => ({ ...sign, completeUs: sign.completeUs - LATE_US }))),
  ));

it('catches a node that refuses what it has room for', () => {
  const isRefused = every(100);
  return expectViolation('only a full node refuses', {
    store: (store) =>
      broken(store, {
        record: (namespace, lane, heartbeats) =>
          isRefused() ? Promise.reject(new Error('no')) : store.record(namespace, lane, heartbeats),
      }),
  });
});
