import { detection, detectionAsBefore } from '../support/detection.js';
import { atMost, fault } from '../support/fault.js';
import { CUT_GATEWAYS, CUT_SETTINGS, CUT_SETTINGS_QUICK } from '../support/gateway-cut.js';
import { canDieAlone } from '../support/lone-death.js';
import { everythingRight, soon } from '../support/outage.js';
import { reportNotices } from '../support/release.js';
import type { Scene } from '../support/scene.js';

const MOVED = 'gw-cut';

export const gatewayMove = fault({
  name: 'gateway-move',
  what: 'A gateway goes over to the other node, as a load balancer has it; later it is cut for 20 s and comes back through the first.',
  settings: { ...CUT_SETTINGS, movedMs: 10_000, cutMs: 20_000 },
  quick: { ...CUT_SETTINGS_QUICK, movedMs: 3_000, cutMs: 3_000 },
  stage: { nodes: 2, gateways: CUT_GATEWAYS },
  steps: ({ deaths, movedMs, cutMs, backMs }) => {
    const deathsOf = detection({ deaths });
    const death = canDieAlone(MOVED, 'movedDeathToldMs');
    return [
      deathsOf.before(MOVED),
      { say: 'the gateway moves to the other node', do: ({ fleet }) => fleet.move(MOVED) },
      { say: 'one of its users dies', do: death.begin, waitMs: movedMs },
      { say: 'who was told of it, and when', do: death.report },
      { say: 'what streams were told until then', do: reportNoticed },
      { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut(MOVED), waitMs: cutMs },
      { say: 'it moves back', do: ({ fleet }) => fleet.move(MOVED) },
      { say: 'it is connected again', do: ({ fleet }) => fleet.restore(MOVED), waitMs: backMs },
      { say: 'what streams were told', do: reportNotices },
      deathsOf.after(MOVED),
    ];
  },
  expects: (settings) => ({
    ...everythingRight(settings),
    movedDeathToldMs: soon(settings),
    // Nobody was silent.
    noticed: atMost(0),
    unnoticed: atMost(0),
    ...detectionAsBefore(settings),
  }),
});

/** Watchers who were told of a silence of many. */
function reportNoticed({ watchers, figures }: Scene): void {
  const isTold = ({ notices }: Scene['watchers'][number]) =>
    notices.some(({ kind }) => kind === 'MASS_SILENCE');
  figures.noticed = watchers.filter(isTold).length;
}
