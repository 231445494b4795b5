import { Random } from '../../src/fleet/random.js';
import type { EventSink } from '../../src/presence/watching/outbox.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { Auditor, type Violation } from './auditor.js';
import { Client } from './client.js';
import { EventQueue, eventLoopTurn } from './event-queue.js';
import { type Fault, Faults } from './fault.js';
import { Ledger } from './ledger.js';
import { Node, type NodeParts } from './node.js';
import type { RemoteStore } from './remote-store.js';
import { EVERYBODY, type Scenario } from './scenario.js';
import { SharedStore } from './shared-store.js';
import { Trace } from './trace.js';
import { Watcher } from './watcher.js';

/** After clients and faults have ended: more than every timeout and retry together, ms. */
const REST_MS = 8_000;
/** Slow readers keep up from then on, ms before the end. */
const HURRY_MS = 3_000;
/** So often what subscribers believe is compared with what is read, ms: no multiple of what anything else waits for. */
const COMPARE_EVERY_MS = 1_009;
const RECONNECT_MS_MAX = 1_000;
/** A dead socket is found out after so long: one that owes answers, and the feed's, which may be silent for longer, ms. */
const SOCKET_TIMEOUT_MS = 4_000;
const FEED_TIMEOUT_MS = 9_000;

/** Parts that a test replaces by broken ones. */
export interface SimulationOptions extends NodeParts {
  readonly sink?: (sink: EventSink) => EventSink;
}

interface Outcome {
  readonly violations: readonly Violation[];
  readonly steps: number;
}

/** Lets a scenario happen, to the end, and tells what went wrong. Takes no time but that of the computation. */
export async function simulate(scenario: Scenario, options: SimulationOptions = {}): Promise<Outcome> {
  const random = new Random(scenario.seed);
  const queue = new EventQueue();
  const faults = new Faults(scenario.faults);
  const ledger = new Ledger();
  const trace = new Trace();
  const shared = new SharedStore(queue, ledger);
  const auditor = new Auditor({ queue, scenario, faults, ledger, shared, trace });
  const nodes = scenario.clocks.map((_, index) => {
    return new Node(index, {
      queue,
      random: random.fork(`node-${index}`),
      faults,
      shared,
      ledger,
      scenario,
      parts: options,
    });
  });
  const watchers = scenario.watchers.map((plan, index) => {
    const node = nodes[plan.node] as Node;
    return new Watcher(index, plan, { node, queue, auditor, sink: options.sink });
  });
  const members = new Set(scenario.watchers.flatMap((plan) => (plan.isOfGroup ? plan.userIds : [])));
  await shared.makeGroup(EVERYBODY, [...members]);
  const endMs = scenario.durationMs;
  for (const [i, plan] of scenario.clients.entries()) {
    const forked = random.fork(`client-${i}`);
    new Client(plan, { queue, random: forked, faults, nodes, ledger, auditor, trace, endMs });
  }
  for (const fault of scenario.faults)
    happen(fault, { queue, random: random.fork('faults'), nodes, watchers, shared, ledger, trace });
  for (const node of nodes)
    ask(node, { queue, random: random.fork(`asks-${node.index}`), scenario, auditor });

  const lastMs = endMs + REST_MS;
  for (let atMs = COMPARE_EVERY_MS; atMs < lastMs; atMs += COMPARE_EVERY_MS) {
    queue.at(atMs, () => auditor.compare(watchers));
  }
  queue.at(lastMs - HURRY_MS, () => {
    for (const watcher of watchers) watcher.hurry();
  });
  await queue.runUntil(lastMs, () => {
    for (const node of nodes) node.look();
    auditor.lookAtHolds();
    return auditor.settle();
  });
  await auditor.compare(watchers);
  auditor.conclude(nodes, watchers);
  for (const { presence } of nodes) {
    presence.tracker.shutdown();
    presence.learning.close();
    presence.doubt.close();
  }
  await eventLoopTurn();
  return { violations: auditor.violations, steps: queue.steps };
}

/** What faults happen to. */
interface Surroundings {
  readonly queue: EventQueue;
  readonly random: Random;
  readonly nodes: readonly Node[];
  readonly watchers: readonly Watcher[];
  readonly shared: SharedStore;
  readonly ledger: Ledger;
  readonly trace: Trace;
}

