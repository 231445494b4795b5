import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENTRIES_MAX } from '../../console/src/changes/change-log.js';
import { received } from '../support/heartbeat.js';
import { type Node, startNode } from '../support/node.js';
import { ConsoleBrowser, untilText } from './browser.js';

let node: Node;
beforeEach(async () => {
  node = await startNode();
});
afterEach(() => node.stop());
const browser = new ConsoleBrowser();

const beat = (userId: string) => node.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone' } });
const rows = (page: Page) => page.locator('.virtual-row');

/** Opens the feed, and waits until it is followed: changes from before are not told. */
async function open(): Promise<Page> {
  const page = await browser.open(node, 'changes/default');
  let n = 0;
  await expect
    .poll(
      async () => {
        await beat(`first-${n++}`);
        return rows(page).count();
      },
      { interval: 100, timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  return page;
}

/** First heartbeats of many users at once. */
async function arrive(prefix: string, users: number): Promise<void> {
  const { presence } = node.service;
  const receivedMs = presence.clock.nowMs();
  const heartbeats = Array.from({ length: users }, (_, i) =>
    received({ userId: `${prefix}-${i}`, receivedMs }),
  );
  await presence.ingest.record(presence.namespaces.get(''), heartbeats);
}

describe('the feed of changes', () => {
  it('shows every change as it happens, and leads to the user', async () => {
    const page = await open();
    await beat('alice');
    await rows(page)
      .filter({ hasText: /alice.*UNKNOWN.*ONLINE.*first seen/ })
      .waitFor();
    await node.call('Leave', { userId: 'alice' });
    await rows(page)
      .filter({ hasText: /alice.*ONLINE.*OFFLINE.*left/ })
      .waitFor();
    await page.getByRole('link', { name: 'alice' }).first().click();
    await untilText(page, '[data-testid="status"]', 'OFFLINE');
  });

  it('shows only what passes the filter', async () => {
    const page = await open();
    await beat('alice');
    await beat('bob');
    await rows(page).filter({ hasText: 'bob' }).waitFor();
    await page.getByLabel('User begins with').fill('al');
    await rows(page).filter({ hasText: 'bob' }).waitFor({ state: 'detached' });
    expect(await rows(page).count()).toBe(1);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('OFFLINE');
    await page.getByText('Nothing passes the filter').waitFor();
    await node.call('Leave', { userId: 'alice' });
    await rows(page)
      .filter({ hasText: /alice.*OFFLINE/ })
      .waitFor();
    await page.getByRole('combobox', { name: 'Cause' }).selectOption('SUSPICION');
    await page.getByText('Nothing passes the filter').waitFor();
  });

  it('stands still while it is paused, says how many came meanwhile, and shows them then', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Pause' }).click();
    await untilText(page, '[data-testid="feed-state"]', 'held');
    await arrive('later', 10);
    await untilText(page, '[data-testid="feed-state"]', /held; \d+ new/);
    expect(await rows(page).filter({ hasText: 'later' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await rows(page).filter({ hasText: 'later-9' }).waitFor();
  });

  it('keeps no more than its limit, and of those only the rows that are seen are there', async () => {
    const page = await open();
    await arrive('many', ENTRIES_MAX + 500);
    const table = page.getByRole('table');
    await expect
      .poll(() => table.getAttribute('aria-rowcount'), { timeout: 10_000 })
      .toBe(String(ENTRIES_MAX + 1)); // with the head
    expect(await rows(page).count()).toBeLessThan(80);
    await table.press('End');
    await page.locator(`[aria-rowindex="${ENTRIES_MAX + 1}"]`).waitFor();
    await arrive('later', 10); // whoever reads further down keeps what is there
    await untilText(page, '[data-testid="feed-state"]', /held; \d+ new/);
    await table.press('Home');
    await rows(page).filter({ hasText: 'later-9' }).waitFor();
  });

  it('goes on when a filter leaves nothing of a list that somebody was in the middle of', async () => {
    const page = await open();
    await arrive('many', 200);
    const table = page.getByRole('table');
    await expect
      .poll(async () => Number(await table.getAttribute('aria-rowcount')), { timeout: 10_000 })
      .toBeGreaterThan(200);
    await table.press('End');
    await untilText(page, '[data-testid="feed-state"]', 'held');
    await page.getByLabel('User begins with').fill('al');
    await page.getByText('Nothing passes the filter').waitFor();
    await beat('alice');
    await rows(page).filter({ hasText: 'alice' }).waitFor();
  });

  it('says since when it was not followed, after another page', async () => {
    const page = await open();
    await page.getByRole('link', { name: 'Fleet', exact: true }).click();
    await page.getByLabel('Table of nodes').waitFor();
    await page.getByRole('link', { name: 'Changes' }).click();
    await rows(page)
      .filter({ hasText: /Not followed since \d\d:\d\d:\d\d/ })
      .waitFor();
  });
});
