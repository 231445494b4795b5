import type { Persistence } from './redis.js';
import type { Scene } from './scene.js';

/** Settings that every fault has. Durations in ms. */
export interface CommonSettings {
  /** Users behind gateways. */
  readonly users: number;
  /** Users who call for themselves. */
  readonly unaryUsers: number;
  /** Of a heartbeat. */
  readonly intervalMs: number;
  /** Of phid's namespace. */
  readonly maxSilenceMs: number;
  /** Until the fault begins: the detector learns the fleet. */
  readonly warmUpMs: number;
  /** After the fault: watched at least so long, and at most so long until everything is right again. */
  readonly settleMsMin: number;
  readonly settleMsMax: number;
  /** What reading, telling and a busy machine may add to the time at which something is due. */
  readonly tellingMsMax: number;
}

/** What is there before the fault begins. */
export interface Stage {
  /** phid nodes. */
  readonly nodes: number;
  readonly persistence?: Persistence;
  /** phid reaches Redis through a proxy. */
  readonly isProxied?: boolean;
  /** A replica stands by, and Sentinel watches, which phid asks for the master. */
  readonly isReplicated?: boolean;
  /** A Redis Cluster: three masters, each with a replica. */
  readonly isCluster?: boolean;
  /** Nodes speak TLS, and know callers: strangers can reach them. */
  readonly isGuarded?: boolean;
  /** One user in so many dies during the fault, one after the other. None when undefined. */
  readonly oneDiesIn?: number;
  /** Who beats through what. Without it four gateways, each with a node that it prefers. */
  readonly gateways?: readonly GatewayPlan[];
  /** Nodes through which users are watched. Without it all of them. */
  readonly watchedThrough?: readonly number[];
  /** One user in so many is watched: watching costs nodes more than heartbeats do. Everybody when undefined. */
  readonly oneWatchedIn?: number;
  /** More settings of phid's namespace, as in its file; and limits of the nodes. */
  readonly namespace?: object;
  readonly limits?: object;
}

export interface GatewayPlan {
  readonly name: string;
  /** What its heartbeats name; the gateway when undefined. */
  readonly origin?: string;
  /** Share of the users. */
  readonly share: number;
  /** Nodes, in the order in which they are tried. */
  readonly nodes: readonly number[];
}

/** Something that is done, and how long it is waited after it. */
export interface Step {
  /** For the progress line. */
  readonly say: string;
  readonly do?: (scene: Scene) => unknown;
  readonly waitMs?: number;
}

/** What a figure may be at most, or must be at least. */
export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Figures of every fault; a fault may add its own. */
export interface Figures {
  readonly users: number;
  readonly falseOffline: number;
  readonly falseSuspect: number;
  readonly falseUnknown: number;
  /** Living users of whom any change was told. */
  readonly changedLiving: number;
  /** Not counted above: users who were told to be silent while the harness was late with their heartbeats. */
  readonly excused: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly noHeartbeatsMs: number;
  readonly noQueriesMs: number;
  /** Answers that called a user who beats offline. */
  readonly wrongAnswers: number;
  readonly changesAgainMs: number;
  /** From the end of the fault, when a user died, until every watcher knew. */
  readonly deathToldMs: number;
  /** Users of whom a watcher had a wrong status in the end. */
  readonly wrongInTheEnd: number;
  readonly harnessLateMaxMs: number;
}

export type Expectations = Readonly<Partial<Record<keyof Figures, Bound>> & Record<string, Bound>>;

/** Something that goes wrong, and what phid is expected to make of it. */
export interface Fault {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly what: string;
  run(options: { readonly isQuick: boolean }): PlannedFault;
}

export interface PlannedFault {
  readonly settings: CommonSettings;
  readonly stage: Stage;
  readonly steps: readonly Step[];
  /** What is reported when everything is right again, or the time for that is over. */
  readonly after: (scene: Scene) => unknown;
  readonly expects: Expectations;
}

const FULL: CommonSettings = {
  users: 300,
  unaryUsers: 20,
  intervalMs: 1_000,
  maxSilenceMs: 20_000,
  warmUpMs: 15_000,
  settleMsMin: 10_000,
  settleMsMax: 40_000,
  tellingMsMax: 2_000,
};

/** Five times as fast, with few users: for `npm test`. */
const QUICK: CommonSettings = {
  users: 40,
  unaryUsers: 4,
  intervalMs: 200,
  maxSilenceMs: 2_000,
  warmUpMs: 2_000,
  settleMsMin: 1_000,
  settleMsMax: 20_000,
  // Other tests run beside it: what is told counts then, and in which order, not how soon.
  tellingMsMax: 10_000,
};

/**
 * Declares a fault. `settings` are numbers of its own, beside CommonSettings, which it may override; `quick` is what
 * differs in the reduced form.
 */
export function fault<Own extends Record<string, number>>(declared: {
  readonly name: string;
  readonly what: string;
  readonly settings: Own & Partial<CommonSettings>;
  readonly quick?: Partial<Own & CommonSettings>;
  readonly stage: Stage | ((settings: Own & CommonSettings) => Stage);
  readonly steps: (settings: Own & CommonSettings) => readonly Step[];
  readonly after?: (scene: Scene) => unknown;
  readonly expects: Expectations | ((settings: Own & CommonSettings) => Expectations);
}): Fault {
  const { name, what, stage, steps, after = () => {}, expects } = declared;
  return {
    name,
    what,
    run({ isQuick }) {
      const settings = isQuick
        ? { ...FULL, ...declared.settings, ...QUICK, ...declared.quick }
        : { ...FULL, ...declared.settings };
      return {
        settings,
        stage: typeof stage === 'function' ? stage(settings) : stage,
        steps: steps(settings),
        after,
        expects: typeof expects === 'function' ? expects(settings) : expects,
      };
    },
  };
}

export const atMost = (value: number): Bound => ({ atMost: value });
export const atLeast = (value: number): Bound => ({ atLeast: value });
