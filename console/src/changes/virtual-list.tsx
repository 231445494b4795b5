import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Rows beyond the edges that are there already, so that a quick flick shows no gap. */
const OVERSCAN = 8;

interface VirtualListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => number;
  readonly rowPx: number;
  /** The cells of the row above them all, which stays. */
  readonly head: ComponentChildren;
  readonly row: (item: Item) => ComponentChildren;
  /** Hears whether the first row is seen; a list that goes away leaves nobody in the middle of it. */
  readonly onScrolled: (isAtTop: boolean) => void;
}

/** Thousands of rows of one height, of which only those that are seen are there. */
export function VirtualList<Item>({
  label,
  items,
  keyOf,
  rowPx,
  head,
  row,
  onScrolled,
}: VirtualListProps<Item>) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ first: 0, last: 40 });
  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowPx) - OVERSCAN);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowPx) + OVERSCAN;
      setSeen((before) => (before.first === first && before.last === last ? before : { first, last }));
      onScrolled(element.scrollTop < rowPx);
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      resized.disconnect();
      onScrolled(true);
    };
  }, [rowPx]);
  return (
    <div
      class="virtual"
      ref={place}
      role="table"
      aria-label={label}
      aria-rowcount={items.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
    >
      <div role="row" class="virtual-head">
        {head}
      </div>
      <div role="rowgroup" class="virtual-body" style={{ height: `${items.length * rowPx}px` }}>
        {items.slice(seen.first, seen.last).map((item, i) => (
          <div
            key={keyOf(item)}
            class="virtual-row"
            role="row"
            aria-rowindex={seen.first + i + 2}
            style={{ height: `${rowPx}px`, transform: `translateY(${(seen.first + i) * rowPx}px)` }}
          >
            {row(item)}
          </div>
        ))}
      </div>
    </div>
  );
}
