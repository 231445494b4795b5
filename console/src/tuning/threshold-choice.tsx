import { useId } from 'preact/hooks';
import type { Cost, Status } from '../api/messages.js';
import { count, duration, ratio, significant, threshold } from '../format.js';
import { Panel } from '../view/panel.js';
import { StatusBadge } from '../view/status.js';
import { nearest, withCurrent } from './what-if.js';

interface ThresholdChoiceProps {
  readonly status: Extract<Status, 'SUSPECT' | 'OFFLINE'>;
  /** Every candidate, by ascending φ. */
  readonly whatIf: readonly Cost[];
  /** The φ that is tried out. */
  readonly chosen: number;
  /** What the threshold in force costs. */
  readonly current: Cost;
  readonly onChoose: (phi: number) => void;
}

const DAY_MS = 86_400_000;

/** A threshold to turn, and at once what it would cost against the one in force. */
export function ThresholdChoice({ status, whatIf, chosen, current, onChoose }: ThresholdChoiceProps) {
  const id = useId();
  const choices = withCurrent(whatIf, current);
  const cost = nearest(choices, chosen);
  if (!cost) return null;
  const alarms = cost.falseAlarmsPerUserDay;
  return (
    <Panel title={<StatusBadge status={status} />} aside={`now φ ${threshold(current.phi)}`}>
      <div class="choice">
        <label for={id}>
          from φ <strong class="chosen-phi">{threshold(cost.phi)}</strong>
        </label>
        <input
          id={id}
          class="range"
          type="range"
          min={0}
          max={choices.length - 1}
          step={1}
          value={choices.indexOf(cost)}
          aria-valuetext={`φ ${threshold(cost.phi)}: ${significant(alarms)} false alarms a user-day, detected after ${duration(cost.detectionMeanMs)}`}
          onInput={({ currentTarget }) => {
            const candidate = choices[currentTarget.valueAsNumber];
            if (candidate) onChoose(candidate.phi);
          }}
        />
        <div class="ends small muted" aria-hidden="true">
          <span>sooner, more often wrong</span>
          <span>later, more often right</span>
        </div>
      </div>
      <dl class="figures costs">
        <Figure
          name="false alarms"
          unit="/user-day"
          value={significant(alarms)}
          change={ratio(alarms, current.falseAlarmsPerUserDay)}
          note={`${alarms > 0 ? `once in ${duration(DAY_MS / alarms)} of a session` : 'none'}${cost.extrapolated ? ', extrapolated' : ''}`}
        />
        <Figure
          name="detection"
          value={duration(cost.detectionMeanMs)}
          change={ratio(cost.detectionMeanMs, current.detectionMeanMs)}
          note={`99 of 100 within ${duration(cost.detectionP99Ms)}`}
        />
        <Figure
          name="flaps"
          unit="/h"
          value={significant(cost.flapsPerHour)}
          change={ratio(cost.flapsPerHour, current.flapsPerHour)}
          note={`of the whole fleet; ${count(cost.alarms)} silences reached it`}
        />
      </dl>
    </Panel>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  /** Against the threshold in force. */
  readonly change: string;
  readonly note: string;
}

function Figure({ name, value, unit, change, note }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span data-figure={name}>{value}</span>
        {unit !== undefined && <span class="unit"> {unit}</span>}
        <span class={`change${change === 'same' ? ' muted' : ''}`}>{change}</span>
        <span class="note">{note}</span>
      </dd>
    </div>
  );
}
