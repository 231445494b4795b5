import { expect, it } from 'vitest';
import { type Node, startNode } from '../support/node.js';
import { freePort } from '../support/redis-server.js';
import { ConsoleBrowser, untilText } from './browser.js';

const browser = new ConsoleBrowser();

const BANNER = '[data-testid="disconnected"]';

it('a page whose service stops says since when, and comes back to life with it', async () => {
  const addresses = { httpAddr: `127.0.0.1:${await freePort()}` };
  let node: Node = await startNode(addresses);
  try {
    await node.seed({ userId: 'alice', intervalMs: 60_000, n: 20, agoMs: 0 });
    const page = await browser.open(node, 'user/default/alice');
    await untilText(page, '[data-testid="status"]', 'ONLINE');
    expect(await page.locator(BANNER).count()).toBe(0);
    browser.expectOutage();
    await node.stop();
    await untilText(page, BANNER, /^Disconnectedsince \d\d:\d\d:\d\d \(\d+ s\)/);
    node = await startNode(addresses);
    await page.locator(BANNER).waitFor({ state: 'hidden' });
    // The embedded store has forgotten everybody: the page says what is so now.
    await untilText(page, '[data-testid="status"]', 'UNKNOWN');
    await node.call('Heartbeat', { heartbeat: { userId: 'alice', sessionId: 'phone' } });
    await untilText(page, '[data-testid="status"]', 'ONLINE');
  } finally {
    await node.stop();
  }
});
