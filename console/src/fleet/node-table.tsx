import type { FleetNode } from '../api/messages.js';
import { count, phi, rate } from '../format.js';
import { href } from '../router.js';
import { Panel } from '../view/panel.js';
import { ScrollX } from '../view/scroll-x.js';
import { Empty } from '../view/state.js';
import { StatusBadge } from '../view/status.js';
import { Ago } from '../view/time.js';

/** Nodes are watched as users are, in a namespace of their own. */
const NODES = 'phid.nodes';

/** The nodes of the deployment as they judge each other: by φ, as users are. */
export function NodeTable({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  return (
    <Panel
      title="Nodes"
      aside={`${count(nodes.filter(({ status }) => status === 'ONLINE').length)} of ${nodes.length} online`}
    >
      {nodes.length === 0 ? (
        <Empty title="No node has said a word yet" />
      ) : (
        <ScrollX label="Table of nodes">
          <table>
            <thead>
              <tr>
                <th scope="col">node</th>
                <th scope="col">status</th>
                <th scope="col" class="number">
                  φ
                </th>
                <th scope="col" class="number">
                  shards
                </th>
                <th scope="col" class="number">
                  heartbeats /s
                </th>
                <th scope="col">heard</th>
                <th scope="col">version</th>
              </tr>
            </thead>
            <tbody>
              {nodes.map((node) => (
                <tr key={node.id}>
                  <th scope="row" class="node">
                    <a href={href({ page: 'user', namespace: NODES, userId: node.id })} class="mono">
                      {node.id.trim()}
                    </a>
                    {node.answering && <span class="muted"> answers you</span>}
                  </th>
                  <td>
                    <StatusBadge status={node.status} />
                  </td>
                  <td class="number">{node.phi === undefined ? '–' : phi(node.phi)}</td>
                  <td class="number">{count(node.shards)}</td>
                  <td class="number">{rate(node.heartbeatsPerSecond)}</td>
                  <td>{node.lastSeen === undefined ? '–' : <Ago at={node.lastSeen} />}</td>
                  <td>{node.version}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </Panel>
  );
}
