import { detection, detectionAsBefore } from './detection.js';
import { atLeast, atMost, type CommonSettings, type Expectations, type Stage, type Step } from './fault.js';
import { CUT_GATEWAYS, CUT_SHARE } from './gateway-cut.js';
import { canDieAlone } from './lone-death.js';
import { everythingRight, soon } from './outage.js';
import { reportNotices, reportRelease } from './release.js';

/** Each user is let go at a moment that follows from the id: in one second it is more of them by chance, in another fewer. */
const RATE_TOLERANCE = 1.5;

interface Settings extends CommonSettings {
  readonly deaths: number;
  readonly beforeDeathMs: number;
  readonly holdMs: number;
  readonly releasePerSecond: number;
  /** From when the last of them is let go until the gateway is connected again. */
  readonly longerMs: number;
  readonly backMs: number;
  readonly heldMsMin: number;
  readonly detectionGrowthMsMax: number;
}

/** A gateway is cut for longer than OFFLINE is withheld: what faults of that kind have in common. */
export const LONG_CUT = {
  stage: ({ holdMs, releasePerSecond }: Settings): Stage => ({
    nodes: 2,
    gateways: CUT_GATEWAYS,
    namespace: { mass_silence: { hold: `${holdMs}ms`, release_per_second: releasePerSecond } },
  }),
  steps: ({ users, deaths, beforeDeathMs, holdMs, releasePerSecond, longerMs, backMs }: Settings): Step[] => {
    const death = canDieAlone('gw-0');
    const deathsOf = detection({ deaths });
    const releaseMs = ((users * CUT_SHARE) / releasePerSecond) * 1000;
    return [
      deathsOf.before('gw-1'),
      { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut('gw-cut'), waitMs: beforeDeathMs },
      { say: 'a user of another gateway dies', do: death.begin, waitMs: holdMs - beforeDeathMs },
      { say: 'its users are released', waitMs: releaseMs + longerMs },
      { say: 'who was told of the death, and when', do: death.report },
      { say: 'what was told of the others', do: (scene) => reportRelease(scene, 'gw-cut') },
      { say: 'the gateway is connected again', do: ({ fleet }) => fleet.restore('gw-cut'), waitMs: backMs },
      deathsOf.after('gw-1'),
      deathsOf.after('gw-cut', 'detectionReturned'),
      { say: 'what streams were told', do: reportNotices },
    ];
  },
  expects: (settings: Settings): Expectations => {
    const { users, heldMsMin, releasePerSecond } = settings;
    const cut = users * CUT_SHARE;
    return {
      ...everythingRight(settings),
      // They live, and OFFLINE is right all the same: nobody has heard of them for so long.
      falseOffline: { atLeast: cut, atMost: cut },
      heldMs: atLeast(heldMsMin),
      unreleased: atMost(0),
      releasedPerSecondMax: atMost(releasePerSecond * RATE_TOLERANCE),
      loneDeathToldMs: soon(settings),
      ...detectionAsBefore(settings, 'detectionReturned'),
      unnoticed: atMost(0),
    };
  },
};
