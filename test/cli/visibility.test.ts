import { describe } from 'vitest';
import { PROCESS_TEST, test } from './phid.js';

describe('hide and show', PROCESS_TEST, () => {
  test('make a user as if they had left, and bring them back', async ({ node, phid, expect }) => {
    const { addr } = await node();
    await phid('heartbeat', '--user', 'alice', '--addr', addr);
    const hidden = await phid('hide', 'alice', '--addr', addr);
    expect([hidden.out, hidden.err, hidden.code]).toEqual([['alice is invisible'], [], 0]);
    const [seen] = (await phid('suspicion', 'alice', '--json', '--addr', addr)).json;
    expect(seen).toMatchObject({ userId: 'alice', status: 'OFFLINE', sessions: [{ left: true }] });
    const shown = await phid('show', 'alice', '--json', '--addr', addr);
    expect(shown.json).toEqual([{ userId: 'alice', visible: true }]);
    const [back] = (await phid('suspicion', 'alice', '--json', '--addr', addr)).json;
    expect(back).toMatchObject({ status: 'ONLINE' });
  });
});
