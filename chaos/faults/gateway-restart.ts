import { detection, detectionAsBefore } from '../support/detection.js';
import { drain } from '../support/drain.js';
import { atMost, fault } from '../support/fault.js';
import { everythingRight } from '../support/outage.js';
import type { Scene } from '../support/scene.js';

const RESTARTED = 'gw-0';

export const gatewayRestart = fault({
  name: 'gateway-restart',
  what: 'A gateway is drained, stops for 10 s, and its users come back through it.',
  settings: {
    warmUpMs: 45_000,
    graceMs: 60_000,
    stoppedMs: 10_000,
    backMs: 5_000,
    deaths: 10,
    detectionGrowthMsMax: 1_000,
  },
  quick: { graceMs: 10_000, stoppedMs: 2_500, backMs: 1_000, deaths: 0 },
  stage: { nodes: 2 },
  steps: ({ graceMs, stoppedMs, backMs, deaths }) => {
    const deathsOf = detection({ deaths });
    let drainedMs = Number.NaN;
    // It is told to the node that does not hear the gateway.
    const tell = ({ node }: Scene, ms: number) => drain(node(1).address, RESTARTED, ms);
    const begin = (scene: Scene) => {
      drainedMs = Date.now();
      return tell(scene, graceMs);
    };
    return [
      deathsOf.before(RESTARTED),
      { say: 'the gateway is drained', do: begin },
      { say: 'it stops', do: ({ fleet }) => fleet.cut(RESTARTED), waitMs: stoppedMs },
      { say: 'it is back', do: ({ fleet }) => fleet.restore(RESTARTED), waitMs: backMs },
      { say: 'what was told of its users', do: (scene) => reportDrained(scene, drainedMs) },
      { say: 'the drain is ended', do: (scene) => tell(scene, 0) },
      deathsOf.after(RESTARTED),
    ];
  },
  expects: (settings) => ({
    ...everythingRight(settings),
    drainedSuspect: atMost(0),
    drainedOffline: atMost(0),
    ...detectionAsBefore(settings),
  }),
});

/** Of those who live, since they are drained. */
function reportDrained({ tally, figures }: Scene, sinceMs: number): void {
  const told = (status: 'SUSPECT' | 'OFFLINE') =>
    tally.told(RESTARTED, status).filter(({ atMs }) => atMs >= sinceMs).length;
  figures.drainedSuspect = told('SUSPECT');
  figures.drainedOffline = told('OFFLINE');
}
