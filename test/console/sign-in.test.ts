import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Node, startNode } from '../support/node.js';
import { NodeFiles, tokenPair } from '../support/secure-node.js';
import { ConsoleBrowser, untilText } from './browser.js';

const browser = new ConsoleBrowser();
const [operator, watcher, guest] = [tokenPair(), tokenPair(), tokenPair()];
const CALLERS = {
  operator: { roles: ['query', 'watch', 'tune', 'ingest'], tokens: [operator.hash] },
  watcher: { roles: ['watch'], namespaces: ['default'], tokens: [watcher.hash] },
};

let files: NodeFiles;
let node: Node;
beforeAll(async () => {
  files = await NodeFiles.create();
  files.writeCallers({ ...CALLERS, guest: { roles: ['query', 'watch'], tokens: [guest.hash] } });
  node = await startNode({ access: files.access });
  await node.seed({ userId: 'alice', intervalMs: 60_000, n: 20, agoMs: 0 });
});
afterAll(() => node.stop());

async function open(route: string, view = {}): Promise<Page> {
  browser.expectRefusal();
  const page = await browser.open(node, route, view);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  return page;
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const FORBIDDEN = '[role="alert"]';

describe('whoever looks and is not known', () => {
  it('is asked for a token, and then sees the page that the address names, until they sign out', async () => {
    const page = await open('user/default/alice');
    expect(await page.title()).toBe('sign in · phid');
    expect(await page.getByRole('navigation').count()).toBe(0);
    await signIn(page, ` ${operator.token} `);
    await untilText(page, '[data-testid="status"]', 'ONLINE');
    await page.getByText('operator', { exact: true }).waitFor();
    expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage })')).not.toContain(
      'phid_',
    );
    await page.reload();
    await untilText(page, '[data-testid="status"]', 'ONLINE');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it.each([
    ['of nobody', 'phid_wrong', 'No caller has this token.'],
    ['that can be none', 'not a token', 'This cannot be a token'],
  ])(
    'is told what is wrong with a token %s, beside the field, and may try again',
    async (_, token, problem) => {
      const page = await open('fleet');
      await signIn(page, token);
      await untilText(page, '[role="alert"]', problem);
      const field = page.getByLabel('Token');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await field.getAttribute('aria-describedby')).toContain(
        await page.getByRole('alert').getAttribute('id'),
      );
      await signIn(page, operator.token);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    },
  );

  it('is told to wait where there were too many tries, or that nobody answers', async () => {
    const page = await open('fleet');
    const error = { code: 'RESOURCE_EXHAUSTED', message: 'too many' };
    await page.route('**/api/v1/session', (route) => route.fulfill({ status: 429, json: { error } }));
    await signIn(page, operator.token);
    await untilText(page, '[role="alert"]', 'Too many tries. Wait a little, then try again.');
    await page.route('**/api/v1/session', (route) => route.abort('connectionrefused'));
    browser.expectOutage();
    await signIn(page, operator.token);
    await untilText(page, '[role="alert"]', 'phid does not answer.');
  });

  it.each(['light', 'dark'] as const)(
    'finds a form without violations in the %s theme, also narrow',
    async (theme) => {
      const page = await open('fleet', { theme, widthPx: 390 });
      await signIn(page, 'phid_wrong');
      await page.getByRole('alert').waitFor();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      expect(violations.map(({ id }) => id)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      await signIn(page, operator.token);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    },
  );
});

it('a session that ends while one looks asks for a token again, and says why', async () => {
  const page = await open('user/default/alice');
  await signIn(page, guest.token);
  await untilText(page, '[data-testid="status"]', 'ONLINE');
  files.writeCallers(CALLERS);
  await untilText(page, '[role="status"]', 'Your session has ended');
  await signIn(page, operator.token);
  await untilText(page, '[data-testid="status"]', 'ONLINE');
});

describe('a caller without the role of a page', () => {
  it.each([
    ['fleet', 'watcher has not the role query, which GetFleet needs'],
    ['user/default', 'watcher has not the role query, which ListSuspects needs'],
    ['user/default/alice', 'watcher has not the role query, which InspectUser needs'],
    ['tuning/default', 'watcher has not the role query, which GetQuality needs'],
  ])('is told on %s which one that is', async (route, message) => {
    const page = await open(route);
    await signIn(page, watcher.token);
    await untilText(page, FORBIDDEN, message);
  });

  it('sees the pages of the roles that they have, for their namespace', async () => {
    const page = await open('changes');
    await signIn(page, watcher.token);
    await untilText(page, '[data-testid="feed-state"]', 'live');
    expect(await page.getByRole('combobox', { name: 'Namespace' }).inputValue()).toBe('default');
  });
});

it('where there are no callers nobody is asked for a token', async () => {
  const open = await startNode();
  try {
    const page = await browser.open(open, 'fleet');
    await page.getByRole('combobox', { name: 'Namespace' }).waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  } finally {
    await open.stop();
  }
});
