import { describe, expect, test } from 'vitest';
import { fleetUsers } from '../../src/fleet/fleet.js';
import { kinds } from '../../src/fleet/kinds.js';
import { FleetError, isFleet, parseFleet } from '../../src/fleet/parse.js';

const names = kinds.map(({ name }) => name).join(', ');

describe('a fleet as text', () => {
  test('names kinds and options; what is left out has a default', () => {
    const plan = parseFleet('fleet:lossy,wifi@users=2,seed=3,duration=2d,interval=1s,loss=0.25');
    expect(plan).toMatchObject({ seed: 3, durationMs: 172_800_000 });
    const users = fleetUsers(plan);
    expect(users.map(({ userId }) => userId)).toEqual(['lossy-1', 'lossy-2', 'wifi-1', 'wifi-2']);
    expect(users[0]?.options).toEqual({ intervalMs: 1_000, episodeMs: 60_000, stallMs: 5_000, loss: 0.25 });
    expect(fleetUsers(parseFleet('fleet:lossy,steady')).map(({ options }) => options.loss)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i < 10 ? 0.005 : 0)),
    );
  });

  test('alone is every kind', () => {
    expect(parseFleet('fleet').members.map(({ kind }) => kind)).toEqual(kinds);
    expect(fleetUsers(parseFleet('fleet@users=1,episode=1.5m'))[0]?.options.episodeMs).toBe(90_000);
  });

  test.each([
    ['fleet', true],
    ['fleet:lossy', true],
    ['fleet@users=1', true],
    ['fleet:', true],
    ['fleets.csv', false],
    ['fleet.csv.gz', false],
    ['./fleet', false],
  ])('%s is meant to be one: %s', (text, expected) => {
    expect(isFleet(text)).toBe(expected);
  });

  test.each([
    ['fleet:steadi', `fleet: there is no kind "steadi", only ${names}`],
    ['fleet:', `fleet: there is no kind "", only ${names}`],
    ['fleet:tab,wifi,tab', 'fleet: the kind tab is named twice'],
    [
      'fleet@user=3',
      'fleet: there is no option "user", only users, seed, duration, interval, episode, stall, loss',
    ],
    ['fleet@seed=1,seed=2', 'fleet: the option seed is given twice'],
    ['fleet@users=0', 'fleet: users: "0" is not a whole number from 1 to 100000'],
    ['fleet@seed', 'fleet: seed: "" is not a whole number from 0 to 1000000000'],
    [
      'fleet@interval=10',
      'fleet: interval: "10" is not a duration from 10ms to 1h, such as 500ms, 10s, 5m, 12h or 2d',
    ],
    [
      'fleet@duration=400d',
      'fleet: duration: "400d" is not a duration from 1s to 365d, such as 500ms, 10s, 5m, 12h or 2d',
    ],
    ['fleet:lossy@loss=1.5', 'fleet: loss: "1.5" is not a number from 0 to 1'],
    [
      'fleet:tab@users=1@seed=2',
      '"fleet:tab@users=1@seed=2" is not fleet[:kind,kind...][@name=value,name=value...]',
    ],
  ])('%s is refused', (text, message) => {
    expect(() => parseFleet(text)).toThrow(new FleetError(message));
  });
});
