import { LEAVE_SKEW_US, leave, type SessionRecord } from './session.js';
import type { UserRecord } from './user.js';

/** Sessions that others are shown of a user who is invisible: those that gave a sign last. It bounds the record. */
export const SHOWN_SESSIONS_MAX = 8;

/**
 * Makes `user` visible or invisible (changed in place), as was said at `atUs`; returns whether that is the last word. What was
 * said before it, and comes late, is not. Who is said to be invisible again is shown as of the first time.
 */
export function recordVisibility(
  user: UserRecord,
  visible: boolean,
  { atUs, nowUs }: { readonly atUs: number; readonly nowUs: number },
): boolean {
  const { visibility } = user;
  // What is of the future was said before the store's clock was set back.
  const lastUs = visibility && visibility.sinceUs <= nowUs ? visibility.sinceUs : 0;
  if (atUs < lastUs - LEAVE_SKEW_US) return false;
  const sinceUs = Math.max(atUs, lastUs);
  const shown = visible ? undefined : (visibility?.shown ?? asLeft(user.sessions, atUs));
  user.visibility = { sinceUs, shown };
  return true;
}

/** Copies of sessions as a leave at `atUs` would have left them, and no heartbeat since. */
function asLeft(sessions: readonly SessionRecord[], atUs: number): SessionRecord[] {
  const signUs = ({ lastUs, baseUs }: SessionRecord) => Math.max(lastUs, baseUs);
  const latest = [...sessions].sort((a, b) => signUs(b) - signUs(a)).slice(0, SHOWN_SESSIONS_MAX);
  return sessions
    .filter((session) => latest.includes(session))
    .map((session) => {
      const { adaptive, lastUs, window } = session;
      const copy: SessionRecord = {
        ...session,
        // It may have been heard before this was recorded, and after it was said.
        lastUs: Math.min(lastUs, atUs),
        adaptive: adaptive && { ...adaptive, beyond: [...adaptive.beyond] },
        window: window.copy(),
      };
      leave(copy, atUs);
      return copy;
    });
}

/** Forgets the sessions, and what others are shown of them: the retention is over. Whether the user is visible is kept. */
export function forget(user: UserRecord): void {
  user.sessions.length = 0;
  const { visibility } = user;
  if (visibility?.shown) user.visibility = { ...visibility, shown: [] };
}
