// What REDIS may say: one server, a primary that Sentinels name, or a cluster.
import { SettingError } from '../../platform/settings.ts';

export interface RedisAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  /** The server; or the Sentinels, or nodes of the cluster, of which one has to answer. */
  readonly hosts: readonly RedisHost[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** What the Sentinels call the primary. */
  readonly primary?: string;
  /** Of the Sentinels themselves. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** The hosts, for logs: without user and password. */
  readonly shown: string;
}

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

const form =
  'REDIS must be host:port, redis(s)://user:password@host:port/database, ' +
  'redis(s)+sentinel://user:password@host:port,host:port/primary or ' +
  'redis(s)+cluster://user:password@host:port,host:port';

/** @throws SettingError that repeats nothing of what was given: it may be a password. */
export function parseAddress(text: string | undefined): RedisAddress {
  const given = text?.includes('://') === true ? text : `redis://${text ?? ''}`;
  const parts =
    /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^@/?#]+)\/?(?<path>[^/?#]*)(?:\?(?<query>[^#]*))?$/.exec(
      given,
    )?.groups;
  if (parts === undefined) throw new SettingError(form);
  const kind = (parts['kind'] as 'sentinel' | 'cluster' | undefined) ?? 'server';
  const usualPort = kind === 'sentinel' ? 26_379 : 6_379;
  const hosts = parts['hosts']!.split(',').map((host) => hostOf(host, usualPort));
  const [username, password] = credentialsOf(parts['user']);
  const query = new URLSearchParams(parts['query']);
  const path = decoded(parts['path']!);
  const database = kind === 'sentinel' ? (query.get('database') ?? '') : path;
  const wrong =
    (kind === 'server' && hosts.length > 1) ||
    (kind === 'sentinel' && path === '') ||
    (kind === 'cluster' && path !== '') ||
    !/^\d{0,5}$/.test(database) ||
    [...query.keys()].some((name) => kind !== 'sentinel' || !sentinelQuery.has(name));
  if (wrong) throw new SettingError(form);
  return {
    kind,
    hosts,
    tls: parts['tls'] === 's',
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    database: Number(database),
    ...(kind === 'sentinel' ? { primary: path } : {}),
    ...valueIn(query, 'sentinelUsername'),
    ...valueIn(query, 'sentinelPassword'),
    shown: hosts.map(({ host, port }) => `${host}:${port}`).join(','),
  };
}

const sentinelQuery = new Set(['database', 'sentinelUsername', 'sentinelPassword']);

function hostOf(text: string, usualPort: number): RedisHost {
  const url = `tcp://${text}`;
  const { hostname, port } = URL.canParse(url) ? new URL(url) : { hostname: '', port: '' };
  if (hostname === '') throw new SettingError(form);
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port || usualPort) };
}

function credentialsOf(text = ''): [username: string, password: string] {
  const colon = text.indexOf(':');
  if (colon < 0) return [decoded(text), ''];
  return [decoded(text.slice(0, colon)), decoded(text.slice(colon + 1))];
}

function valueIn(query: URLSearchParams, name: 'sentinelUsername' | 'sentinelPassword') {
  const value = query.get(name);
  return value === null ? {} : { [name]: value };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SettingError(form);
  }
}
