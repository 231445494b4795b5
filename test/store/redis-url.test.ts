import { describe, expect, it } from 'vitest';
import { parseRedisUrl, redactUrl } from '../../src/store/redis/url.js';

describe('the URL of a Redis', () => {
  it('names a server', () => {
    expect(parseRedisUrl('redis://h')).toMatchObject({
      mode: 'server',
      hosts: [{ host: 'h', port: 6379 }],
      isTls: false,
      username: undefined,
      password: undefined,
      database: 0,
    });
    expect(parseRedisUrl('rediss://u%3a:p%40:%2f@[::1]:7000/3')).toMatchObject({
      hosts: [{ host: '::1', port: 7000 }],
      isTls: true,
      username: 'u:',
      password: 'p@:/',
      database: 3,
    });
  });

  it('names some servers of a cluster', () => {
    expect(parseRedisUrl('redis://:p@a:7000,b,[::1]:7002?cluster')).toMatchObject({
      mode: 'cluster',
      hosts: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 7002 },
      ],
      password: 'p',
    });
  });

  it('names Sentinels and the master by its name', () => {
    const url = 'redis://u:p@s1,s2:26380/2?sentinel=my%20master&sentinel_user=w&sentinel_password=q%26';
    expect(parseRedisUrl(url)).toMatchObject({
      mode: 'sentinel',
      hosts: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 26380 },
      ],
      masterName: 'my master',
      ...{ username: 'u', password: 'p', database: 2 },
      ...{ sentinelUsername: 'w', sentinelPassword: 'q&' },
    });
  });

  it.each([
    ['redis://a,b', 'several addresses need ?cluster or ?sentinel=<name of the master>'],
    ['redis://a/1?cluster', 'a cluster has no database but 0'],
    ['redis://a?cluster=1', '?cluster takes no value'],
    ['redis://a?sentinel', '?sentinel needs the name of the master'],
    ['redis://a?cluster&sentinel=m', '?cluster and ?sentinel exclude each other'],
    ['redis://a?sentinel_user=u', 'sentinel_... needs ?sentinel'],
    [
      'redis://a?s3cret=1',
      'its parameters may be cluster, sentinel, sentinel_user, sentinel_password, each once',
    ],
    ['redis://a,b:s3cret?cluster', 'an address in it is not host or host:port'],
    ['redis://:%s3cret@a', 'a % of its user or password is not percent-encoded'],
    ['redis://:s3/cret@a', 'it cannot be read as one'],
  ])('%s is refused, and nothing of it repeated', (url, problem) => {
    expect(() => parseRedisUrl(url)).toThrow(new Error(problem));
  });

  it('is shown without its passwords', () => {
    expect(redactUrl('redis://u:s3cret@a,b?sentinel=m&sentinel_password=s3cret&sentinel_user=w')).toBe(
      'redis://u:***@a,b?sentinel=m&sentinel_password=***&sentinel_user=w',
    );
    expect(redactUrl('redis://a:7000,b:7001?cluster')).toBe('redis://a:7000,b:7001?cluster');
  });
});
