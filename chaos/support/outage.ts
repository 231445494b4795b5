import { atMost, type Bound, type CommonSettings, type Expectations } from './fault.js';

/** How long phid may take to notice that the fault is over: it gives up a call after 2 s, a connection after 4 s. */
const RECOVERY_MS_MAX = 3_000;

/** What holds after every fault: nobody who beats is called gone, nothing is lost, and in the end all is right. */
export function everythingRight({ maxSilenceMs, tellingMsMax }: CommonSettings): Expectations {
  return {
    falseOffline: atMost(0),
    falseUnknown: atMost(0),
    lost: atMost(0),
    wrongAnswers: atMost(0),
    wrongInTheEnd: atMost(0),
    changesAgainMs: atMost(RECOVERY_MS_MAX + tellingMsMax),
    deathToldMs: atMost(maxSilenceMs + tellingMsMax),
  };
}

/** What holds after a time in which phid itself could hear nobody: dead users are told later by so much. */
export function afterAnOutage(settings: CommonSettings): Expectations {
  const { maxSilenceMs, tellingMsMax } = settings;
  return {
    ...everythingRight(settings),
    deathToldMs: atMost(maxSilenceMs + RECOVERY_MS_MAX + tellingMsMax),
  };
}

/** The time in which a death is told that nothing speaks against: at φ = 5 it takes a little more than an interval. */
export function soon({ intervalMs, tellingMsMax }: CommonSettings): Bound {
  return atMost(3 * intervalMs + tellingMsMax);
}
