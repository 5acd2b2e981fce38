// How every client of ours reaches the brokers: addresses, TLS and SASL from the settings, and
// timeouts short enough that a hung broker is noticed before people are.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { BaseOptions } from '@platformatic/kafka';
import { SettingError, type Settings } from '../../platform/settings.ts';

const connectTimeoutMs = 3_000;
const requestTimeoutMs = 6_000;
const metadataMaxAgeMs = 5_000;

export type KafkaSettings = Pick<
  Settings,
  | 'KAFKA_BOOTSTRAP'
  | 'KAFKA_TLS'
  | 'KAFKA_TLS_CA'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_SASL_USERNAME'
  | 'KAFKA_SASL_PASSWORD'
>;

/** @throws SettingError when the settings do not go together or the CA file cannot be read. */
export async function kafkaConnection(
  settings: KafkaSettings,
  clientId: string,
): Promise<BaseOptions> {
  const tls = await tlsOptions(settings);
  const sasl = saslOptions(settings);
  return {
    clientId,
    bootstrapBrokers: bootstrapBrokers(settings.KAFKA_BOOTSTRAP),
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    metadataMaxAge: metadataMaxAgeMs,
    ...(tls === undefined ? {} : { tls, tlsServerName: haveNames(settings.KAFKA_BOOTSTRAP!) }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

/** The innermost message: the outer ones only say that an attempt failed. */
export function reasonOf(error: unknown): string {
  const { errors, cause, message } = error as AggregateError;
  const inner = errors?.at(-1) ?? cause;
  return inner === undefined ? message : reasonOf(inner);
}

function bootstrapBrokers(addresses: readonly string[] | undefined): string[] {
  if (addresses === undefined || addresses.length === 0) {
    throw new SettingError('KAFKA_BOOTSTRAP must name a broker as host:port');
  }
  const wrong = addresses.find(
    (address) => !/^[^\s:/]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/.test(address),
  );
  if (wrong !== undefined) throw new SettingError(`KAFKA_BOOTSTRAP: "${wrong}" is not host:port`);
  return [...addresses];
}

/** Brokers behind a proxy are told apart by the name that is asked for; TLS knows none of addresses. */
function haveNames(addresses: readonly string[]): boolean {
  return addresses.some(
    (address) => isIP(address.replace(/:\d+$/, '').replace(/[[\]]/g, '')) === 0,
  );
}

async function tlsOptions({ KAFKA_TLS, KAFKA_TLS_CA }: KafkaSettings) {
  if (!KAFKA_TLS) {
    if (KAFKA_TLS_CA !== undefined) throw new SettingError('KAFKA_TLS_CA needs KAFKA_TLS=1');
    return undefined;
  }
  if (KAFKA_TLS_CA === undefined) return {};
  try {
    return { ca: await readFile(KAFKA_TLS_CA) };
  } catch (error) {
    throw new SettingError(`KAFKA_TLS_CA cannot be read: ${(error as Error).message}`);
  }
}

function saslOptions(settings: KafkaSettings) {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = settings;
  const password = settings.KAFKA_SASL_PASSWORD;
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  if (mechanism === undefined || username === undefined || password === undefined) {
    throw new SettingError(
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set all three',
    );
  }
  return {
    mechanism: mechanism as 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512',
    username,
    password,
  };
}
