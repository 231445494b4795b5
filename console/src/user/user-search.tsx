import { useEffect, useState } from 'preact/hooks';
import type { ListSuspectsResponse, Suspicion } from '../api/messages.js';
import { get, isForbidden, pathOf } from '../api/request.js';
import { phi } from '../format.js';
import { href, navigate } from '../router.js';
import { Panel } from '../view/panel.js';
import { Empty, Failure } from '../view/state.js';
import { StatusBadge } from '../view/status.js';

export function UserSearch({ namespace, userId }: { readonly namespace: string; readonly userId: string }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = new FormData(event.currentTarget as HTMLFormElement).get('user');
    if (typeof wanted === 'string' && wanted !== '') navigate({ page: 'user', namespace, userId: wanted });
  };
  return (
    <search>
      <form class="actions" onSubmit={submit}>
        <label class="field search">
          <span>User of {namespace}</span>
          <input
            class="input mono"
            name="user"
            key={userId}
            defaultValue={userId}
            placeholder="user id, exactly"
            autocomplete="off"
            spellcheck={false}
            required
          />
        </label>
        <button class="button primary" type="submit">
          Inspect
        </button>
      </form>
    </search>
  );
}

const SUSPECTS = 20;
const REFRESH_MS = 2_000;

/** Who is worth a look while nobody is chosen: the most suspicious. */
export function Suspects({ namespace }: { readonly namespace: string }) {
  const [suspicions, setSuspicions] = useState<readonly Suspicion[]>();
  const [refusal, setRefusal] = useState<unknown>();
  useEffect(() => {
    if (namespace === '') return;
    const ended = new AbortController();
    const load = () =>
      get<ListSuspectsResponse>(
        `${pathOf('namespaces', namespace, 'suspects')}?limit=${SUSPECTS}`,
        ended.signal,
      ).then(
        (answer) => setSuspicions(answer.suspicions),
        (error) => {
          // Otherwise asked again soon; that nothing answers, the banner says.
          if (!isForbidden(error)) return;
          setRefusal(error);
          clearInterval(timer);
        },
      );
    const timer = setInterval(() => {
      if (!document.hidden) void load();
    }, REFRESH_MS);
    void load();
    return () => {
      clearInterval(timer);
      ended.abort();
    };
  }, [namespace]);
  if (refusal !== undefined) return <Failure error={refusal} />;
  return (
    <Panel title="Most suspicious now" aside="of those whom this node counts or watches">
      {suspicions === undefined || suspicions.length === 0 ? (
        <Empty title={suspicions ? 'Nobody is SUSPECT' : 'Looking for suspects …'}>
          Who is, is listed here, the highest φ first.
        </Empty>
      ) : (
        <ul class="suspects">
          {suspicions.map((suspicion) => (
            <li key={suspicion.userId}>
              <a href={href({ page: 'user', namespace, userId: suspicion.userId })} class="mono">
                {suspicion.userId}
              </a>
              <StatusBadge status={suspicion.status} />
              <span class="number">φ {phi(suspicion.phi ?? 0)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
