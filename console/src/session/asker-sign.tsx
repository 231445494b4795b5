import { useState } from 'preact/hooks';
import { asker } from '../api/asker.js';
import { signOut } from './session.js';

/** Who looks, and the way out. Nothing where nobody has to say. */
export function AskerSign() {
  const [hasFailed, setHasFailed] = useState(false);
  const known = asker.value;
  if (typeof known !== 'object') return null;
  const title = `${known.caller}: ${known.roles.join(', ')}`;
  return (
    <div class="asker">
      <span class="small muted" title={title}>
        {known.caller}
      </span>
      <button class="button" type="button" onClick={() => signOut().catch(() => setHasFailed(true))}>
        {hasFailed ? 'Sign out: try again' : 'Sign out'}
      </button>
    </div>
  );
}
