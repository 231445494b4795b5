import { useEffect, useState } from 'preact/hooks';
import type { InspectedSession, InspectUserResponse, Status } from '../api/messages.js';
import { storeNowMs } from '../api/store-clock.js';
import { duration, phi } from '../format.js';
import { StatusBadge } from '../view/status.js';
import { figureTick } from '../view/ticking.js';
import { Ago } from '../view/time.js';
import { HeartbeatStrip } from './heartbeat-strip.js';
import { phiAt } from './phi-curve.js';
import { SilenceChart } from './silence-chart.js';
import { WindowChart } from './window-chart.js';

interface SessionPanelProps {
  readonly session: InspectedSession;
  readonly user: InspectUserResponse;
  /** Of a user with several, only the liveliest says how alive they are; the others wait to be opened. */
  readonly isLiveliest: boolean;
}

/** One session: how suspicious it is at this moment, and what that is made of. */
export function SessionPanel({ session, user, isLiveliest }: SessionPanelProps) {
  const { sessionId, origin, left, lastSeen } = session;
  const [isOpen, setOpen] = useState(isLiveliest);
  useEffect(() => setOpen(isLiveliest), [isLiveliest]);
  return (
    <details
      class="panel session"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <h2>
          Session <code>{sessionId}</code>
        </h2>
        <span class="small muted">
          {left ? 'left' : 'heard'} {lastSeen !== undefined && <Ago at={lastSeen} />}
          {origin !== '' && <> through {origin}</>}
        </span>
      </summary>
      {left ? (
        <p class="muted">It ended gracefully: there is nothing to suspect.</p>
      ) : (
        isOpen && <Suspected session={session} user={user} />
      )}
    </details>
  );
}

interface SuspectedProps {
  readonly session: InspectedSession;
  readonly user: InspectUserResponse;
}

function Suspected({ session, user }: SuspectedProps) {
  const { suspectPhi, offlinePhi } = user;
  const silenceMs = silenceOf(session, user);
  return (
    <div class="session-body">
      <Present session={session} user={user} silenceMs={silenceMs} />
      <figure>
        <SilenceChart
          session={session}
          suspectPhi={suspectPhi}
          offlinePhi={offlinePhi}
          silenceMs={silenceMs}
        />
        <figcaption class="small muted">
          φ against time since the last heartbeat, at 0 s. Left of it the silences before, by the curve of
          now.
        </figcaption>
      </figure>
      <div class="session-window">
        <h3>Window: {session.samples === 1 ? '1 interval' : `${session.samples} intervals`}</h3>
        <WindowChart session={session} />
        <HeartbeatStrip session={session} />
      </div>
    </div>
  );
}

/** Carries the silence on from the moment of the message, by the store's clock. */
function silenceOf(session: InspectedSession, { now }: InspectUserResponse): () => number {
  const saidAtMs = now === undefined ? storeNowMs() : Date.parse(now);
  return () => session.silenceMs + Math.max(0, storeNowMs() - saidAtMs);
}

/** The figures that move. */
function Present({ session, user, silenceMs }: SuspectedProps & { readonly silenceMs: () => number }) {
  void figureTick.value;
  const ms = silenceMs();
  const level = ms >= user.maxSilenceMs && user.maxSilenceMs > 0 ? 1_000 : phiAt(session.curve, ms);
  const status: Status =
    level >= user.offlinePhi ? 'OFFLINE' : level >= user.suspectPhi ? 'SUSPECT' : 'ONLINE';
  return (
    <dl class="figures">
      <div>
        <dt>φ now</dt>
        <dd data-figure="phi">
          {phi(level)} <StatusBadge status={status} />
        </dd>
      </div>
      <div>
        <dt>silent for</dt>
        <dd>
          {duration(ms)}
          {session.blindMs > 0 && (
            <span class="note">{duration(session.blindMs)} more do not count: nobody could hear</span>
          )}
        </dd>
      </div>
      <Crossing name="SUSPECT" atMs={session.suspectAtMs} silenceMs={ms} />
      <Crossing name="OFFLINE" atMs={session.offlineAtMs} silenceMs={ms} />
      <div>
        <dt>expected interval</dt>
        <dd>
          {duration(session.meanMs)} <span class="unit">± {duration(session.stddevMs)}</span>
          {(session.warming || session.declaredMs > 0) && (
            <span class="note">
              {session.warming
                ? 'still warming: the prior takes part'
                : `declared ${duration(session.declaredMs)}`}
            </span>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Crossing({
  name,
  atMs,
  silenceMs,
}: {
  readonly name: string;
  readonly atMs: number;
  readonly silenceMs: number;
}) {
  const leftMs = atMs - silenceMs;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {leftMs > 0 ? `in ${duration(leftMs)}` : `${duration(-leftMs)} ago`}
        <span class="note">at {duration(atMs)} of silence</span>
      </dd>
    </div>
  );
}
