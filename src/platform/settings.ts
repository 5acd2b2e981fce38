// Every setting of Atlas in one table: its name, kind, default and meaning. The documentation, the
// help text, the parser and the check for unknown names all read this table.

type Kind =
  | { readonly kind: 'text' }
  | { readonly kind: 'secret' }
  | { readonly kind: 'url'; readonly schemes: readonly string[]; readonly port?: string }
  | { readonly kind: 'flag' }
  | { readonly kind: 'list' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number };

export type Setting = Kind & { readonly default?: string; readonly meaning: string };

const text = (meaning: string) => ({ kind: 'text', meaning }) as const;
const textOr = (value: string, meaning: string) =>
  ({ kind: 'text', default: value, meaning }) as const;
const secret = (meaning: string) => ({ kind: 'secret', meaning }) as const;
const web = ['http', 'https'];
const url = (schemes: readonly string[], meaning: string) =>
  ({ kind: 'url', schemes, meaning }) as const;
/** A role's address: where it is not set, on this machine and on the role's port. */
const urlAt = <P extends string>(port: P, value: number, meaning: string) =>
  ({ kind: 'url', schemes: web, port, default: `http://127.0.0.1:${value}`, meaning }) as const;
const flag = (meaning: string) => ({ kind: 'flag', default: '0', meaning }) as const;
const list = (meaning: string) => ({ kind: 'list', meaning }) as const;
const choiceOr = (value: string, values: readonly string[], meaning: string) =>
  ({ kind: 'choice', default: value, values, meaning }) as const;
const choice = (values: readonly string[], meaning: string) =>
  ({ kind: 'choice', values, meaning }) as const;
const integer = (value: number, min: number, max: number, meaning: string) =>
  ({ kind: 'integer', min, max, default: String(value), meaning }) as const;
const port = (value: number, role: string) =>
  integer(value, 0, 65_535, `Port of the ${role}; 0 takes a free one`);

