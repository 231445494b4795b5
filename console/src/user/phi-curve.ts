import type { CurvePoint } from '../api/messages.js';

/** φ after a silence (ms), between the points of a curve; beyond its last point, that one's. 0 where there is no curve. */
export function phiAt(curve: readonly CurvePoint[], silenceMs: number): number {
  const after = firstBeyond(curve, silenceMs);
  const right = curve[after] ?? curve.at(-1);
  const left = curve[after - 1] ?? right;
  if (!left || !right) return 0;
  const widthMs = right.silenceMs - left.silenceMs;
  const share = widthMs > 0 ? Math.min(1, Math.max(0, (silenceMs - left.silenceMs) / widthMs)) : 0;
  return left.phi + share * (right.phi - left.phi);
}

/** Index of the first point beyond a silence; the length where none is. */
function firstBeyond(curve: readonly CurvePoint[], silenceMs: number): number {
  let from = 0;
  let to = curve.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((curve[middle] as CurvePoint).silenceMs > silenceMs) to = middle;
    else from = middle + 1;
  }
  return from;
}

interface Trace {
  /** ms since the last heartbeat, ascending; negative before it. */
  readonly atMs: number[];
  readonly phi: number[];
}

/** So many points a silence of the past is drawn by. */
const POINTS_A_SILENCE = 24;

/**
 * φ over the silences that ended within `pastMs` before the last heartbeat, and over the present one up to
 * `futureMs`. All by the present curve: what was learned since, it did not know then. φ is cut off at `phiMax`.
 */
export function traceOf(
  { curve, intervalsMs }: { readonly curve: readonly CurvePoint[]; readonly intervalsMs: readonly number[] },
  {
    pastMs,
    futureMs,
    phiMax,
  }: { readonly pastMs: number; readonly futureMs: number; readonly phiMax: number },
): Trace {
  const atMs: number[] = [];
  const phi: number[] = [];
  const add = (time: number, silenceMs: number) => {
    atMs.push(time);
    phi.push(Math.min(phiMax, phiAt(curve, silenceMs)));
  };
  for (const { endMs, lengthMs } of recentSilences(intervalsMs, pastMs)) {
    for (let i = 0; i <= POINTS_A_SILENCE; i++) {
      const silenceMs = (lengthMs * i) / POINTS_A_SILENCE;
      if (endMs - lengthMs + silenceMs >= -pastMs) add(endMs - lengthMs + silenceMs, silenceMs);
    }
  }
  const coming = curve.map(({ silenceMs }) => silenceMs).filter((silenceMs) => silenceMs < futureMs);
  for (const silenceMs of [...coming, futureMs]) add(silenceMs, silenceMs);
  return { atMs, phi };
}

/** Those that ended within `pastMs` before the last heartbeat, oldest first; times count from that heartbeat. */
function recentSilences(
  intervalsMs: readonly number[],
  pastMs: number,
): { endMs: number; lengthMs: number }[] {
  const silences: { endMs: number; lengthMs: number }[] = [];
  let endMs = 0;
  for (let i = intervalsMs.length - 1; i >= 0 && endMs > -pastMs; i--) {
    const lengthMs = Math.max(0, intervalsMs[i] as number);
    silences.unshift({ endMs, lengthMs });
    endMs -= lengthMs;
  }
  return silences;
}
