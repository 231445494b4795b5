import { signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Cause, Status } from '../api/messages.js';
import type { Stream } from '../api/stream.js';
import { count } from '../format.js';
import { chosenNamespace } from '../namespaces.js';
import { causeText } from '../view/cause.js';
import { Empty, Failure, Loading } from '../view/state.js';
import { followChanges, log, logVersion } from './change-feed.js';
import { ENTRIES_MAX, type Entry, type Filter } from './change-log.js';
import { ChangeRow, columns } from './change-row.js';
import { VirtualList } from './virtual-list.js';

const EVERYTHING: Filter = { cause: '', status: '', prefix: '' };
const ROW_PX = 34;
/** Where a row has two lines. */
const NARROW_ROW_PX = 58;
const narrow = matchMedia('(max-width: 40rem)');
const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});

/** Every status change of a namespace, as it happens. */
export function ChangesPage() {
  const namespace = chosenNamespace.value;
  return (
    <>
      <h1 class="sr-only">Changes</h1>
      {namespace === '' ? <Loading what="namespaces" /> : <Feed key={namespace} namespace={namespace} />}
    </>
  );
}

function Feed({ namespace }: { readonly namespace: string }) {
  const [stream, setStream] = useState<Stream>();
  const [filter, setFilter] = useState(EVERYTHING);
  const isPaused = useSignal(false);
  const isAtTop = useSignal(true);
  useEffect(() => {
    const opened = followChanges(namespace);
    setStream(opened);
    return () => opened.close();
  }, [namespace]);

  // Who reads further down, or has paused, keeps what is there: rows that move away cannot be read.
  const isHeld = useComputed(() => isPaused.value || !isAtTop.value);
  const shown = useShown(filter, isHeld.value);
  const missed = log.total - shown.total;
  const connection = stream?.connection.value;
  if (connection?.state === 'refused') return <Failure error={connection.error} />;
  return (
    <>
      <div class="actions">
        <Filters filter={filter} onFilter={setFilter} />
        <button
          class="button"
          type="button"
          aria-pressed={isPaused.value}
          onClick={() => {
            isPaused.value = !isPaused.value;
          }}
        >
          {isPaused.value ? 'Resume' : 'Pause'}
        </button>
        <p class="small muted feed-state" data-testid="feed-state">
          {feedText({ isHeld: isHeld.value, missed, shown: shown.entries.length })}
        </p>
      </div>
      {connection?.state === 'connecting' && shown.entries.length === 0 ? (
        <Loading what="changes" />
      ) : shown.entries.length === 0 ? (
        <Empty title={filter === EVERYTHING ? 'Nothing has changed yet' : 'Nothing passes the filter'}>
          Changes are shown from the moment when you look, the last {count(ENTRIES_MAX)} of them.
        </Empty>
      ) : (
        <VirtualList
          label="Status changes, the newest first"
          items={shown.entries}
          keyOf={({ sequence }) => sequence}
          rowPx={isNarrow.value ? NARROW_ROW_PX : ROW_PX}
          head={columns.map((column) => (
            <span key={column.title} role="columnheader" class={'class' in column ? column.class : undefined}>
              {column.title}
            </span>
          ))}
          row={(entry) => <ChangeRow entry={entry} namespace={namespace} />}
          onScrolled={(atTop) => {
            isAtTop.value = atTop;
          }}
        />
      )}
    </>
  );
}

interface Shown {
  readonly entries: readonly Entry[];
  /** What the log had counted when they were taken from it. */
  readonly total: number;
}

/** What passes the filter now; while it is held, what did when it began to be, as long as the filter is the same. */
function useShown(filter: Filter, isHeld: boolean): Shown {
  const version = logVersion.value;
  const present = useMemo(
    () => ({ entries: log.newestFirst(filter), total: log.total }),
    [filter, isHeld ? -1 : version],
  );
  const held = useRef({ filter, present });
  if (!isHeld || held.current.filter !== filter) held.current = { filter, present };
  return held.current.present;
}

function feedText({
  isHeld,
  missed,
  shown,
}: {
  readonly isHeld: boolean;
  readonly missed: number;
  readonly shown: number;
}): string {
  if (!isHeld) return `${count(shown)} shown, live`;
  return missed > 0 ? `held; ${count(missed)} new` : 'held';
}

const CAUSES: readonly Cause[] = [
  'SUSPICION',
  'HEARTBEAT',
  'FIRST_SEEN',
  'LEAVE',
  'RELEASED',
  'THRESHOLDS',
  'FORGOTTEN',
];
const STATUSES: readonly Status[] = ['ONLINE', 'SUSPECT', 'OFFLINE', 'UNKNOWN'];

function Filters({
  filter,
  onFilter,
}: {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}) {
  return (
    <>
      <label class="field">
        <span>User begins with</span>
        <input
          class="input mono"
          value={filter.prefix}
          placeholder="any"
          spellcheck={false}
          onInput={({ currentTarget }) => onFilter({ ...filter, prefix: currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Status</span>
        <select
          class="select"
          value={filter.status}
          onChange={({ currentTarget }) =>
            onFilter({ ...filter, status: currentTarget.value as Filter['status'] })
          }
        >
          <option value="">any</option>
          {STATUSES.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Cause</span>
        <select
          class="select"
          value={filter.cause}
          onChange={({ currentTarget }) =>
            onFilter({ ...filter, cause: currentTarget.value as Filter['cause'] })
          }
        >
          <option value="">any</option>
          {CAUSES.map((cause) => (
            <option key={cause} value={cause}>
              {causeText[cause]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