export const settings = {
  ATLAS_DATA: textOr('.atlas', 'Folder of the embedded book and the development keys'),
  ATLAS_HOST: textOr('127.0.0.1', 'Address that every role listens on'),
  ATLAS_DEV: flag('1: verify tokens with the development key in ATLAS_DATA'),
  ATLAS_GATEWAY_PORT: port(5080, 'gateway'),
  ATLAS_PAYMENTS_PORT: port(5191, 'payments role'),
  ATLAS_LEDGER_PORT: port(6181, 'ledger role'),
  ATLAS_CORE_PORT: port(6182, 'core (internal)'),
  ATLAS_REALTIME_PORT: port(5851, 'realtime role'),
  ATLAS_URL: urlAt('ATLAS_GATEWAY_PORT', 5080, 'Where the commands reach the gateway'),
  ATLAS_TOKEN: secret('Token of the commands; else one is made with the development key'),
  ATLAS_LOG_LEVEL: choice(
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    'Least level that is logged; default info, in `atlas up` warn',
  ),
  ATLAS_DRAIN_MS: integer(10_000, 0, 600_000, 'Longest wait for open work when a role stops'),

  ATLAS_CONNECTIONS: integer(60_000, 1, 1_000_000, 'Connections to one role'),
  ATLAS_CONNECTIONS_PER_ADDRESS: integer(
    5_000,
    1,
    1_000_000,
    'Connections of one address to one role; trusted proxies are exempt',
  ),
  ATLAS_REQUESTS_PER_ADDRESS: integer(
    5_000,
    1,
    1_000_000,
    'Requests under way of one address behind trusted proxies',
  ),
  ATLAS_TRUSTED_PROXIES: list(
    'Networks whose X-Forwarded-For counts; default private and loopback',
  ),
  ATLAS_HEAD_TIMEOUT_MS: integer(10_000, 100, 600_000, 'Longest time for the head of a request'),
  ATLAS_REQUEST_TIMEOUT_MS: integer(
    30_000,
    100,
    600_000,
    'Longest time for the head and the body of a request',
  ),
  ATLAS_BODY_BYTES_PER_SEC: integer(
    128,
    0,
    1_000_000,
    'Bytes a second that a body must make, over each ten seconds',
  ),

  DATABASE_URL: url(['postgres', 'postgresql'], 'PostgreSQL 15+; without it the embedded book'),
  ATLAS_CORE_CONNECTIONS: integer(2, 1, 64, 'Database transactions that one core runs at once'),
  ATLAS_CORE_QUEUE: integer(20_000, 1, 1_000_000, 'Transfers that may wait in a core'),
  ATLAS_CORE_BATCH: integer(512, 1, 1_024, 'Most transfers in one database transaction'),
  ATLAS_READ_CONNECTIONS: integer(5, 1, 64, 'Database connections of one ledger role'),
  ATLAS_LEDGER_REQUESTS: integer(2_000, 1, 1_000_000, 'Requests under way in one ledger role'),
  ATLAS_STATEMENT_TIMEOUT_MS: integer(10_000, 100, 600_000, 'Longest time of one SQL statement'),

  ATLAS_AUDIT_DAYS: integer(400, 1, 36_500, 'How long the audit record is kept'),
  ATLAS_AUDIT_QUEUE: integer(
    50_000,
    0,
    1_000_000,
    'Audit records that wait while the core is away',
  ),

  REDIS: text('Redis 7+, also by Sentinels or a cluster, as host:port or URL; else memory'),
  CACHE_TTL_MS: integer(3_600_000, 100, 86_400_000, 'Life of a cached balance'),
  CACHE_LEASE_MS: integer(300, 100, 10_000, 'Longest wait of an ack when Redis is away'),
  CACHE_TIMEOUT_MS: integer(50, 5, 5_000, 'Longest wait for one Redis command'),
  CACHE_ENTRIES: integer(100_000, 100, 10_000_000, 'Balances in the embedded cache'),

  KAFKA_BOOTSTRAP: list('Kafka brokers, host:port, comma separated; else the outbox is the log'),
  KAFKA_TLS: flag('1: TLS to the brokers'),
  KAFKA_TLS_CA: text('File with the certificate authority of the brokers (PEM)'),
  KAFKA_SASL_MECHANISM: choice(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'SASL mechanism'),
  KAFKA_SASL_USERNAME: text('SASL user'),
  KAFKA_SASL_PASSWORD: secret('SASL password'),
  TOPIC_BALANCE_UPDATES: textOr('balance-updates', 'Topic of balance updates, keyed by account'),
  TOPIC_LEDGER_EVENTS: textOr('ledger-events', 'Topic of ledger events, keyed by entry'),
  TOPIC_PARTITIONS: integer(12, 1, 1_000, 'Partitions of a topic that `migrate` makes'),
  TOPIC_REPLICATION: integer(1, 1, 9, 'Replication factor of a topic that `migrate` makes'),
  REALTIME_FEED: choiceOr(
    'kafka',
    ['kafka', 'slots'],
    'kafka: a realtime replica reads all updates; slots: those that it shows',
  ),
  ATLAS_RELAY_BATCH: integer(500, 1, 5_000, 'Most transfers that the relay publishes at once'),
  ATLAS_RELAY_POLL_MS: integer(
    20,
    1,
    10_000,
    "Pause of the relay before it looks for others' work",
  ),

  LEDGER_INTERNAL: urlAt('ATLAS_CORE_PORT', 6182, 'Where the core is reached'),
  LEDGER_INTERNAL_SECRET: secret("Shared credential of the core's callers, 32 characters or more"),
  PAYMENTS_URL: urlAt('ATLAS_PAYMENTS_PORT', 5191, 'Where the payments role is reached'),
  LEDGER_URL: urlAt('ATLAS_LEDGER_PORT', 6181, 'Where the ledger role is reached'),
  REALTIME_INTERNAL: url(web, 'Where other replicas reach this one; else at its own address'),
  REALTIME_URL: urlAt('ATLAS_REALTIME_PORT', 5851, 'Where the realtime role is reached'),

  AUTH_JWKS_URL: url(web, "The identity provider's key set"),
  AUTH_ISSUER: text('Required issuer of tokens'),
  AUTH_AUDIENCE: text('Required audience of tokens'),
  AUTH_TOKEN_DAYS_MAX: integer(
    366,
    1,
    3_660,
    'Longest life of a token; revocations are kept so long',
  ),
  CONSOLE_OIDC_ISSUER: url(
    web,
    'The provider where people sign in to the console; else by a token',
  ),
  CONSOLE_OIDC_CLIENT_ID: text('What the console is called there: a public client'),
  CONSOLE_OIDC_SCOPE: textOr(
    'openid transfers balances accounts ops',
    'Scopes that the console asks for',
  ),
  CONSOLE_OIDC_AUDIENCE: text('Audience that it asks for, where the provider has to be told'),
  MOBILE_OIDC_CLIENT_ID: text(
    'What the phone app is called at the same provider; else it is signed in to by a token',
  ),
  MOBILE_OIDC_SCOPE: textOr(
    'openid offline_access transfers balances accounts',
    'Scopes that the phone app asks for',
  ),
  PROMETHEUS_URL: url(
    web,
    'Prometheus that scrapes the roles; else they remember an hour themselves',
  ),
  PROMETHEUS_SELECTOR: text('Labels of this Atlas there, as in a selector: namespace="pay"'),
  PROMETHEUS_SCRAPE_SECONDS: integer(15, 1, 300, 'How often it scrapes the roles'),

  CORS_ORIGINS: list('Allowed origins, comma separated; `http://localhost:*` allows every port'),

  ATLAS_HUB_CONNECTIONS: integer(50_000, 1, 1_000_000, 'Connections to one realtime role'),
  ATLAS_HUB_CONNECTIONS_PER_USER: integer(
    100,
    1,
    1_000_000,
    'Connections of a user (tenant and subject) to one realtime role',
  ),
  ATLAS_HUB_SUBSCRIPTIONS: integer(128, 1, 100_000, 'Accounts that a connection may watch'),
  ATLAS_HUB_SUBSCRIPTIONS_PER_USER: integer(
    10_000,
    1,
    1_000_000,
    'Accounts that the connections of a user may watch, counted for each',
  ),
  ATLAS_HUB_MESSAGES_PER_SEC: integer(
    2_000,
    1,
    1_000_000,
    'Calls of a user to the hub each second; as many at once after a pause',
  ),
  ATLAS_HUB_MESSAGE_BYTES: integer(32_768, 1_024, 524_288, 'Bytes of one message to the hub'),

  LS_RATE_PER_SEC: integer(400, 1, 1_000_000, 'Transfers admitted a second'),
  LS_BURST: integer(800, 1, 1_000_000, 'Transfers admitted at once after a pause'),
  LS_SHARED: flag(
    '1: the payments replicas share one ceiling through Redis; else each has its own',
  ),
  LS_CEILING_TENANT: text(
    'The tenant whose operators set the ceiling of all; else those of any tenant do',
  ),
  LS_IN_FLIGHT_START: integer(64, 1, 100_000, 'In-flight limit at the start and when idle'),
  LS_IN_FLIGHT_MAX: integer(2_048, 1, 100_000, 'In-flight limit that is never passed'),
  LS_TARGET_MS: integer(100, 1, 60_000, 'Latency that the in-flight limit aims at'),
  LS_TIMEOUT_MS: integer(
    10_000,
    1,
    600_000,
    'How long a transfer waits to begin where its caller sends no Request-Timeout',
  ),
  LS_TIMEOUT_MAX_MS: integer(
    60_000,
    1,
    600_000,
    'The longest Request-Timeout; more counts as this',
  ),
  LS_LOOP_LAG_MS: integer(
    100,
    10,
    60_000,
    'How late the event loop may be, on average of a second, before less is admitted',
  ),
  LS_CLIENT_RATE_PER_SEC: integer(
    0,
    0,
    1_000_000,
    'Transfer requests of one client (tenant and subject) a second; 0: no quota',
  ),
  LS_CLIENT_BURST: integer(100, 1, 1_000_000, 'Requests of one client at once after a pause'),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

type ValueOf<S> = S extends { kind: 'integer' }
  ? number
  : S extends { kind: 'flag' }
    ? boolean
    : S extends { kind: 'list' }
      ? readonly string[] | undefined
      : S extends { default: string }
        ? string
        : string | undefined;

/** All settings, parsed. Text without a default is undefined when it is not set. */
export type Settings = { readonly [N in SettingName]: ValueOf<(typeof settings)[N]> };

/** A wrong setting: the message is one line that says what to do. */
export class SettingError extends Error {}

/**
 * Parses the environment. Empty values count as not set.
 * @throws SettingError for an unknown ATLAS_*, LS_*, CACHE_*, CONSOLE_OIDC_* or MOBILE_OIDC_* name and for a malformed value.
 */
export function readSettings(environment: Environment): Settings {
  for (const name of Object.keys(environment)) {
    if (/^(ATLAS|LS|CACHE|CONSOLE_OIDC|MOBILE_OIDC)_/.test(name) && !(name in settings)) {
      throw new SettingError(`${name} is not a setting of Atlas; see atlas --help settings`);
    }
  }
  const values = Object.entries<Setting>(settings).map(([name, setting]) => {
    const given = textOf(environment, name) ?? addressOf(environment, setting);
    return [name, parse(name, setting, given)];
  });
  return Object.freeze(Object.fromEntries(values)) as Settings;
}

type Environment = Readonly<Record<string, string | undefined>>;

function textOf(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

/** Whoever moves a role to another port need not say twice where it is. */
function addressOf(environment: Environment, setting: Setting): string | undefined {
  if (setting.kind !== 'url' || setting.port === undefined) return undefined;
  const port = textOf(environment, setting.port);
  return port === undefined || Number(port) === 0 ? undefined : `http://127.0.0.1:${port}`;
}

/** The table of `atlas --help settings`, a line each. */
export function describeSettings(): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length));
  return Object.entries<Setting>(settings)
    .map(([name, setting]) => {
      const value = setting.default === undefined ? '' : ` [${setting.default}]`;
      return `${name.padEnd(width)}  ${setting.meaning}${value}`;
    })
    .join('\n');
}

function parse(name: string, setting: Setting, given: string | undefined): unknown {
  const value = given ?? setting.default;
  if (value === undefined) return undefined;
  const wrong = (wanted: string) => {
    const shown = setting.kind === 'secret' || setting.kind === 'url' ? '' : ` and not "${value}"`;
    return new SettingError(`${name} must be ${wanted}${shown}; see atlas --help settings`);
  };
  switch (setting.kind) {
    case 'text':
    case 'secret':
      return value;
    case 'url':
      if (!setting.schemes.includes(URL.parse(value)?.protocol.slice(0, -1) ?? '')) {
        throw wrong(`a URL that begins with ${setting.schemes[0]}://`);
      }
      return value;
    case 'flag':
      if (value !== '0' && value !== '1') throw wrong('0 or 1');
      return value === '1';
    case 'list':
      return value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'choice':
      if (!setting.values.includes(value)) throw wrong(`one of ${setting.values.join(', ')}`);
      return value;
    case 'integer': {
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= setting.min && number <= setting.max)) {
        throw wrong(`a whole number from ${setting.min} to ${setting.max}`);
      }
      return number;
    }
  }
}
