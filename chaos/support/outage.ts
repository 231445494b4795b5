import { atMost, type CommonSettings, type Expectations } from './fault.js';

/** Beside the crossing itself: reading, telling, a busy machine, ms. */
const TELLING_MS_MAX = 2_000;
/** How long phid may take to notice that the fault is over: it tries again every 2 s at least, ms. */
const RECOVERY_MS_MAX = 5_000;

/** What holds after every fault: nobody who beats is called gone, nothing is lost, and in the end all is right. */
export function everythingRight({ maxSilenceMs }: CommonSettings): Expectations {
  return {
    falseOffline: atMost(0),
    falseUnknown: atMost(0),
    lost: atMost(0),
    wrongAnswers: atMost(0),
    wrongInTheEnd: atMost(0),
    changesAgainMs: atMost(RECOVERY_MS_MAX),
    deathToldMs: atMost(maxSilenceMs + TELLING_MS_MAX),
  };
}

/** What holds after a time in which phid itself could hear nobody: dead users are told later by so much. */
export function afterAnOutage(settings: CommonSettings): Expectations {
  return { ...everythingRight(settings), deathToldMs: atMost(settings.maxSilenceMs + RECOVERY_MS_MAX) };
}
