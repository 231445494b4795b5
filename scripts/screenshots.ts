// Makes the pictures of docs/console/ from the demo fleet: every page, wide and narrow, light and dark. `npm run screenshots`.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.js';
import { freePort } from '../test/support/redis-server.js';

const TARGET = 'docs/console';
const USER = 'doze-1';
const USERS = 120;
const WIDTHS_PX = [1_440, 390] as const;
const THEMES = ['light', 'dark'] as const;

/** What the fleet has learned by then, and done, makes a picture. */
const PLAY_MS = 60_000;

/** Charts are drawn anew in the colours of another theme. */
const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

interface Shot {
  readonly name: string;
  readonly route: string;
  /** Brings the page into a state worth a picture. */
  readonly prepare: (page: Page) => Promise<void>;
}

const SHOTS: readonly Shot[] = [
  {
    name: 'fleet',
    route: 'fleet/demo',
    prepare: async (page) => page.locator('.tile-value').first().waitFor(),
  },
  { name: 'user', route: `user/demo/${USER}`, prepare: untilSilent },
  { name: 'tuning', route: 'tuning/demo', prepare: chooseOthers },
  {
    name: 'changes',
    route: 'changes/demo',
    prepare: async (page) => page.locator('.virtual-row').first().waitFor(),
  },
];

/** The user dozes every now and then: for so long that there is something to see. */
async function untilSilent(page: Page): Promise<void> {
  const why = page.getByTestId('why').filter({ hasText: /silent for ([5-9]|1\d)/ });
  await why.waitFor({ timeout: 2 * PLAY_MS });
}

async function chooseOthers(page: Page): Promise<void> {
  const reset = page.getByRole('button', { name: 'Reset' });
  if (await reset.isEnabled()) await reset.click();
  for (const slider of await page.getByRole('slider').all()) {
    for (let i = 0; i < 5; i++) await slider.press('ArrowRight');
    await slider.blur();
  }
}

/** Its counts are seen on the page of tuning. */
async function startDryRun(url: string): Promise<void> {
  const thresholds = { suspect: { phi: 2 }, offline: { phi: 3 } };
  const body = { ...thresholds, dryRun: true, dryRunMs: 86_400_000, author: 'ada' };
  const response = await fetch(`${url}/api/v1/namespaces/demo/thresholds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Runs `phid demo` on free ports; resolves with its HTTP address, and how to end it, when it plays. */
async function startDemo(): Promise<{ url: string; stop: () => void }> {
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const addresses = ['--grpc-addr', `127.0.0.1:${grpcPort}`, '--http-addr', `127.0.0.1:${httpPort}`];
  const demo = spawn(process.execPath, ['dist/cli/main.js', 'demo', '--users', String(USERS), ...addresses], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: demo.stdout })) if (line !== '') break;
  demo.stdout.resume();
  return { url: `http://127.0.0.1:${httpPort}`, stop: () => demo.kill() };
}

/** Opened at the start, so that a page has seen what its picture shows. */
async function openAll(browser: Browser, url: string) {
  const wanted = SHOTS.flatMap((shot) => WIDTHS_PX.map((widthPx) => ({ shot, widthPx })));
  return Promise.all(
    wanted.map(async ({ shot, widthPx }) => {
      // A context each: of one, a browser opens no more than six connections to a host.
      const context = await browser.newContext({ viewport: { width: widthPx, height: 760 } });
      const page = await context.newPage();
      await page.goto(`${url}/#/${shot.route}`);
      return { shot, widthPx, page };
    }),
  );
}

const demo = await startDemo();
const browser = await launchChromium();
try {
  await startDryRun(demo.url);
  const opened = await openAll(browser, demo.url);
  await new Promise((resolve) => setTimeout(resolve, PLAY_MS));
  for (const { shot, widthPx, page } of opened) {
    await shot.prepare(page);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(TWO_FRAMES);
      await page.screenshot({ path: `${TARGET}/${shot.name}-${widthPx}-${colorScheme}.png`, fullPage: true });
    }
  }
} finally {
  await browser.close();
  demo.stop();
}
