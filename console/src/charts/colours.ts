const NAMES = [
  'text',
  'muted',
  'line',
  'line-strong',
  'accent',
  'online',
  'suspect',
  'offline',
  'surface',
] as const;
type Name = (typeof NAMES)[number];

/** The tokens of the theme as a canvas takes them. */
export type Colours = Readonly<Record<Name, string>> & { readonly font: string };

/** Asks the browser what the tokens are now: a custom property by itself still says light-dark(). */
export function coloursOf(element: HTMLElement): Colours {
  const probe = document.createElement('span');
  element.append(probe);
  const colours = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Record<Name, string>;
  const font = `11px ${getComputedStyle(probe).fontFamily}`;
  probe.remove();
  return { ...colours, font };
}

/** A colour as coloursOf gives it, see-through: `rgb(1, 2, 3)` at 0 to 1. */
export const faint = (colour: string, opacity: number): string =>
  colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
