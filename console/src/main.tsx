import { effect } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { asker, isAdmitted } from './api/asker.js';
import { ChangesPage } from './changes/changes-page.js';
import { FleetPage } from './fleet/fleet-page.js';
import { followNamespaces } from './namespaces.js';
import { type Page, route } from './router.js';
import { askWhoLooks } from './session/session.js';
import { SignIn } from './session/sign-in.js';
import { ConnectionBanner } from './shell/connection-banner.js';
import { Header } from './shell/header.js';
import { TuningPage } from './tuning/tuning-page.js';
import { UserPage } from './user/user-page.js';
import { Loading } from './view/state.js';
import './style/tokens.css';
import './style/base.css';
import './style/layout.css';
import './style/controls.css';
import './style/figures.css';
import './style/pages.css';
import './style/feed.css';

const PAGE_VIEWS: Readonly<Record<Page, () => preact.JSX.Element>> = {
  fleet: FleetPage,
  user: UserPage,
  tuning: TuningPage,
  changes: ChangesPage,
};

function App() {
  const { page } = route.value;
  const View = PAGE_VIEWS[page];
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    scrollTo(0, 0);
  }, [page]);
  return (
    <>
      <button class="skip" type="button" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <Header />
      <main class="main" tabIndex={-1} ref={main}>
        {isAdmitted.value ? (
          <>
            <ConnectionBanner />
            <View />
          </>
        ) : asker.value === 'unknown' ? (
          <Loading what="the console" />
        ) : (
          <SignIn />
        )}
      </main>
    </>
  );
}

effect(() => {
  const { page, userId } = route.value;
  if (asker.value === 'nobody' || asker.value === 'ended') document.title = 'sign in · phid';
  else document.title = userId === '' ? `${page} · phid` : `${userId} · phid`;
});
void askWhoLooks().then(followNamespaces);
render(<App />, document.getElementById('app') as HTMLElement);
