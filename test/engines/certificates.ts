// A certificate authority of our own with one server certificate, for engines that are reached by TLS:
// what no system trusts by itself, so a test notices whether Atlas looks at the authority at all.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Programs } from './programs.ts';

const run = promisify(execFile);
const daysValid = '2';

/** Paths of PEM files. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** For 127.0.0.1 and localhost; takes some 50 ms. @param folder where the files are put */
export async function makeCertificates(programs: Programs, folder: string): Promise<Certificates> {
  const openssl = await programs.find('openssl');
  const file = (name: string): string => join(folder, name);
  await writeFile(file('openssl.cnf'), configuration);
  const make = (name: string, ...more: string[]): Promise<unknown> =>
    run(
      openssl,
      [
        ['req', '-x509', '-config', file('openssl.cnf'), '-extensions', name],
        ['-subj', `/CN=Atlas test ${name}`, '-days', daysValid],
        ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), ...more],
      ].flat(),
    );
  await make('authority');
  await make('server', '-CA', file('authority.pem'), '-CAkey', file('authority.key'));
  return {
    authority: file('authority.pem'),
    certificate: file('server.pem'),
    key: file('server.key'),
  };
}

/** Puts key and certificate into one file, as Kafka wants them. @returns its path */
export async function joinKeyStore({ certificate, key }: Certificates): Promise<string> {
  const store = `${key}store.pem`;
  const parts = [await readFile(key, 'utf8'), await readFile(certificate, 'utf8')];
  await writeFile(store, parts.join(''), { mode: 0o600 });
  return store;
}

/**
 * All that is used, so that the system's own configuration has no say. The nodes of a Redis Cluster are
 * each other's clients by the same certificate.
 */
const configuration = `
[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
authorityKeyIdentifier = keyid
`;
