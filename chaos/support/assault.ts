import { firstMessage, startChild, stopChild } from '../../bench/support/child.js';
import { rssBytes } from '../../bench/support/os.js';
import { quantile } from '../../bench/support/statistics.js';
import type { Counts, Strength, Target } from '../attacks/attack.js';
import type { Orders } from '../attacks/process.js';
import { Newcomers } from './newcomers.js';
import type { Scene } from './scene.js';

const MEMORY_MS = 100;
/** Also where what starts it is no tsx: the tests. */
const UNDER_TSX = ['--import', 'tsx'];
const MIB = 2 ** 20;

/** An attacker in a process of its own, and what becomes of the node meanwhile. */
export function assault(attack: Orders['attack'], strength: Strength) {
  let counts: Counts = {};
  let newcomers: Newcomers | undefined;
  let calmMs: readonly number[] = [];
  let before = 0;
  let most = 0;
  let stop = () => {};
  return {
    async begin(scene: Scene) {
      const { node, prober, fleet, start } = scene;
      const target = await targetOf(scene);
      before = rssBytes(node(0).pid);
      const measuring = setInterval(() => {
        most = Math.max(most, rssBytes(node(0).pid));
      }, MEMORY_MS);
      stop = () => clearInterval(measuring);
      calmMs = prober.answersMs;
      prober.answersMs = [];
      newcomers = await start(Promise.resolve(new Newcomers({ ...target, grpc: node(0).address }, fleet)));
      const attacker = startChild(new URL('../attacks/process.ts', import.meta.url), [], UNDER_TSX);
      await start(Promise.resolve({ stop: () => stopChild(attacker) }));
      attacker.on('message', (told: Counts) => {
        counts = told;
      });
      attacker.send({ attack, target, strength } satisfies Orders);
      await firstMessage(attacker);
      stop = () => {
        clearInterval(measuring);
        void stopChild(attacker);
      };
    },
    /** It ends; what it cost the others. */
    async end({ prober, figures }: Scene) {
      stop();
      await newcomers?.stop();
      if (!Object.values(counts).some((count) => count > 0)) throw new Error(`${attack} has not begun`);
      const p99 = (valuesMs: readonly number[]) => quantile(Float64Array.from(valuesMs).sort(), 0.99);
      keepWorst(figures, {
        calmP99Ms: p99(calmMs),
        answerP99Ms: p99(prober.answersMs),
        newcomerP99Ms: p99(newcomers?.answersMs ?? []),
        newcomersFailed: newcomers?.failed ?? 0,
        memoryBeforeMiB: before / MIB,
        memoryGrowthMiB: (most - before) / MIB,
        ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [`attack.${name}`, count])),
      });
    },
  };
}

/** Of several attacks. */
function keepWorst(figures: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) figures[name] = Math.max(figures[name] ?? value, value);
}

async function targetOf({ node, guard }: Scene): Promise<Target> {
  const token = guard.attackersToken;
  const { grpc, http } = node(0).ports;
  return { grpc, http, ca: await guard.ca(), token, url: guard.urlOf(grpc, token) };
}
