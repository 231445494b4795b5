import type { FleetHold } from '../api/messages.js';
import { StatusShape } from '../view/status.js';
import { ClockTime } from '../view/time.js';

/** What phid doubts at present: for each hold one banner, and one when the node itself is blind. */
export function Holds({
  holds,
  degraded,
}: {
  readonly holds: readonly FleetHold[];
  readonly degraded: boolean;
}) {
  return (
    <>
      {degraded && (
        <div class="banner danger" role="alert">
          <strong>Blind</strong>
          <span>This node cannot follow the store or record heartbeats: statuses may be stale.</span>
        </div>
      )}
      {holds.map((hold) => (
        <div
          class="banner is-suspect"
          role="status"
          key={`${hold.namespace} ${hold.origin} ${hold.cause} ${hold.from}`}
        >
          <span class="status">
            <StatusShape status="SUSPECT" />
            {hold.cause === 'CAUSE_DRAIN' ? 'DRAIN' : 'MASS SILENCE'}
          </span>
          <span>
            <Origin hold={hold} />{' '}
            {hold.cause === 'CAUSE_DRAIN'
              ? 'is drained: nobody of it is suspected'
              : 'fell silent at once: OFFLINE is withheld from its users'}
            {hold.until !== undefined && (
              <>
                {' until '}
                <ClockTime at={hold.until} />
              </>
            )}
            .
          </span>
        </div>
      ))}
    </>
  );
}

function Origin({ hold: { namespace, origin } }: { readonly hold: FleetHold }) {
  return (
    <>
      {origin === '' ? 'What names no origin' : <code>{origin}</code>}
      {namespace !== '' && (
        <>
          {' in '}
          <code>{namespace}</code>
        </>
      )}
    </>
  );
}
