import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Cost, GetQualityResponse, NamespaceTuning } from '../api/messages.js';
import { count, duration, threshold } from '../format.js';
import { chosenNamespace } from '../namespaces.js';
import { failure, followQuality, known } from '../quality-feed.js';
import { Panel } from '../view/panel.js';
import { Empty, Failure, Loading } from '../view/state.js';
import { Confirmation, type Proposal } from './confirmation.js';
import { CostChart } from './cost-chart.js';
import { DryRunPanel } from './dry-run-panel.js';
import { HistoryPanel } from './history-panel.js';
import { intentsText } from './intent-text.js';
import { ThresholdChoice } from './threshold-choice.js';
import { type Candidates, moved, nearest, withCurrent } from './what-if.js';

/** What would happen if a threshold were another one. */
export function TuningPage() {
  const namespace = chosenNamespace.value;
  useEffect(() => followQuality(namespace), [namespace]);
  return (
    <>
      <h1 class="sr-only">Tuning</h1>
      {failure.value !== undefined && <Failure error={failure.value} />}
      {known.value ? (
        <NamespaceTuner key={namespace} namespace={namespace} known={known.value} />
      ) : (
        failure.value === undefined && <Loading what={`what thresholds cost ${namespace}`} />
      )}
    </>
  );
}

interface TunerProps {
  readonly namespace: string;
  readonly known: GetQualityResponse;
}

function NamespaceTuner({ namespace, known: { tuning, quality, dryRun } }: TunerProps) {
  const [chosen, setChosen] = useState<Candidates>();
  const [proposal, setProposal] = useState<Proposal>();
  const { suspect, offline } = quality ?? {};
  const whatIf = quality?.whatIf ?? [];
  const candidates = chosen ?? { suspect: suspect?.phi ?? 0, offline: offline?.phi ?? 0 };
  const current = useMemo(() => [suspect, offline].filter(isCost), [suspect, offline]);
  const tried = useMemo(
    () =>
      [costAt(whatIf, suspect, candidates.suspect), costAt(whatIf, offline, candidates.offline)].filter(
        isCost,
      ),
    [whatIf, suspect, offline, candidates.suspect, candidates.offline],
  );
  if (!tuning || !quality || !suspect || !offline || whatIf.length === 0) {
    return (
      <Empty title="Nothing was counted yet">What thresholds cost is known once heartbeats have come.</Empty>
    );
  }
  const isChanged = candidates.suspect !== suspect.phi || candidates.offline !== offline.phi;
  return (
    <>
      <Summary tuning={tuning} sessions={quality.sessions} onClear={() => setProposal(clearing(tuning))} />
      <div class="grid halves">
        <ThresholdChoice
          status="SUSPECT"
          whatIf={whatIf}
          chosen={candidates.suspect}
          current={suspect}
          onChoose={(phi) => setChosen(moved(candidates, 'suspect', phi))}
        />
        <ThresholdChoice
          status="OFFLINE"
          whatIf={whatIf}
          chosen={candidates.offline}
          current={offline}
          onChoose={(phi) => setChosen(moved(candidates, 'offline', phi))}
        />
      </div>
      <Actions
        isChanged={isChanged}
        onReset={() => setChosen(undefined)}
        onTry={(dryRunMs) => setProposal(trying(candidates, dryRunMs))}
        onApply={() => setProposal(applying(namespace, candidates, tuning))}
      />
      <div class="grid halves">
        <Panel title="What each threshold costs" aside={`${count(quality.arrivals)} silences counted`}>
          <CostChart whatIf={whatIf} current={current} chosen={tried} />
        </Panel>
        <div class="stack">
          <DryRunPanel dryRun={dryRun} onStop={() => setProposal(stopping)} />
          <HistoryPanel tuning={tuning} />
        </div>
      </div>
      {proposal && (
        <Confirmation namespace={namespace} proposal={proposal} onDone={() => setProposal(undefined)} />
      )}
    </>
  );
}

