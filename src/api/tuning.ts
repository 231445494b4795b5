import type { DrainRequest__Output } from '../gen/phid/v1/DrainRequest.js';
import type { DrainResponse } from '../gen/phid/v1/DrainResponse.js';
import type { GetFleetResponse } from '../gen/phid/v1/GetFleetResponse.js';
import type { GetQualityRequest__Output } from '../gen/phid/v1/GetQualityRequest.js';
import type { GetQualityResponse } from '../gen/phid/v1/GetQualityResponse.js';
import type { InspectUserRequest__Output } from '../gen/phid/v1/InspectUserRequest.js';
import type { InspectUserResponse } from '../gen/phid/v1/InspectUserResponse.js';
import type { ListNamespacesResponse } from '../gen/phid/v1/ListNamespacesResponse.js';
import type { ListSuspectsRequest__Output } from '../gen/phid/v1/ListSuspectsRequest.js';
import type { NamespaceTuning } from '../gen/phid/v1/NamespaceTuning.js';
import type { SetThresholdsRequest__Output } from '../gen/phid/v1/SetThresholdsRequest.js';
import type { SetThresholdsResponse } from '../gen/phid/v1/SetThresholdsResponse.js';
import type { ThresholdChange as ChangeMessage } from '../gen/phid/v1/ThresholdChange.js';
import type { Log } from '../log.js';
import type { Assessment } from '../presence/assessment.js';
import { InvalidRequestError } from '../presence/errors.js';
import type { Namespace } from '../presence/namespace.js';
import type { Presence } from '../presence/presence.js';
import type { ChangeLogs } from '../presence/shards/change-logs.js';
import type { Shards } from '../presence/shards/shards.js';
import type { Operator, Tunings } from '../presence/tuning/tunings.js';
import type { ThresholdChange } from '../store/tuning-store.js';
import { type Asker, audit } from './audit.js';
import { fleetMessage } from './fleet-message.js';
import { validAuthor, validId, validOrigin } from './ids.js';
import { inspectionMessage } from './inspection-message.js';
import { intentsMessage, validIntents } from './intents.js';
import { dryRunMessage, qualityMessage } from './quality-message.js';
import type { Telling } from './telling.js';
import { timestamp } from './timestamp.js';

const GRACE_MS_MAX = 86_400_000;
const DRY_RUN_MS_MIN = 1_000;
const DRY_RUN_MS_MAX = 30 * 86_400_000;

/** Users who are judged to find the most suspicious of them: as many as a read takes. */
const SUSPECTS_JUDGED_MAX = 1_000;
const SUSPECTS_MAX = 100;
const SUSPECTS_DEFAULT = 10;

/** What answers requests: the use cases of a node. */
export interface ApiContext {
  readonly presence: Presence;
  readonly tunings: Tunings;
  readonly shards: Shards;
  readonly logs: ChangeLogs;
  readonly log: Log;
  readonly telling: Telling;
}

export async function getFleet({ presence, shards }: ApiContext): Promise<GetFleetResponse> {
  return fleetMessage(presence, shards.nodes.views, await shards.reports());
}

export async function listNamespaces({ presence }: ApiContext): Promise<ListNamespacesResponse> {
  return { namespaces: Array.from(presence.namespaces.all(), tuningMessage) };
}

export async function getQuality(
  { presence, tunings }: ApiContext,
  { namespace: name }: GetQualityRequest__Output,
): Promise<GetQualityResponse> {
  const namespace = presence.namespaces.get(name);
  if (namespace.dryRun) await tunings.count(namespace);
  return {
    tuning: tuningMessage(namespace),
    quality: qualityMessage(namespace, presence.learning.quality(namespace)),
    ...dryRunOf(namespace, presence.store.clocks()?.nowUs ?? 0),
  };
}

export async function setThresholds(
  { presence, tunings, log }: ApiContext,
  request: SetThresholdsRequest__Output,
  asker: Asker,
): Promise<SetThresholdsResponse> {
  const namespace = presence.namespaces.get(request.namespace);
  const operator = operatorOf(asker, request.author);
  const { clear, dryRun, suspect, offline } = request;
  if (!clear && !suspect && !offline) {
    throw new InvalidRequestError('suspect', 'is missing, and so is offline; give one of them, or clear');
  }
  if (clear && (suspect || offline)) {
    throw new InvalidRequestError('clear', `true cannot go together with ${suspect ? 'suspect' : 'offline'}`);
  }
  const durationMs = validDryRunMs(request);
  const intents = () => validIntents(request, namespace);
  // What is wrong is said whether the store is there or not.
  if (!clear) intents();
  if (!dryRun) await tunings.set(namespace, clear ? undefined : intents, operator);
  else if (clear) await tunings.endDryRun(namespace, operator);
  else await tunings.beginDryRun(namespace, { intents, durationMs }, operator);
  const { author, remark } = operator;
  const set = dryRun ? namespace.tuning.dryRun?.intents : namespace.tuning.set;
  audit(log, asker, 'SetThresholds', {
    namespace: namespace.name,
    clear,
    dryRun,
    ...(!clear && set),
    author,
    remark,
  });
  return {
    tuning: tuningMessage(namespace),
    ...(dryRun && dryRunOf(namespace, presence.store.clocks()?.nowUs ?? 0)),
  };
}

