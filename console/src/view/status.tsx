import type { Status } from '../api/messages.js';

const CLASSES: Readonly<Record<Status, string>> = {
  UNKNOWN: 'is-unknown',
  ONLINE: 'is-online',
  SUSPECT: 'is-suspect',
  OFFLINE: 'is-offline',
};

/** A shape for each, so that the colour is never needed to tell them apart: disc, triangle, ring, dashed ring. */
export function StatusShape({ status }: { readonly status: Status }) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true">
      {status === 'ONLINE' && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {status === 'SUSPECT' && <path d="M6 .8 11.600 11H.4z" fill="currentColor" />}
      {status === 'OFFLINE' && (
        <circle cx="6" cy="6" r="4.200" fill="none" stroke="currentColor" stroke-width="2.200" />
      )}
      {status === 'UNKNOWN' && (
        <circle
          cx="6"
          cy="6"
          r="4.600"
          fill="none"
          stroke="currentColor"
          stroke-width="1.400"
          stroke-dasharray="2 2"
        />
      )}
    </svg>
  );
}

export function StatusBadge({
  status,
  large = false,
}: {
  readonly status: Status;
  readonly large?: boolean;
}) {
  return (
    <span class={`status ${CLASSES[status]}${large ? ' large' : ''}`}>
      <StatusShape status={status} />
      {status}
    </span>
  );
}
