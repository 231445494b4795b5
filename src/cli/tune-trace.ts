import { qualityMessage } from '../api/quality-message.js';
import { deriveThresholds } from '../detector/intent.js';
import type { Thresholds } from '../detector/status.js';
import { CostCurve } from '../quality/cost-curve.js';
import { SUSPECT_PHI } from '../quality/detectors/phid-fleet.js';
import type { ArrivalSource } from '../quality/source.js';
import { WARMUP_GAPS } from '../quality/spool.js';
import { meet, type Target } from '../quality/target.js';
import { TraceError } from '../quality/trace.js';
import { ReplayableTrace, traceQuality } from '../quality/trace-quality.js';
import { VERIFICATION_PASSES, type Verification, verify } from '../quality/verification.js';
import type { ShownProgress } from './replay-progress.js';

import type { Proposal } from './tune-options.js';
import { costsOf, type TuneView } from './tune-view.js';

/** What a namespace is judged by that says nothing else. */
const DEFAULTS: Thresholds = { suspect: SUSPECT_PHI, offline: 5 };

interface TraceTuning {
  readonly maxSilence?: number;
  readonly target?: Target;
  readonly set?: Proposal;
}

/** What thresholds would have cost the users of a trace, all of them in one namespace. */
export async function traceTuning(
  source: ArrivalSource,
  { target, set, maxSilence: maxSilenceMs }: TraceTuning,
  progress: ShownProgress,
): Promise<TuneView> {
  const trace = await ReplayableTrace.open(source, { progress, passes: 1, maxSilenceMs });
  try {
    const { users, counts, fleet } = await traceQuality(trace, DEFAULTS);
    if (counts.silenceMs === 0) {
      const needed = `more than ${WARMUP_GAPS} gaps within sessions, the first of which are for learning`;
      throw new TraceError(`${source.name}: no user has what a figure needs: ${needed}`);
    }
    const quality = qualityMessage({ fleet, thresholds: DEFAULTS }, { counts, sessions: users });
    const curve = new CostCurve(quality.whatIf);
    const proposed =
      set &&
      deriveThresholds(
        { suspect: { phi: DEFAULTS.suspect }, offline: { phi: DEFAULTS.offline }, ...set },
        fleet,
      );
    return {
      title: `${source.name}, all users in one namespace, "now" by default`,
      quality,
      proposed: proposed && costsOf(curve, proposed),
      answer: target && meet(target, curve),
      dryRun: undefined,
      notes: [],
    };
  } finally {
    trace.close();
  }
}

/** Whether what is predicted of the users of a trace is what a replay with each threshold counts. */
export async function traceVerification(
  source: ArrivalSource,
  { maxSilence: maxSilenceMs }: TraceTuning,
  progress: ShownProgress,
): Promise<Verification> {
  const trace = await ReplayableTrace.open(source, { progress, passes: VERIFICATION_PASSES, maxSilenceMs });
  try {
    return await verify(trace);
  } finally {
    trace.close();
  }
}
