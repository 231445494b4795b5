/** A server or a Sentinel. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** What TLS is spoken with, PEM: who vouches for servers, by default the CAs of Node; and what this client shows. */
export interface RedisCertificates {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Where the servers of a deployment are found. */
export interface RedisAddress {
  /** One server; a Redis Cluster; or the master that Sentinels name. */
  readonly mode: 'server' | 'cluster' | 'sentinel';
  /** The server; some of the cluster's; or the Sentinels. */
  readonly hosts: readonly RedisHost[];
  readonly isTls: boolean;
  /** Of the servers; undefined: none is needed. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** Of the master, as the Sentinels call it; and what they ask for themselves. Empty without Sentinels. */
  readonly masterName: string;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
}

const SERVER_PORT = 6379;
const SENTINEL_PORT = 26379;

/** scheme, user:password, hosts, database, parameters. */
const URL_PARTS = /^(rediss?):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/(\d*))?(?:\?([^#]*))?$/;

const PARAMETERS = ['cluster', 'sentinel', 'sentinel_user', 'sentinel_password'];

/**
 * Reads `redis://[user:password@]host[:port][,host[:port]...][/database][?cluster | ?sentinel=master]`. Throws an Error that
 * says what is wrong and repeats nothing of the URL: what is misplaced may be a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = URL_PARTS.exec(url);
  if (!parts) throw new Error('it cannot be read as one');
  const [, scheme, user = '', hosts = '', database = '', query = ''] = parts;
  const parameters = new URLSearchParams(query);
  const mode = modeOf(parameters);
  const { username, password } = credentialsOf(user);
  const address: RedisAddress = {
    mode,
    hosts: hosts.split(',').map((host) => hostOf(host, mode === 'sentinel' ? SENTINEL_PORT : SERVER_PORT)),
    isTls: scheme === 'rediss',
    username,
    password,
    database: Number(database),
    masterName: parameters.get('sentinel') ?? '',
    sentinelUsername: parameters.get('sentinel_user') ?? undefined,
    sentinelPassword: parameters.get('sentinel_password') ?? undefined,
  };
  if (mode === 'server' && address.hosts.length > 1)
    throw new Error('several addresses need ?cluster or ?sentinel=<name of the master>');
  if (mode === 'cluster' && address.database !== 0) throw new Error('a cluster has no database but 0');
  return address;
}

/** The URL as it may be shown: its passwords hidden. */
export function redactUrl(url: string): string {
  return url
    .replace(/^(\w+:\/\/[^:@/?]*):[^@]*@/, '$1:***@')
    .replace(/([?&]sentinel_password=)[^&]*/g, '$1***');
}

function modeOf(parameters: URLSearchParams): RedisAddress['mode'] {
  const names = [...parameters.keys()];
  if (names.some((name) => !PARAMETERS.includes(name)) || new Set(names).size < names.length)
    throw new Error(`its parameters may be ${PARAMETERS.join(', ')}, each once`);
  const [cluster, sentinel] = [parameters.get('cluster'), parameters.get('sentinel')];
  if (cluster !== null && cluster !== '') throw new Error('?cluster takes no value');
  if (sentinel === '') throw new Error('?sentinel needs the name of the master');
  if (cluster !== null && sentinel !== null) throw new Error('?cluster and ?sentinel exclude each other');
  if (sentinel !== null) return 'sentinel';
  if (names.some((name) => name.startsWith('sentinel_'))) throw new Error('sentinel_... needs ?sentinel');
  return cluster === null ? 'server' : 'cluster';
}

function hostOf(text: string, defaultPort: number): RedisHost {
  // WHATWG's parser knows what a host is, IPv6 in brackets included.
  const url = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : undefined;
  if (!url?.hostname) throw new Error('an address in it is not host or host:port');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? defaultPort : Number(url.port) };
}

function credentialsOf(text: string) {
  const [username = '', ...password] = text.split(':');
  try {
    const decoded = [username, password.join(':')].map((part) => decodeURIComponent(part) || undefined);
    return { username: decoded[0], password: decoded[1] };
  } catch {
    throw new Error('a % of its user or password is not percent-encoded');
  }
}
