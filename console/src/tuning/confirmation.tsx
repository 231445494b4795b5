import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SetThresholdsRequest } from '../api/messages.js';
import { setThresholds } from '../quality-feed.js';
import { Failure } from '../view/state.js';

/** A change that is about to be made, in words and as it is sent. */
export interface Proposal {
  readonly title: string;
  readonly consequence: ComponentChildren;
  readonly verb: string;
  readonly request: SetThresholdsRequest;
}

const KEY = 'phid.author';
/** As the service limits it, in bytes; of ASCII that is as many characters. */
const AUTHOR_MAX = 128;

/** Asks whether it is meant, and by whom: the name goes with the change to everybody who looks later. */
export function Confirmation({
  namespace,
  proposal,
  onDone,
}: {
  readonly namespace: string;
  readonly proposal: Proposal;
  readonly onDone: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [failure, setFailure] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const author = String(new FormData(event.currentTarget as HTMLFormElement).get('author')).trim();
    setSending(true);
    try {
      await setThresholds(namespace, { ...proposal.request, author });
      remember(author);
      dialog.current?.close();
    } catch (error) {
      setFailure(error);
      setSending(false);
    }
  };
  return (
    <dialog class="dialog" ref={dialog} onClose={onDone} aria-labelledby="confirmation-title">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="confirmation-title">{proposal.title}</h2>
        <div>{proposal.consequence}</div>
        <label class="field">
          <span>Your name, for those who come later</span>
          <input
            class="input"
            name="author"
            required
            pattern=".*\S.*"
            maxLength={AUTHOR_MAX}
            defaultValue={remembered()}
            autocomplete="name"
          />
        </label>
        {failure !== undefined && <Failure error={failure} />}
        <div class="actions end">
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button class="button primary" type="submit" disabled={isSending}>
            {proposal.verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function remembered(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return ''; // storage may be forbidden
  }
}

function remember(author: string): void {
  try {
    localStorage.setItem(KEY, author);
  } catch {} // then it is asked for again
}
