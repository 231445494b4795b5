import { readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { temporaryFile } from '../config/config-fixture.js';
import { PROCESS_TEST, test } from './phid.js';

describe('tune', PROCESS_TEST, () => {
  test('shows what thresholds cost on a server, sets them and goes back', async ({ node, phid, expect }) => {
    const { addr, presence } = await node();
    const namespace = presence.namespaces.get('');
    const shown = await phid('tune', '--addr', addr);
    expect(shown.err).toEqual([]);
    expect(shown.out[0]).toMatch(/^namespace default \(adaptive\), thresholds as configured: 0 silences/);
    expect(shown.out[2]).toMatch(/^ +φ +FALSE ALARMS\/USER-DAY +FLAPS\/HOUR +DETECTION MEAN +P99$/);
    expect(shown.out[3]).toMatch(/^now +SUSPECT +3\.00 +~0\.144 /);
    expect(shown.out.join('\n')).toMatch(/\ncandidates +1\.00 /);

    const set = await phid('tune', '--addr', addr, '--set', 'suspect=2', '--author', 'alice');
    expect(set.code).toBe(0);
    expect(
      set.out.filter((line) => /^\S* +(SUSPECT|OFFLINE)/.test(line)).map((line) => line.slice(0, 26)),
    ).toEqual([
      'now         SUSPECT  3.00 ',
      '            OFFLINE  5.00 ',
      'proposed    SUSPECT  2.00 ',
      '            OFFLINE  5.00 ',
    ]);
    expect(set.out.at(-2)).toMatch(/Z alice \(127\.0\.0\.1:\d+\) set suspect=2,offline=5$/);
    expect(set.out.at(-1)).toBe('set: in force on every node within 2s');
    expect(namespace.thresholds).toEqual({ suspect: 2, offline: 5 });

    const dry = await phid(
      'tune',
      '--addr',
      addr,
      '--set',
      'offline=0.1/user-day',
      '--dry-run',
      '1h',
      '--json',
    );
    expect(dry.json[0]).toMatchObject({
      quality: { suspect: { phi: 2 } },
      dryRun: { ended: false, suspectPhi: 2, intents: { offline: { falseAlarmsPerUserDay: 0.1 } } },
    });
    expect(namespace.thresholds).toEqual({ suspect: 2, offline: 5 });
    const cleared = await phid('tune', '--addr', addr, '--clear');
    expect(cleared.out[0]).toContain('thresholds as configured');
    expect(cleared.out.at(-1)).toBe('cleared: the configuration holds again');
    expect(namespace.thresholds).toEqual({ suspect: 3, offline: 5 });
    await phid('tune', '--addr', addr, '--clear', '--dry-run');
    expect(namespace.tuning.changes).toHaveLength(4);
  });

  test('answers with the threshold that meets a target on a trace, and what is proposed costs', async ({
    phid,
    expect,
  }) => {
    const fleet = 'fleet:wifi,steady@users=3,duration=12h,seed=2';
    const [target, proposed] = await Promise.all([
      phid('tune', '--trace', fleet, '--target', 'false_alarms<=40/user-day'),
      phid('tune', '--trace', fleet, '--set', 'offline=detection', '--json'),
    ]);
    expect(target.err).toEqual([]);
    expect(target.out.at(-1)).toMatch(
      /^false_alarms<=40\/user-day: φ 2\.\d\d \((38|39|40)(\.\d)? false alarms per user and day; detection after /,
    );
    expect(proposed.code).toBe(2);
    const { json } = await phid('tune', '--trace', fleet, '--set', 'offline=30s', '--json');
    const [view] = json as [
      { quality: { whatIf: unknown[] }; proposed: { offline: { detectionMeanMs: number } } },
    ];
    expect(view.quality.whatIf).toHaveLength(57);
    expect(view.proposed.offline.detectionMeanMs).toBeGreaterThan(10_000);
  });

  test('says why no threshold meets a target, and fails', async ({ phid, expect }) => {
    const run = await phid(
      'tune',
      '--trace',
      'fleet:steady@users=2,duration=3h',
      '--target',
      'detection<=1s',
    );
    expect(run.code).toBe(1);
    expect(run.err).toEqual([
      expect.stringMatching(
        /^phid: no threshold meets detection<=1s: even φ 1 takes (9\.\d+|10) s: nobody can be missed/,
      ),
    ]);
  });

  test('measures whether its predictions are kept', async ({ phid, expect }) => {
    const run = await phid(
      'tune',
      '--trace',
      'fleet:wifi@users=2,duration=6h',
      'fleet:hiccup@users=2,duration=6h',
      '--verify',
    );
    expect(run.code).toBe(0);
    expect(run.out[0]).toBe(
      'False alarms of each of 4 users, predicted to within a factor of 1.5: users of whom they were, of all',
    );
    expect(run.out[3]).toMatch(/^same trace, one replay for all φ against one with φ in force +4\/4 /);
  });

  test.for<[problem: RegExp, args: string[], code: number]>([
    [/--verify needs --trace/, ['--verify'], 2],
    [/--max-silence needs --trace/, ['--max-silence', '90s'], 2],
    [/--dry-run needs --set/, ['--dry-run', '1h'], 2],
    [
      /'--set <thresholds>' cannot be used with option '--clear'|'--clear' cannot be used with option '--set/,
      ['--set', 'offline=5', '--clear'],
      2,
    ],
    [/argument 'offline=x' is invalid\. "x" is not a φ/, ['--set', 'offline=x'], 2],
    [/'20' is invalid\. It is not false_alarms<=/, ['--target', '20'], 2],
    [/--trace takes b\.csv besides only with --verify/, ['--trace', 'a.csv', 'b.csv'], 2],
    [
      /no user has what a figure needs: more than 100 gaps/,
      ['--trace', 'fleet:steady@users=1,duration=5m'],
      1,
    ],
    [/no such file/, ['--trace', '/nowhere/trace.csv'], 1],
    [/there is no kind "nobody"/, ['--trace', 'fleet:nobody'], 2],
  ])('refuses in one plain line: %s', async ([problem, args, code], { phid, expect }) => {
    const run = await phid('tune', ...args);
    expect(run.err[0]).toMatch(problem);
    expect(run.code).toBe(code);
    expect(run.out).toEqual([]);
  });

  test('takes who is silent for longer than max_silence for gone', async ({ phid, expect }) => {
    const times = Array.from({ length: 400 }, (_, i) => i * 1_000 + (i % 7) * 10 + (i > 300 ? 60_000 : 0));
    const path = temporaryFile('arrivals.txt', times.join('\n'));
    const run = await phid('tune', '--trace', path, '--max-silence', '30s');
    expect(run.out[0]).toMatch(/298 silences in 0\.00345 user-days/);
    expect(run.out.at(-2)).toMatch(/^mistakes by the thresholds of their time: SUSPECT (none|\d)/);
    expect(run.out.at(-1)).toBe('290 returns after max_silence per user and day, which no threshold avoids');
  });

  test('draws what it shows', async ({ phid, expect }) => {
    const path = temporaryFile('costs.svg', '');
    const fleet = ['--trace', 'fleet:wifi@users=2,duration=3h', '--target', 'detection<=20s'];
    expect((await phid('tune', ...fleet, '--plot', path)).code).toBe(0);
    const svg = readFileSync(path, 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>\n$/s);
    for (const label of ['mean', '99 of 100', 'SUSPECT', 'OFFLINE', 'target'])
      expect(svg).toContain(`>${label}</text>`);
    const failed = await phid('tune', ...fleet, '--plot', '/nowhere/costs.svg');
    expect(failed.err[0]).toMatch(/^phid: --plot: ENOENT/);
  });

  test('reads a trace that another command writes: CSV', async ({ phid, expect }) => {
    const lines = Array.from({ length: 400 }, (_, i) => `${i * 1_000 + (i % 7) * 10}`);
    const run = await phid('tune', '--trace', temporaryFile('arrivals.txt', lines.join('\n')));
    expect(run.code).toBe(0);
    expect(run.out[0]).toMatch(/299 silences in 0\.00346 user-days, 1 sessions$/);
  });
});
