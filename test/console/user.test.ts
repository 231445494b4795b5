import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceSettings } from '../../src/service.js';
import { type Node, startNode, timestampMs } from '../support/node.js';
import { namespaceSettings } from '../support/settings.js';
import { ConsoleBrowser, untilText } from './browser.js';

let node: Node;
afterEach(() => node.stop());
const browser = new ConsoleBrowser();

/** SUSPECT after about 1.9 s of silence, OFFLINE after about 2.3 s. */
const WIDE = { namespaces: { default: namespaceSettings({ minStdDevMs: 300 }) } };

async function start(overrides: Partial<ServiceSettings> = WIDE): Promise<void> {
  node = await startNode(overrides);
}

const STATUS = '[data-testid="status"]';

/** Notes in the page at which time (ms since the epoch) the status began to read so. */
const NOTE_STATUSES = `
  globalThis.statuses = {};
  const note = () => {
    const status = document.querySelector('${STATUS}')?.textContent;
    if (status) globalThis.statuses[status] ??= Date.now();
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
  note();
`;

describe('a user', () => {
  it('is seen to cross SUSPECT and OFFLINE within a second, and to come back with the next heartbeat', async () => {
    await start();
    const watch = node.watch({ userIds: ['alice'] });
    await watch.synced();
    await node.seed({ intervalMs: 1_000, n: 20, agoMs: 0 });
    const page = await browser.open(node, 'user/default/alice');
    await untilText(page, STATUS, 'ONLINE');
    await page.evaluate(NOTE_STATUSES);
    await untilText(page, STATUS, 'OFFLINE');
    const seen = await page.evaluate<Record<string, number>>('globalThis.statuses');
    for (const status of ['SUSPECT', 'OFFLINE'] as const) {
      const change = watch.changes.find((candidate) => candidate.status === status);
      const lateMs = (seen[status] as number) - timestampMs(change?.at ?? null);
      expect(lateMs).toBeGreaterThan(-50); // of two clocks of one machine, one in whole ms
      expect(lateMs).toBeLessThan(1_000);
    }
    await untilText(page, '[data-testid="why"]', /^OFFLINE: silent for/);
    await node.call('Heartbeat', { heartbeat: { userId: 'alice', sessionId: 'phone' } });
    await untilText(page, STATUS, 'ONLINE');
    await untilText(
      page,
      'section:has-text("Changes while you look") tbody tr',
      /OFFLINE.*ONLINE.*heartbeat/,
    );
    await watch.cancel();
  });

  it('has a φ that grows with the silence between two messages', async () => {
    await start();
    await node.seed({ intervalMs: 1_000, n: 20, agoMs: 900 });
    const page = await browser.open(node, 'user/default/alice');
    await page.locator('[data-figure="phi"]').waitFor();
    const levels = new Set<string>();
    await expect
      .poll(
        async () => {
          levels.add((await page.locator('[data-figure="phi"]').textContent()) ?? '');
          return levels.size;
        },
        { interval: 20, timeout: 10_000 },
      )
      .toBeGreaterThan(8);
    const values = [...levels].map(Number.parseFloat);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  it('shows the thresholds, the window and the heartbeats of each session in words, too', async () => {
    await start();
    await node.seed({ intervalMs: 1_000, n: 12, agoMs: 0 });
    const page = await browser.open(node, 'user/default/alice');
    for (const name of [
      'φ against silence of session phone: SUSPECT at 3.00, OFFLINE at 5.00',
      'Histogram of the last 11 intervals, 1.0 s to 1.0 s',
      '12 heartbeats in 11.0 s; longest silence 1.0 s',
    ]) {
      await page.getByRole('img', { name }).waitFor();
    }
  });

  it('opens only the liveliest of several sessions', async () => {
    await start();
    await node.seed({ sessionId: 'old', intervalMs: 1_000, n: 12, agoMs: 20_000 });
    await node.seed({ sessionId: 'new', intervalMs: 1_000, n: 12, agoMs: 0 });
    const page = await browser.open(node, 'user/default/alice');
    await page.locator('details[open]', { hasText: 'new' }).waitFor();
    expect(await page.locator('details').count()).toBe(2);
    await page.locator('summary', { hasText: 'old' }).click();
    await page.locator('details[open]', { hasText: 'old' }).locator('[data-figure="phi"]').waitFor();
  });

  it('who was never seen is UNKNOWN, and that is said', async () => {
    await start();
    const page = await browser.open(node, 'user/default/nobody');
    await untilText(page, STATUS, 'UNKNOWN');
    await untilText(page, '[data-testid="why"]', 'UNKNOWN');
  });

  it('is found by an id of any characters, and the address leads to them again', async () => {
    await start();
    const userId = 'a/b?c#d%20 \u{1f600}';
    await node.seed({ userId, intervalMs: 1_000, n: 5, agoMs: 0 });
    const page = await browser.open(node, 'user');
    await page.getByLabel('User of default').fill(userId);
    await page.keyboard.press('Enter');
    await untilText(page, 'h2', userId);
    await untilText(page, STATUS, 'ONLINE');
    await page.reload();
    await untilText(page, 'h2', userId);
  });

  it('whom the service refuses is refused in its words', async () => {
    await start();
    browser.expectRefusal();
    const page = await browser.open(node, `user/default/${'x'.repeat(300)}`);
    await untilText(page, '[role="alert"]', /INVALID_ARGUMENT.*user_id/);
  });

  it('who is SUSPECT and watched is suggested while nobody is chosen', async () => {
    await start({ namespaces: { default: namespaceSettings({ minStdDevMs: 2_000 }) } });
    const watch = node.watch({ userIds: ['alice'] });
    await watch.synced();
    await node.seed({ intervalMs: 1_000, n: 20, agoMs: 7_500 });
    const page = await browser.open(node, 'user');
    await page.getByRole('link', { name: 'alice' }).click();
    await untilText(page, 'h2', 'alice');
    await watch.cancel();
  });
});
