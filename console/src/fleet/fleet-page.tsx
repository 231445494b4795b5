import { useEffect } from 'preact/hooks';
import type { NamespaceCensus } from '../api/messages.js';
import { count, rate, threshold } from '../format.js';
import { chosenNamespace, namespaces } from '../namespaces.js';
import { failure, followQuality, known } from '../quality-feed.js';
import { href } from '../router.js';
import { Panel } from '../view/panel.js';
import { ScrollX } from '../view/scroll-x.js';
import { Failure, Loading } from '../view/state.js';
import { fleet, fleetStream } from './fleet-feed.js';
import { Holds } from './holds.js';
import { NodeTable } from './node-table.js';
import { CalibrationPanel, MistakesPanel } from './quality-panels.js';
import { StatusTiles } from './status-tiles.js';

/** How the fleet is, and whether what is said of it can be relied on. */
export function FleetPage() {
  const namespace = chosenNamespace.value;
  useEffect(() => followQuality(namespace), [namespace]);
  const connection = fleetStream.connection.value;
  if (connection.state === 'refused') {
    return (
      <>
        <h1 class="sr-only">Fleet</h1>
        <Failure error={connection.error} />
      </>
    );
  }
  if (fleet.value === undefined) return <Loading what="the fleet" />;
  const { namespaces: censuses, nodes, holds, degraded } = fleet.value;
  const census = censuses.find((candidate) => candidate.namespace === namespace);
  const counted = known.value?.quality;
  return (
    <>
      <h1 class="sr-only">Fleet</h1>
      <Holds holds={holds} degraded={degraded} />
      {census && <StatusTiles census={census} />}
      {failure.value !== undefined && <Failure error={failure.value} />}
      <div class="grid wide-narrow">
        <div class="stack">
          <NodeTable nodes={nodes} />
          <NamespaceTable censuses={censuses} chosen={namespace} />
        </div>
        <div class="stack">
          {counted ? (
            <>
              <CalibrationPanel quality={counted} />
              <MistakesPanel quality={counted} />
            </>
          ) : (
            <Loading what="the quality of service" />
          )}
        </div>
      </div>
    </>
  );
}

function NamespaceTable({
  censuses,
  chosen,
}: {
  readonly censuses: readonly NamespaceCensus[];
  readonly chosen: string;
}) {
  const tunings = new Map(namespaces.value?.map((tuning) => [tuning.namespace, tuning]));
  return (
    <Panel title="Namespaces">
      <ScrollX label="Table of namespaces">
        <table>
          <thead>
            <tr>
              <th scope="col">namespace</th>
              <th scope="col" class="number">
                online
              </th>
              <th scope="col" class="number">
                suspect
              </th>
              <th scope="col" class="number">
                offline
              </th>
              <th scope="col" class="number">
                heartbeats /s
              </th>
              <th scope="col" class="number">
                suspect φ
              </th>
              <th scope="col" class="number">
                offline φ
              </th>
            </tr>
          </thead>
          <tbody>
            {censuses.map((census) => {
              const tuning = tunings.get(census.namespace);
              return (
                <tr key={census.namespace}>
                  <th scope="row">
                    <a
                      href={href({ page: 'fleet', namespace: census.namespace })}
                      aria-current={census.namespace === chosen}
                    >
                      {census.namespace}
                    </a>
                    {!census.complete && <span class="muted"> still counting</span>}
                  </th>
                  <td class="number">{count(Number(census.online))}</td>
                  <td class="number">{count(Number(census.suspect))}</td>
                  <td class="number">{count(Number(census.offline))}</td>
                  <td class="number">{rate(census.heartbeatsPerSecond)}</td>
                  <td class="number">{tuning ? threshold(tuning.suspectPhi) : '–'}</td>
                  <td class="number">{tuning ? threshold(tuning.offlinePhi) : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}
