import { useRef, useState } from 'preact/hooks';
import { asker } from '../api/asker.js';
import { ApiError } from '../api/request.js';
import { signIn } from './session.js';

/** Instead of any page, where phid wants to know who looks. */
export function SignIn() {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const [isAsking, setIsAsking] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setIsAsking(true);
    setProblem(undefined);
    try {
      await signIn(input.current?.value.trim() ?? '');
    } catch (error) {
      setProblem(problemText(error));
      setIsAsking(false);
      input.current?.select();
    }
  };
  return (
    <form class="sign-in panel" onSubmit={submit}>
      <h1>Sign in</h1>
      {asker.value === 'ended' && (
        <p role="status">
          Your session has ended: its token is not known any more. What you looked at is there again once you
          sign in.
        </p>
      )}
      <label class="field">
        <span>Token</span>
        <input
          class="input mono"
          type="password"
          name="token"
          autocomplete="current-password"
          required
          ref={input}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? 'token-hint' : 'token-problem token-hint'}
        />
      </label>
      {problem !== undefined && (
        <p class="problem" id="token-problem" role="alert">
          {problem}
        </p>
      )}
      <button class="button primary" type="submit" disabled={isAsking}>
        {isAsking ? 'Signing in …' : 'Sign in'}
      </button>
      <p class="small muted" id="token-hint">
        That of a caller, as <code>phid token new</code> makes them. The browser keeps it in a cookie that no
        script can read, until you sign out.
      </p>
    </form>
  );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  INVALID_ARGUMENT: 'This cannot be a token: one has letters, digits and . _ ~ + / - only.',
  UNAUTHENTICATED: 'No caller has this token.',
  RESOURCE_EXHAUSTED: 'Too many tries. Wait a little, then try again.',
};

function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  return PROBLEMS[error.code] ?? error.message;
}
