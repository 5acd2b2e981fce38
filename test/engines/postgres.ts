// A PostgreSQL server of our own: durable as in production (fsync and synchronous_commit stay on),
// in a temporary folder, on loopback only.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificates } from './certificates.ts';
import type { Programs } from './programs.ts';
import { engineFolder, freePort, startServer, type Server } from './server.ts';

const run = promisify(execFile);

/** Backends are processes of their own: pausing the postmaster would pause only new connections. */
export type PostgresServer = Omit<Server, 'pause' | 'resume'> & { readonly url: string };

/** Takes TLS only; its URL verifies the certificate by the authority in `sslrootcert`. */
export type SecuredPostgresServer = PostgresServer & { readonly authority: string };

export async function startPostgres(programs: Programs): Promise<PostgresServer> {
  return launch(programs, await engineFolder('postgres'), async () => ({}));
}

export async function startSecuredPostgres(programs: Programs): Promise<SecuredPostgresServer> {
  const folder = await engineFolder('postgres');
  const { authority, certificate, key } = await makeCertificates(programs, folder);
  const server = await launch(programs, folder, async (user) => {
    if (user) for (const path of [certificate, key]) await chown(path, user.uid, user.gid);
    const access = join(folder, 'data', 'pg_hba.conf');
    await writeFile(access, 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    return { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key };
  });
  const url = new URL(server.url);
  url.searchParams.set('sslmode', 'verify-full');
  url.searchParams.set('sslrootcert', authority);
  return Object.assign(server, { url: url.href, authority });
}

/** @param secure called when the server's data is there; returns further settings */
async function launch(
  programs: Programs,
  folder: string,
  secure: (user: User | undefined) => Promise<Record<string, string>>,
): Promise<PostgresServer> {
  const bin = await programs.find('postgres');
  const user = await unprivilegedUser();
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  const data = join(folder, 'data');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await mkdir(data, { mode: 0o700 });
  if (user) for (const path of [folder, passwordFile, data]) await chown(path, user.uid, user.gid);
  await run(
    join(bin, 'initdb'),
    // ICU's English order differs from JavaScript's, as production databases' does: a test must
    // notice code that takes the two for the same.
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--locale-provider=icu'].concat([
      '--icu-locale=en',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-sync',
    ]),
    { cwd: folder, ...user },
  );
  const port = await freePort();
  const all = { ...settings(port), ...(await secure(user)) };
  const server = await startServer(
    {
      command: join(bin, 'postgres'),
      args: ['-D', data, ...Object.entries(all).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
      ready: /database system is ready to accept connections/,
      endSignal: 'SIGQUIT',
      user,
      cwd: folder,
    },
    'SIGINT',
    folder,
  );
  return Object.assign(server, {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
  });
}

/** The sizes under which the ledger's figures were measured; pages are taken only when used. */
function settings(port: number): Record<string, string | number> {
  return {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '1GB',
    max_wal_size: '8GB',
    wal_buffers: '64MB',
    wal_compression: 'lz4',
    timezone: 'UTC',
  };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; the package's own user is best, nobody will do. */
async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = async (flag: string): Promise<number> =>
        Number((await run('id', [flag, name])).stdout);
      return { uid: await id('-u'), gid: await id('-g') };
    } catch {
      continue;
    }
  }
  throw new Error('run the tests as another user than root: PostgreSQL refuses root');
}
