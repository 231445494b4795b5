import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { storeNowMs } from '../api/store-clock.js';

function everyMs(ms: number): ReadonlySignal<number> {
  const now = signal(storeNowMs());
  setInterval(() => {
    if (!document.hidden) now.value = storeNowMs();
  }, ms);
  return now;
}

/** ms since the epoch by the store's clock, once a second: for texts such as "4 s ago". */
export const secondTick = everyMs(1_000);

/** The same ten times a second: faster, a figure cannot be read. */
export const figureTick = everyMs(100);

/** Calls `draw` before every frame while the component is there. */
export function useFrames(draw: () => void): void {
  const latest = useRef(draw);
  latest.current = draw;
  useEffect(() => {
    let request = requestAnimationFrame(function frame() {
      latest.current();
      request = requestAnimationFrame(frame);
    });
    return () => cancelAnimationFrame(request);
  });
}
