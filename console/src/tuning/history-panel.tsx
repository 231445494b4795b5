import type { NamespaceTuning } from '../api/messages.js';
import { duration } from '../format.js';
import { Panel } from '../view/panel.js';
import { ScrollX } from '../view/scroll-x.js';
import { Empty } from '../view/state.js';
import { Ago } from '../view/time.js';
import { intentsText } from './intent-text.js';

type Change = NamespaceTuning['changes'][number];

/** Who changed thresholds at run time, the newest first. */
export function HistoryPanel({ tuning: { changes } }: { readonly tuning: NamespaceTuning }) {
  return (
    <Panel title="History">
      {changes.length === 0 ? (
        <Empty title="Nobody has changed these thresholds at run time" />
      ) : (
        <ScrollX label="Table of threshold changes">
          <table>
            <thead>
              <tr>
                <th scope="col">when</th>
                <th scope="col">who</th>
                <th scope="col">what</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.at}>
                  <td>{change.at !== undefined && <Ago at={change.at} />}</td>
                  <td title={change.peer}>{change.author}</td>
                  <td>{whatOf(change)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </Panel>
  );
}

function whatOf({ set, dryRun, dryRunMs }: Change): string {
  if (!set) return dryRun ? 'ended the dry run' : 'went back to the configuration';
  return dryRun ? `dry run for ${duration(dryRunMs)}: ${intentsText(set)}` : intentsText(set);
}