/** Who proved who they are is the author; what the request says of it is a remark then. */
function operatorOf({ permit: { caller }, peer }: Asker, author: string): Operator {
  if (!caller) return { author: validAuthor(author), peer };
  return { author: caller.name, peer, ...(author !== '' && { remark: validAuthor(author) }) };
}

function validDryRunMs({ clear, dryRun, dryRunMs }: SetThresholdsRequest__Output): number {
  if (!dryRun || clear) {
    if (dryRunMs === 0) return 0;
    throw new InvalidRequestError('dry_run_ms', `${dryRunMs} has a meaning only where a dry run begins`);
  }
  if (dryRunMs >= DRY_RUN_MS_MIN && dryRunMs <= DRY_RUN_MS_MAX) return dryRunMs;
  throw new InvalidRequestError(
    'dry_run_ms',
    `${dryRunMs} is outside ${DRY_RUN_MS_MIN} to ${DRY_RUN_MS_MAX}`,
  );
}

function dryRunOf(namespace: Namespace, nowUs: number): Pick<GetQualityResponse, 'dryRun'> {
  return namespace.dryRun ? { dryRun: dryRunMessage(namespace.dryRun, namespace, nowUs) } : {};
}

function tuningMessage({ name, detector, configured, tuning, thresholds }: Namespace): NamespaceTuning {
  const { model, expectedIntervalMs, maxSilenceMs } = detector.settings;
  return {
    namespace: name,
    model,
    expectedIntervalMs,
    maxSilenceMs,
    source: tuning.set ? 'THRESHOLD_SOURCE_RUNTIME' : 'THRESHOLD_SOURCE_CONFIGURATION',
    configured: intentsMessage(configured),
    ...(tuning.set && { set: intentsMessage(tuning.set) }),
    suspectPhi: thresholds.suspect,
    offlinePhi: thresholds.offline,
    changes: tuning.changes.map(changeMessage),
  };
}

function changeMessage({ atUs, author, remark = '', peer, set, dryRunMs }: ThresholdChange): ChangeMessage {
  return {
    at: timestamp(atUs),
    author,
    remark,
    peer,
    ...(set && { set: intentsMessage(set) }),
    dryRun: dryRunMs !== undefined,
    dryRunMs: dryRunMs ?? 0,
  };
}

export async function listSuspects(
  { presence }: ApiContext,
  { namespace: name, limit }: ListSuspectsRequest__Output,
): Promise<readonly Assessment[]> {
  const namespace = presence.namespaces.readable(name);
  if (limit > SUSPECTS_MAX) throw new InvalidRequestError('limit', `${limit} is more than ${SUSPECTS_MAX}`);
  const userIds = presence.tracker.suspects(namespace, SUSPECTS_JUDGED_MAX);
  const phiOf = ({ suspicion }: Assessment) => suspicion?.phi ?? 0;
  return (await presence.reads.assessAll(namespace, userIds))
    .filter(({ status }) => status === 'SUSPECT')
    .sort((a, b) => phiOf(b) - phiOf(a))
    .slice(0, limit || SUSPECTS_DEFAULT);
}

export async function inspectUser(
  { presence }: ApiContext,
  { namespace, userId }: InspectUserRequest__Output,
  { permit }: Asker,
): Promise<InspectUserResponse> {
  const inspection = await presence.reads.inspect(
    presence.namespaces.readable(namespace),
    validId('user_id', userId),
    permit.seesUnseen,
  );
  return inspectionMessage(inspection);
}

export async function drain(
  { presence, log }: ApiContext,
  { origin, graceMs }: DrainRequest__Output,
  asker: Asker,
): Promise<DrainResponse> {
  if (graceMs > GRACE_MS_MAX) {
    throw new InvalidRequestError('grace_ms', `${graceMs} is more than ${GRACE_MS_MAX}, one day`);
  }
  const users = presence.doubt.holds.drain(validOrigin(origin), graceMs);
  audit(log, asker, 'Drain', { origin, graceMs, users });
  return { users };
}
