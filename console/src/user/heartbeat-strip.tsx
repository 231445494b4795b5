import type { InspectedSession } from '../api/messages.js';
import { duration } from '../format.js';

const WIDTH = 1_000;
const HEIGHT = 28;

/** The last heartbeats as they came, the newest on the right; silences that were suspicious are marked below. */
export function HeartbeatStrip({
  session: { intervalsMs, suspectAtMs },
}: {
  readonly session: InspectedSession;
}) {
  const spanMs = intervalsMs.reduce((sum, intervalMs) => sum + intervalMs, 0);
  if (spanMs <= 0) return null;
  const ends: number[] = [0];
  for (const intervalMs of intervalsMs) ends.push((ends.at(-1) as number) + intervalMs);
  const x = (ms: number) => (ms / spanMs) * (WIDTH - 4) + 2;
  const longestMs = Math.max(...intervalsMs);
  const late = intervalsMs.filter((intervalMs) => intervalMs >= suspectAtMs).length;
  const said = `${ends.length} heartbeats in ${duration(spanMs)}; longest silence ${duration(longestMs)}${
    late > 0 ? `; ${late} suspicious` : ''
  }`;
  return (
    <figure class="strip">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {ends.map((ms, i) => (
          <line key={i} x1={x(ms)} x2={x(ms)} y1="2" y2={HEIGHT - 8} class="beat" />
        ))}
        {intervalsMs.map((intervalMs, i) =>
          intervalMs >= suspectAtMs && suspectAtMs > 0 ? (
            <line
              key={i}
              x1={x(ends[i] as number)}
              x2={x(ends[i + 1] as number)}
              y1={HEIGHT - 3}
              y2={HEIGHT - 3}
              class="late"
            />
          ) : null,
        )}
      </svg>
      <figcaption class="small muted">{said}</figcaption>
    </figure>
  );
}
