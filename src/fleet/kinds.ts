import { arrivals, type Send } from './device.js';
import type { ClientEvent } from './event.js';
import { hiccups, type Link, mobile, patchy, wifi, wired } from './link.js';
import { merge } from './merge.js';
import type { Random } from './random.js';
import { beats, connections, dozing, hiding, lives, visits } from './schedule.js';

/** What can be turned on a client. */
export interface ClientOptions {
  /** Between its heartbeats; silences that belong to the kind are multiples of it. */
  readonly intervalMs: number;
  /** How long its turns last or how far its troubles are apart, on average: a visit, a life, a time without hiccup. */
  readonly episodeMs: number;
  /** `hiccup`: median length of one. */
  readonly stallMs: number;
  /** Probability, 0 to 1, that a heartbeat is lost whatever the others met; for every kind on top of its own losses. */
  readonly loss: number;
}

/** A kind of client. */
export interface Kind {
  readonly name: string;
  /** What to expect of it, for people. */
  readonly story: string;
  readonly defaults?: Partial<ClientOptions>;
  /** What one of them does, in order of arrival, from its start. An end is a silence for ever: most have none. */
  readonly client: (random: Random, options: ClientOptions) => Iterable<ClientEvent>;
}

const INTERVAL_MS = 10_000;
const EPISODE_INTERVALS = 60;
const STALL_MS = 5_000;

/** Options of a client: what was given, else what the kind has of its own, else what is common. */
export function optionsOf(kind: Kind, given: Partial<ClientOptions> = {}): ClientOptions {
  const { intervalMs = INTERVAL_MS } = { ...kind.defaults, ...given };
  const common = { intervalMs, episodeMs: EPISODE_INTERVALS * intervalMs, stallMs: STALL_MS, loss: 0 };
  return { ...common, ...kind.defaults, ...given };
}

type MakeLink = (random: Random, options: ClientOptions) => Link;
type Schedule = (random: Random, options: ClientOptions) => Iterable<Send>;

/** Clients with one device, named so. */
function oneDevice(
  name: string,
  link: MakeLink,
  schedule: Schedule,
  jitterMs?: (options: ClientOptions) => number,
): Kind['client'] {
  return (random, options) => {
    const own = random.fork(name);
    return arrivals(schedule(own.fork('schedule'), options), {
      name,
      random: own,
      link: link(own.fork('link'), options),
      loss: options.loss,
      ...(jitterMs && { jitterMs: jitterMs(options) }),
    });
  };
}

const always: Schedule = (_, { intervalMs }) => beats({ everyMs: intervalMs });

/** Every kind, those first whose stories are the simplest. */
export const kinds: readonly Kind[] = [
  {
    name: 'steady',
    story: 'a wired service, beats to the millisecond: stays ONLINE',
    client: oneDevice('desk', wired, always),
  },
  {
    name: 'hiccup',
    story: 'stalls for a few seconds now and then: SUSPECT, rarely OFFLINE, then ONLINE again',
    client: oneDevice('desk', hiccups, always),
  },
  {
    name: 'crash',
    story: 'dies without a word and is restarted: SUSPECT, OFFLINE, later ONLINE',
    client: oneDevice('desk', wired, lives),
  },
  {
    name: 'clean-close',
    story: 'leaves gracefully and returns: OFFLINE at once, without suspicion',
    client: oneDevice('laptop', wired, visits),
  },
  {
    name: 'two-devices',
    story: 'the phone falls silent, the laptop does not: stays ONLINE',
    client: (random, options) =>
      merge([
        oneDevice('laptop', wired, always)(random, options),
        oneDevice('phone', wifi, lives)(random, options),
      ]),
  },
  {
    name: 'tab-declared',
    story: 'a tab that is hidden, throttled, and declares it: stays ONLINE',
    client: oneDevice('tab', wired, (random, options) => hiding(random, { ...options, declares: true })),
  },
  {
    name: 'tab',
    story: 'a tab that is hidden and throttled without a word: SUSPECT or worse, until it is known',
    client: oneDevice('tab', wired, (random, options) => hiding(random, { ...options, declares: false })),
  },
  {
    name: 'wifi',
    story: 'beats over a crowded Wi-Fi: stays ONLINE, its deadline moves out',
    client: oneDevice('laptop', wifi, always),
  },
  {
    name: 'doze',
    story: "a phone's app that dozes, in ever longer silences, undeclared: SUSPECT, OFFLINE, ONLINE again",
    client: oneDevice('phone', mobile, dozing),
  },
  {
    name: 'reconnect',
    story: 'goes from Wi-Fi to cellular and back, each time as a new session: stays ONLINE',
    client(random, options) {
      const on = (name: string, link: MakeLink, network: 0 | 1) =>
        // The same fork for both: each network knows from it when the other one has its turn.
        oneDevice(name, link, () => connections(random.fork('changes'), network, options))(random, options);
      return merge([on('wifi', wifi, 0), on('cell', mobile, 1)]);
    },
  },
  {
    name: 'burst-loss',
    story: 'loses heartbeats in bursts, on a bad mobile network: SUSPECT now and then',
    client: oneDevice('phone', patchy, always),
  },
  {
    name: 'lossy',
    story: 'beats like a clock and loses one in two hundred: stays ONLINE',
    defaults: { loss: 0.005 },
    client: oneDevice('sensor', wired, always, ({ intervalMs }) => 0.002 * intervalMs),
  },
];
