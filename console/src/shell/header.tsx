import { isAdmitted } from '../api/asker.js';
import { fleetStream } from '../fleet/fleet-feed.js';
import { choices, chosenNamespace } from '../namespaces.js';
import { href, navigate, PAGES, type Page, route } from '../router.js';
import { AskerSign } from '../session/asker-sign.js';
import { THEMES, theme } from '../theme.js';

const TITLES: Readonly<Record<Page, string>> = {
  fleet: 'Fleet',
  user: 'User',
  tuning: 'Tuning',
  changes: 'Changes',
};

export function Header() {
  const { page } = route.value;
  const namespace = route.value.namespace;
  return (
    <header class="header">
      <div>
        <a class="brand" href={href({ page: 'fleet', namespace })} aria-label="phid, to the fleet">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path
              d="M16 5v22M16 10c-5 0-7.500 2.600-7.500 6s2.500 6 7.500 6 7.500-2.600 7.500-6-2.500-6-7.500-6z"
              fill="none"
              stroke="var(--on-accent)"
              stroke-width="2.600"
            />
          </svg>
          phid
        </a>
        {isAdmitted.value && (
          <nav class="nav" aria-label="Pages">
            {PAGES.map((name) => (
              <a
                key={name}
                href={href({ page: name, namespace })}
                aria-current={name === page ? 'page' : undefined}
              >
                {TITLES[name]}
              </a>
            ))}
          </nav>
        )}
        <div class="header-end">
          {isAdmitted.value && <NamespaceChoice />}
          <ThemeChoice />
          <AskerSign />
        </div>
      </div>
    </header>
  );
}

function NamespaceChoice() {
  const known = choices.value;
  const chosen = chosenNamespace.value;
  const isLive = fleetStream.connection.value.state === 'live';
  const names = chosen === '' || known.includes(chosen) ? known : [chosen, ...known];
  return (
    <label class="namespace" title={isLive ? 'Events arrive' : 'No events arrive'}>
      <span class={`live-dot${isLive ? ' on' : ''}`} aria-hidden="true" />
      <span class="sr-only">Namespace</span>
      <select
        class="select"
        value={chosen}
        onChange={({ currentTarget }) => navigate({ page: route.value.page, namespace: currentTarget.value })}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

const THEME_SIGNS = { system: 'Auto', light: 'Light', dark: 'Dark' } as const;

function ThemeChoice() {
  return (
    <fieldset class="switch theme">
      <legend class="sr-only">Theme</legend>
      {THEMES.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={theme.value === name}
            onChange={() => {
              theme.value = name;
            }}
          />
          {THEME_SIGNS[name]}
        </label>
      ))}
    </fieldset>
  );
}
