import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A section with a title, and on its right what belongs to all of it. */
export function Panel({
  title,
  aside,
  children,
}: {
  readonly title: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="small muted">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
