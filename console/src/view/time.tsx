import { clock, exact, roughly } from '../format.js';
import { secondTick } from './ticking.js';

/** How long ago, the exact time as its title. */
export function Ago({ at }: { readonly at: string | number }) {
  const epochMs = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(epochMs).toISOString()} title={exact(epochMs)}>
      {roughly(secondTick.value - epochMs)} ago
    </time>
  );
}

/** The time of day, the date in its title. */
export function ClockTime({ at }: { readonly at: string | number }) {
  const epochMs = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(epochMs).toISOString()} title={exact(epochMs)}>
      {clock(epochMs)}
    </time>
  );
}
