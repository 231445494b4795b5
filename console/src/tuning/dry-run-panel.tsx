import type { DryRun, Mistakes, Status } from '../api/messages.js';
import { count, duration, ratio, significant, threshold } from '../format.js';
import { Panel } from '../view/panel.js';
import { ScrollX } from '../view/scroll-x.js';
import { Empty } from '../view/state.js';
import { StatusBadge } from '../view/status.js';
import { secondTick } from '../view/ticking.js';
import { Ago } from '../view/time.js';
import { intentsText } from './intent-text.js';

/** What thresholds that are only counted get wrong, beside those in force in the same time. */
export function DryRunPanel({
  dryRun,
  onStop,
}: {
  readonly dryRun: DryRun | undefined;
  readonly onStop: () => void;
}) {
  if (!dryRun) {
    return (
      <Panel title="Dry run">
        <Empty title="None yet">
          A dry run counts what other thresholds would have called wrongly, beside the real ones. Nobody is
          told of it.
        </Empty>
      </Panel>
    );
  }
  const rows: readonly (readonly [Status, number, Mistakes | undefined, Mistakes | undefined])[] = [
    ['SUSPECT', dryRun.suspectPhi, dryRun.suspect, dryRun.suspectInForce],
    ['OFFLINE', dryRun.offlinePhi, dryRun.offline, dryRun.offlineInForce],
  ];
  return (
    <Panel title="Dry run" aside={<Progress dryRun={dryRun} />}>
      <div class="stack">
        <p>
          {intentsText(dryRun.intents)}
          <span class="muted">
            {' · '}by {dryRun.author}
            {dryRun.begunAt !== undefined && (
              <>
                , begun <Ago at={dryRun.begunAt} />
              </>
            )}
            {' · '}
            {count(dryRun.arrivals)} silences in {significant(dryRun.userDays)} user-days
          </span>
        </p>
        <ScrollX label="Table of mistakes">
          <table>
            <thead>
              <tr>
                <th scope="col">mistakes</th>
                <th scope="col" class="number">
                  φ tried
                </th>
                <th scope="col" class="number">
                  by it
                </th>
                <th scope="col" class="number">
                  in force
                </th>
                <th scope="col" class="number">
                  change
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([status, phi, tried, inForce]) => (
                <tr key={status}>
                  <td>
                    <StatusBadge status={status} />
                  </td>
                  <td class="number">{threshold(phi)}</td>
                  <td class="number">{significant(tried?.count ?? 0)}</td>
                  <td class="number">{significant(inForce?.count ?? 0)}</td>
                  <td class="number">{ratio(tried?.count ?? 0, inForce?.count ?? 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
        {!dryRun.ended && (
          <div class="actions">
            <button class="button" type="button" onClick={onStop}>
              Stop the dry run …
            </button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Progress({ dryRun: { ended, endsAt } }: { readonly dryRun: DryRun }) {
  if (ended) return <>has ended</>;
  if (endsAt === undefined) return <>running</>;
  return <>running, {duration(Math.max(0, Date.parse(endsAt) - secondTick.value))} to go</>;
}
