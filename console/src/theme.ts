import { effect, signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const KEY = 'phid.theme';

/** What was chosen last on this machine. */
export const theme = signal<Theme>(remembered());

/** Counts changes of the colours that are seen, by choice or by the system: what is drawn on a canvas is drawn again. */
export const coloursVersion = signal(0);

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {} // storage may be forbidden; then the choice lasts as long as the page
  coloursVersion.value = coloursVersion.peek() + 1;
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  coloursVersion.value += 1;
});

function remembered(): Theme {
  try {
    return THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}
