// What the parts of the benchmark share: the compiled programs, and tokens that the servers accept.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentKeys } from '../../src/platform/development-keys.ts';
import { tenant } from './book.ts';
import { compile } from './compile.ts';
import { accountsOf } from './load.ts';
import { clientLine, type ProtocolName } from './plan.ts';
import { startServer, type Server } from './server.ts';

export interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly receiver: string;
  readonly floor: string;
  startAtlas(module: './fan-out-server.ts' | './role-server.ts'): Promise<Server>;
  /** The plan of so many clients, each a user of its own; by default for every shape of load. */
  clients(
    count: number,
    protocol: ProtocolName,
    accounts?: (connection: number) => string[],
  ): Promise<string[]>;
}

export async function preparePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-fanout-'));
  const keys = await developmentKeys(folder);
  return {
    folder,
    receiver: compile('receiver', folder),
    floor: compile('floor', folder),
    startAtlas: (module) =>
      startServer(module, {
        ATLAS_DATA: folder,
        ATLAS_REALTIME_PORT: '0',
        ATLAS_LOG_LEVEL: 'error',
      }),
    clients: (count, protocol, accounts = accountsOf) =>
      Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const token = await keys.sign({
            tenant,
            subject: `user-${index}`,
            accounts: '*',
            scope: 'balances',
            ttlSeconds: 3_600,
          });
          return clientLine(protocol, token, accounts(index));
        }),
      ),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
