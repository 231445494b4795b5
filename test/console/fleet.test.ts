import { credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { significant, threshold } from '../../console/src/format.js';
import { TuningService } from '../../src/grpc/definition.js';
import { version } from '../../src/version.js';
import { startManualNode } from '../support/manual-node.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';
import { TuningClient } from '../support/tuning-client.js';
import { ConsoleBrowser, untilText } from './browser.js';

const stops: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
const browser = new ConsoleBrowser();

async function started<N extends Node>(starting: Promise<N>): Promise<N> {
  const node = await starting;
  stops.push(() => node.stop());
  return node;
}

function drain(node: Node, origin: string, graceMs: number): Promise<void> {
  const client = new TuningService(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.drain({ origin, graceMs }, (error) => {
      client.close();
      if (error) reject(error);
      else resolve();
    });
  });
}

describe('the fleet', () => {
  it('is counted by status, and the counts follow', async () => {
    const node = await started(startNode());
    await node.seed({ userId: 'gone', intervalMs: 1_000, n: 20, agoMs: 60_000 });
    await node.seed({ userId: 'alice', intervalMs: 60_000, n: 20, agoMs: 0 });
    const page = await browser.open(node, 'fleet/default');
    await untilText(page, '[data-measure="online"]', /^1 user$/);
    await untilText(page, '[data-measure="offline"]', /^1 user$/);
    await node.call('Leave', { userId: 'alice' });
    await untilText(page, '[data-measure="offline"]', /^2 users$/);
    await untilText(page, '[data-measure="online"]', /^0 users$/);
  });

  it('lists its nodes, each of which can be looked at as a user can', async () => {
    const node = await started(startNode());
    const page = await browser.open(node, 'fleet/default');
    const row = page.getByLabel('Table of nodes').locator('tbody tr');
    await row.filter({ hasText: /answers you.*ONLINE/ }).waitFor();
    expect(await row.count()).toBe(1);
    expect(await row.textContent()).toContain(version);
    await row.getByRole('link').click();
    await untilText(page, '[data-testid="why"]', /^ONLINE/);
  });

  it('is as well calibrated, and as often mistaken, as GetQuality says', async () => {
    const node = await started(startManualNode());
    const client = new TuningClient(node);
    stops.push(() => client.close());
    const users = Array.from({ length: 10 }, (_, i) => `user-${i}`);
    for (const userId of users) await node.seed({ userId, intervalMs: 1_000, n: 200, agoMs: 0 });
    await node.clock.advance(1_400); // SUSPECT, and wrongly so
    for (const userId of users) await node.seed({ userId, intervalMs: 1_000, n: 1, agoMs: 0 });
    await node.clock.advance(6_000);
    const { quality } = await client.quality();
    expect(quality?.suspectMistakes?.count).toBeGreaterThan(0);
    const page = await browser.open(node, 'fleet/default');
    const mistakes = page.getByLabel('Table of mistakes').locator('tbody tr');
    await mistakes.first().waitFor();
    const said = (await mistakes.allTextContents()).map((text) => text.replace(/\s+/g, ' '));
    for (const [i, counted] of [quality?.suspectMistakes, quality?.offlineMistakes].entries()) {
      expect(said[i]).toContain(
        `${significant(counted?.count ?? 0)}${significant(counted?.perUserDay ?? 0)}`,
      );
    }
    const achieved = quality?.calibration.flatMap((point) => point.achieved ?? []) ?? [];
    expect(achieved.length).toBeGreaterThan(0);
    for (const phi of achieved) {
      await page
        .getByRole('cell', { name: significant(10 ** phi), exact: true })
        .first()
        .waitFor();
    }
  });

  it('says the thresholds of every namespace, and leads to the other ones', async () => {
    const node = await started(
      startNode({ namespaces: { web: namespaceSettings(), mobile: namespaceSettings() } }),
    );
    const page = await browser.open(node, 'fleet');
    const table = page.getByLabel('Table of namespaces');
    await table.getByRole('link', { name: 'mobile' }).click();
    const namespace = page.getByRole('combobox', { name: 'Namespace' });
    await expect.poll(() => namespace.inputValue()).toBe('mobile');
    await table
      .getByRole('cell', { name: threshold(5) })
      .first()
      .waitFor();
  });

  it('has a banner for an origin that is drained, until it no longer is', async () => {
    const node = await started(startNode());
    const page = await browser.open(node, 'fleet/default');
    await drain(node, 'gateway-7', 60_000);
    await untilText(page, '.banner', /DRAIN.*gateway-7.*is drained/);
    await drain(node, 'gateway-7', 0);
    await page.locator('.banner').waitFor({ state: 'hidden' });
  });

  it('has a banner while the node cannot follow the store, in place of figures that might be old', async () => {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const node = await started(startNode({ redis: redis.url }));
    const page = await browser.open(node, 'fleet/default');
    await page.getByLabel('Table of nodes').getByText('answers you').waitFor();
    await redis.kill();
    await untilText(page, '[role="alert"]', /^(Blind|No news)/);
    await redis.restart();
    await page.locator('[role="alert"]').waitFor({ state: 'hidden' });
  });
});
