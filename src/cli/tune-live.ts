import type { Thresholds } from '../detector/status.js';
import type { GetQualityResponse__Output } from '../gen/phid/v1/GetQualityResponse.js';
import type { NamespaceTuning__Output } from '../gen/phid/v1/NamespaceTuning.js';
import type { SetThresholdsRequest } from '../gen/phid/v1/SetThresholdsRequest.js';
import { CostCurve } from '../quality/cost-curve.js';
import { meet, type Target } from '../quality/target.js';
import { CliError } from './cli-error.js';
import { Client, type ClientOptions } from './client.js';
import { dateOf } from './text.js';
import type { Proposal } from './tune-options.js';
import { costsOf, type TuneView } from './tune-view.js';

/** What is asked of a server, and what is changed there. */
interface LiveTuning extends ClientOptions {
  readonly namespace?: string;
  readonly target?: Target;
  readonly set?: Proposal;
  readonly clear?: boolean;
  /** How long thresholds are only counted, ms; undefined: they are put in force. */
  readonly dryRunMs: number | undefined;
  readonly author: string;
}

/** Changes that are shown. */
const SHOWN_CHANGES = 3;

/** What thresholds cost by what a server's fleet does; `set` and `clear` change them, or begin and end a dry run. */
export async function liveTuning(options: LiveTuning): Promise<TuneView> {
  const client = new Client(options);
  try {
    const namespace = options.namespace ?? '';
    const { set, clear, dryRunMs, author, target } = options;
    const before = await client.getQuality({ namespace });
    if (!set && !clear) return viewOf(before, { target, proposed: undefined });
    const isDryRun = dryRunMs !== undefined;
    const request: SetThresholdsRequest = { namespace, author, dryRun: isDryRun };
    if (clear) request.clear = true;
    else Object.assign(request, { ...set, ...(isDryRun && { dryRunMs }) });
    const { tuning, dryRun } = await client.setThresholds(request);
    const { suspectPhi, offlinePhi } = dryRun ?? (tuning as NamespaceTuning__Output);
    const view = viewOf(
      { ...before, tuning, dryRun: dryRun ?? before.dryRun },
      { target, proposed: { suspect: suspectPhi, offline: offlinePhi } },
    );
    return { ...view, notes: [...view.notes, doneText(options)] };
  } finally {
    client.close();
  }
}

function doneText({ clear, dryRunMs }: LiveTuning): string {
  if (dryRunMs === undefined)
    return clear ? 'cleared: the configuration holds again' : 'set: in force on every node within 2s';
  return clear ? 'the dry run was ended' : 'dry run: nothing was changed; ask again for what it counts';
}

function viewOf(
  { tuning, quality, dryRun }: GetQualityResponse__Output,
  { target, proposed }: { readonly target: Target | undefined; readonly proposed: Thresholds | undefined },
): TuneView {
  const { suspect, offline, suspectMistakes, offlineMistakes } = quality ?? {};
  if (!tuning || !quality || !suspect || !offline || !suspectMistakes || !offlineMistakes) {
    throw new CliError('the server answers without figures');
  }
  const { namespace, model, source } = tuning;
  const curve = new CostCurve(quality.whatIf);
  const by =
    source === 'THRESHOLD_SOURCE_RUNTIME'
      ? 'set at run time, which wins over the configuration'
      : 'as configured';
  return {
    title: `namespace ${namespace} (${model}), thresholds ${by}`,
    quality: { ...quality, suspect, offline, suspectMistakes, offlineMistakes },
    proposed: proposed && costsOf(curve, proposed),
    answer: target && meet(target, curve),
    dryRun: dryRun ?? undefined,
    notes: changeLines(tuning),
  };
}

function changeLines({ changes }: NamespaceTuning__Output): string[] {
  return changes.slice(0, SHOWN_CHANGES).map(({ at, author, peer, set, dryRun, dryRunMs }) => {
    const what = dryRun ? (dryRunMs > 0 ? 'began a dry run' : 'ended the dry run') : set ? 'set' : 'cleared';
    const thresholds =
      set?.suspect && set.offline
        ? ` suspect=${intentText(set.suspect)},offline=${intentText(set.offline)}`
        : '';
    return `${at ? dateOf(at).toISOString() : ''} ${author} (${peer}) ${what}${thresholds}`;
  });
}

/** As --set takes it. */
function intentText(
  intent: Partial<Record<'phi' | 'falseAlarmsPerUserDay' | 'detectionTimeMs', number>>,
): string {
  const { phi, falseAlarmsPerUserDay, detectionTimeMs } = intent;
  if (phi !== undefined) return `${phi}`;
  return falseAlarmsPerUserDay !== undefined ? `${falseAlarmsPerUserDay}/user-day` : `${detectionTimeMs}ms`;
}
