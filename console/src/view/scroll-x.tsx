import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Content that may be wider than its place. Only then is it a stop of the keyboard: it has to be, to be scrolled by it. */
export function ScrollX({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  const place = useRef<HTMLElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = place.current as HTMLElement;
    const resized = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  return (
    <section class="scroll-x" ref={place} aria-label={label} tabIndex={isWide ? 0 : undefined}>
      {children}
    </section>
  );
}