const costAt = (whatIf: readonly Cost[], current: Cost | undefined, phi: number): Cost | undefined =>
  current && nearest(withCurrent(whatIf, current), phi);

const isCost = (cost: Cost | undefined): cost is Cost => cost !== undefined;

function Summary({
  tuning,
  sessions,
  onClear,
}: {
  readonly tuning: NamespaceTuning;
  readonly sessions: number;
  readonly onClear: () => void;
}) {
  const isSet = tuning.source === 'THRESHOLD_SOURCE_RUNTIME';
  return (
    <div class="summary">
      <p>
        <strong>{tuning.namespace}</strong> is judged by model <strong>{tuning.model}</strong>:{' '}
        {intentsText(isSet ? tuning.set : tuning.configured)}
        <span class="muted">
          {' · '}
          {isSet ? 'set at run time' : 'by the configuration'} · {count(sessions)} sessions · gone after{' '}
          {duration(tuning.maxSilenceMs)} whatever φ says
        </span>
      </p>
      {isSet && (
        <button class="button" type="button" onClick={onClear}>
          Back to the configuration …
        </button>
      )}
    </div>
  );
}

const HOUR_MS = 3_600_000;
const DRY_RUNS_MS = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS];

interface ActionsProps {
  readonly isChanged: boolean;
  readonly onReset: () => void;
  readonly onTry: (dryRunMs: number) => void;
  readonly onApply: () => void;
}

function Actions({ isChanged, onReset, onTry, onApply }: ActionsProps) {
  const [dryRunMs, setDryRunMs] = useState(24 * HOUR_MS);
  return (
    <div class="actions">
      <label class="field">
        <span>Dry run for</span>
        <select
          class="select"
          value={dryRunMs}
          onChange={({ currentTarget }) => setDryRunMs(Number(currentTarget.value))}
        >
          {DRY_RUNS_MS.map((ms) => (
            <option key={ms} value={ms}>
              {duration(ms)}
            </option>
          ))}
        </select>
      </label>
      <button class="button" type="button" onClick={() => onTry(dryRunMs)}>
        Try …
      </button>
      <button class="button primary" type="button" disabled={!isChanged} onClick={onApply}>
        Apply …
      </button>
      <button class="button" type="button" disabled={!isChanged} onClick={onReset}>
        Reset
      </button>
    </div>
  );
}

const both = ({ suspect, offline }: Candidates): string =>
  `SUSPECT from φ ${threshold(suspect)}, OFFLINE from φ ${threshold(offline)}`;
const intentsOf = ({ suspect, offline }: Candidates) => ({
  suspect: { phi: suspect },
  offline: { phi: offline },
});

const applying = (namespace: string, phis: Candidates, tuning: NamespaceTuning): Proposal => ({
  title: `Set the thresholds of ${namespace}?`,
  consequence: (
    <p>
      {both(phis)}, in place of φ {threshold(tuning.suspectPhi)} and {threshold(tuning.offlinePhi)}: on every
      node within two seconds, also through restarts. Whoever watches by the thresholds of the namespace is
      told of every status that is another by them.
    </p>
  ),
  verb: 'Set',
  request: intentsOf(phis),
});

const trying = (phis: Candidates, dryRunMs: number): Proposal => ({
  title: `Try for ${duration(dryRunMs)}?`,
  consequence: (
    <p>
      {both(phis)}. Nothing changes: what they would call wrongly is counted, in place of the dry run before.
    </p>
  ),
  verb: 'Start',
  request: { ...intentsOf(phis), dryRun: true, dryRunMs },
});

const stopping: Proposal = {
  title: 'Stop the dry run?',
  consequence: <p>Its counts stay until another one begins.</p>,
  verb: 'Stop',
  request: { clear: true, dryRun: true },
};

const clearing = (tuning: NamespaceTuning): Proposal => ({
  title: 'Back to the configuration?',
  consequence: <p>{intentsText(tuning.configured)}, as the configuration file of each node says.</p>,
  verb: 'Clear',
  request: { clear: true },
});