/** Arranges what a fault does besides what it does to every message. */
function happen(fault: Fault, world: Surroundings): void {
  const { queue, random, nodes, shared, trace } = world;
  const { kind, fromMs, toMs, isQuiet, origin } = fault;
  const concerned = nodes.filter(({ index }) => fault.node === undefined || fault.node === index);
  queue.at(fromMs, () => trace.note(fromMs, kind, 'begins', fault.node ?? 'everywhere'));
  queue.at(toMs, () => trace.note(toMs, kind, 'ends', fault.node ?? 'everywhere'));
  if (kind === 'data loss') queue.at(fromMs, () => shared.loseData());
  for (const node of concerned) {
    const backMs = toMs + random.uniform(0, RECONNECT_MS_MAX);
    /** What breaks is mended where it broke: the connection of a process that crashed meanwhile is nobody's. */
    const broken = (atMs: number, { breaks, mends }: { breaks: Break; mends: Break }) => {
      queue.at(atMs, () => {
        const { remote } = node;
        breaks(remote);
        queue.at(kind === 'feed cut' ? toMs : backMs, () => mends(remote));
      });
    };
    const ofConnections = {
      breaks: (r: RemoteStore) => r.disconnect(),
      mends: (r: RemoteStore) => r.connect(),
    };
    const ofFeed = (why: string, afterMs = 0) => ({
      breaks: ({ feed }: RemoteStore) => feed.breaks(new Error(why), afterMs),
      mends: ({ feed }: RemoteStore) => feed.mends(),
    });
    if (kind === 'stall') queue.at(fromMs, () => node.stall(toMs));
    else if (kind === 'node crash') crash(node, fault, world);
    else if (kind === 'drain') {
      queue.at(fromMs, () => drain(node, origin, toMs - fromMs), { gate: node.gate });
    } else if (kind === 'feed cut') broken(fromMs, ofFeed('reset by peer'));
    else if (kind === 'store down' || (kind === 'data loss' && !isQuiet)) broken(fromMs, ofConnections);
    else if (kind === 'partition' && !isQuiet) {
      broken(fromMs, ofFeed('no answer', FEED_TIMEOUT_MS));
      if (toMs - fromMs >= SOCKET_TIMEOUT_MS) broken(fromMs + SOCKET_TIMEOUT_MS, ofConnections);
    }
  }
}

type Break = (remote: RemoteStore) => void;

function crash(
  node: Node,
  { fromMs, toMs }: Fault,
  { queue, watchers, ledger }: Pick<Surroundings, 'queue' | 'watchers' | 'ledger'>,
): void {
  const watching = watchers.filter((watcher) => watcher.node === node);
  queue.at(fromMs, () => {
    node.crash();
    ledger.crashed(node.index);
    for (const watcher of watching) watcher.breakOff();
  });
  queue.at(toMs, () => {
    if (node.isUp) return;
    node.start();
    for (const watcher of watching) watcher.reopen();
  });
}

/** The operator of a gateway says that it will be silent. A node that never reached the store refuses. */
function drain({ presence }: Node, origin: string, graceMs: number): void {
  try {
    presence.doubt.holds.drain(origin, graceMs);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
  }
}

/** Has a node asked about users, now and then. */
function ask(
  node: Node,
  world: {
    readonly queue: EventQueue;
    readonly random: Random;
    readonly scenario: Scenario;
    readonly auditor: Auditor;
  },
): void {
  const { queue, random, scenario, auditor } = world;
  const [first, ...others] = scenario.clients.map(({ userId }) => userId);
  const next = () => {
    const atMs = queue.nowMs + random.exponential(scenario.asksEveryMs);
    if (atMs >= scenario.durationMs) return;
    queue.at(atMs, next);
    queue.at(
      atMs,
      () => {
        node.assess(random.pick([first ?? 'nobody', ...others])).then(
          (assessment) => auditor.answered(node, assessment),
          () => {},
        );
        // Questions of one turn of the event loop are gathered.
        return eventLoopTurn();
      },
      { gate: node.gate },
    );
  };
  next();
}
