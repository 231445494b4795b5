import { useEffect, useState } from 'preact/hooks';
import type { InspectUserResponse, StatusChange } from '../api/messages.js';
import { phi } from '../format.js';
import { chosenNamespace } from '../namespaces.js';
import { route } from '../router.js';
import { causeText } from '../view/cause.js';
import { Panel } from '../view/panel.js';
import { ScrollX } from '../view/scroll-x.js';
import { Empty, Failure, Loading } from '../view/state.js';
import { StatusBadge } from '../view/status.js';
import { Ago, ClockTime } from '../view/time.js';
import { type Inspection, inspect } from './inspection.js';
import { SessionPanel } from './session-panel.js';
import { Suspects, UserSearch } from './user-search.js';

/** Why a user is what they are. */
export function UserPage() {
  const namespace = chosenNamespace.value;
  const { userId } = route.value;
  return (
    <>
      <h1 class="sr-only">User</h1>
      <UserSearch namespace={namespace} userId={userId} />
      {userId === '' || namespace === '' ? (
        <Suspects namespace={namespace} />
      ) : (
        <InspectedUser key={`${namespace} ${userId}`} namespace={namespace} userId={userId} />
      )}
    </>
  );
}

function InspectedUser({ namespace, userId }: { readonly namespace: string; readonly userId: string }) {
  const [inspection, setInspection] = useState<Inspection>();
  useEffect(() => {
    const opened = inspect(namespace, userId);
    setInspection(opened);
    return () => opened.close();
  }, [namespace, userId]);
  const failure = inspection?.failure.value;
  if (failure !== undefined) return <Failure error={failure} />;
  const user = inspection?.user.value;
  if (!inspection || !user) return <Loading what={userId} />;
  return (
    <>
      <Verdict userId={userId} user={user} />
      <div class="grid sessions">
        {user.sessions.map((session, i) => (
          <SessionPanel key={session.sessionId} session={session} user={user} isLiveliest={i === 0} />
        ))}
      </div>
      <Happened changes={inspection.changes.value} untold={inspection.untold.value} />
    </>
  );
}

function Verdict({ userId, user }: { readonly userId: string; readonly user: InspectUserResponse }) {
  const { suspicion, why, withheld } = user;
  const status = suspicion?.status ?? 'UNKNOWN';
  return (
    <section class="verdict" aria-label="Status">
      <div>
        <h2 class="mono">{userId}</h2>
        <span aria-live="polite" data-testid="status">
          <StatusBadge status={status} large />
        </span>
        {suspicion?.lastSeen !== undefined && (
          <span class="muted">
            last heard <Ago at={suspicion.lastSeen} />
          </span>
        )}
        {withheld && <span class="muted">a worse status is withheld</span>}
      </div>
      <p class="why" data-testid="why">
        {why}
      </p>
    </section>
  );
}

function Happened({
  changes,
  untold,
}: {
  readonly changes: readonly StatusChange[];
  readonly untold: unknown;
}) {
  return (
    <Panel title="Changes while you look">
      {untold !== undefined ? (
        <Failure error={untold} />
      ) : changes.length === 0 ? (
        <Empty title="None yet" />
      ) : (
        <ScrollX label="Table of changes">
          <table>
            <thead>
              <tr>
                <th scope="col">at</th>
                <th scope="col">from</th>
                <th scope="col">to</th>
                <th scope="col">cause</th>
                <th scope="col" class="number">
                  φ
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.version}>
                  <td>{change.at !== undefined && <ClockTime at={change.at} />}</td>
                  <td>
                    <StatusBadge status={change.previous} />
                  </td>
                  <td>
                    <StatusBadge status={change.status} />
                  </td>
                  <td>{causeText[change.cause]}</td>
                  <td class="number">
                    {change.suspicion?.phi === undefined ? '–' : phi(change.suspicion.phi)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </Panel>
  );
}
