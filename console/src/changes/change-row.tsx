import { duration, phi } from '../format.js';
import { href } from '../router.js';
import { causeText } from '../view/cause.js';
import { StatusBadge } from '../view/status.js';
import { ClockTime } from '../view/time.js';
import type { Entry } from './change-log.js';

/** What the cells say, in their order. */
export const columns = [
  { title: 'time' },
  { title: 'user' },
  { title: 'status' },
  { title: 'cause' },
  { title: 'φ', class: 'number phi-cell' },
  { title: 'silent for', class: 'number silence-cell' },
] as const satisfies readonly { title: string; class?: string }[];

/** The cells of one entry. */
export function ChangeRow({ entry, namespace }: { readonly entry: Entry; readonly namespace: string }) {
  if ('note' in entry) {
    return (
      <>
        <span role="cell" class="muted">
          <ClockTime at={entry.atMs} />
        </span>
        <span role="cell" class="note-cell">
          {entry.note}
        </span>
      </>
    );
  }
  const { userId, previous, status, cause, suspicion, at } = entry.change;
  const isSilent = cause !== 'LEAVE' && (status === 'SUSPECT' || status === 'OFFLINE');
  return (
    <>
      <span role="cell" class="muted">
        {at !== undefined && <ClockTime at={at} />}
      </span>
      <span role="cell" class="user-cell">
        <a class="mono" href={href({ page: 'user', namespace, userId })}>
          {userId}
        </a>
      </span>
      <span role="cell" class="statuses">
        <StatusBadge status={previous} />
        <span class="muted">
          <span aria-hidden="true">→</span>
          <span class="sr-only">to</span>
        </span>
        <StatusBadge status={status} />
      </span>
      <span role="cell">{causeText[cause]}</span>
      <span role="cell" class="number phi-cell">
        {suspicion?.phi === undefined ? '' : phi(suspicion.phi)}
      </span>
      <span role="cell" class="number muted silence-cell">
        {isSilent && suspicion ? duration(suspicion.elapsedMs) : ''}
      </span>
    </>
  );
}
