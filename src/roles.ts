// Puts a process together: opens the engines that its roles need, once, and starts the roles in the
// order of a transfer's way, so that each finds the ones it calls. Roles in the same process meet
// through their interfaces; others through the network. Ends in reverse.
import { randomUUID } from 'node:crypto';
import type { ControlPlane } from './contracts/control.ts';
import type { Core } from './contracts/core.ts';
import type { BalanceReader } from './contracts/balances.ts';
import type { TransferReader } from './contracts/transfer-list.ts';
import { startCore } from './core/index.ts';
import { migrate } from './core/migrate.ts';
import { connectCore } from './core/remote.ts';
import { connectControlPlane } from './core/remote-control.ts';
import { openEngines } from './engines.ts';
import { startGateway } from './gateway/index.ts';
import { startLedger } from './ledger/index.ts';
import { connectBalances } from './ledger/remote.ts';
import { connectTransfers } from './ledger/remote-transfers.ts';
import { startPayments } from './payments/index.ts';
import type { ProcessContext } from './platform/context.ts';
import type { RoleName, RunningRole } from './platform/role.ts';
import { startRealtime } from './realtime/index.ts';

export interface RunningRoles extends AsyncDisposable {
  readonly urls: Readonly<Partial<Record<RoleName, string>>>;
  /** Resolves with one line when a role may not go on and the process should end. */
  readonly failed: Promise<string>;
}

export interface RolesOptions {
  readonly names: ReadonlySet<RoleName>;
  /** Folder with the built console, for the gateway. */
  readonly consoleFolder: string | undefined;
}

/** Starts roles; when one cannot start, those before it are ended and the error is thrown. */
export async function startRoles(
  context: ProcessContext,
  { names, consoleFolder }: RolesOptions,
): Promise<RunningRoles> {
  const { settings } = context;
  await using started = new AsyncDisposableStack();
  const urls: Partial<Record<RoleName, string>> = {};
  const failed = Promise.withResolvers<string>();
  const writerId = randomUUID();
  const engines = started.use(await openEngines(context, names, writerId));
  const running = <R extends RunningRole>(role: R): R => {
    urls[role.role] = role.url;
    return started.use(role);
  };

  const { guards, internalSecret: secret } = context;
  const address = { url: settings.LEDGER_INTERNAL, secret, guards };
  let core: Core | undefined;
  let control: ControlPlane | undefined;
  let balances: BalanceReader | undefined;
  let transfers: TransferReader | undefined;
  if (names.has('core')) {
    await migrate(engines.forCore().database);
    await engines.makeTopics(context.forRole('core').log);
    const role = running(await startCore(context, { ...engines.forCore(), writerId }));
    void role.failed.then(failed.resolve);
    ({ core, control } = role);
  } else if (names.has('payments') || names.has('ledger')) {
    core = started.use(connectCore(address));
  }
  control ??= started.use(connectControlPlane(address));
  started.use(await context.control.connect(control));
  if (names.has('ledger')) {
    const role = running(await startLedger(context, { ...engines.forLedger(), core: core! }));
    ({ balances, transfers } = role);
  } else if (names.has('realtime')) {
    balances = started.use(connectBalances(settings.LEDGER_URL, guards));
  }
  if (names.has('payments')) {
    transfers ??= started.use(connectTransfers({ ...address, url: settings.LEDGER_URL }));
    running(await startPayments(context, { core: core!, transfers }));
  }
  if (names.has('realtime')) {
    running(await startRealtime(context, { feed: engines.forRealtime(), balances: balances! }));
  }
  if (names.has('gateway')) {
    const gateway = {
      payments: urls.payments ?? settings.PAYMENTS_URL,
      ledger: urls.ledger ?? settings.LEDGER_URL,
      realtime: urls.realtime ?? settings.REALTIME_URL,
      consoleFolder,
    };
    running(await startGateway(context, gateway));
  }
  const resources = started.move();
  return {
    urls,
    failed: failed.promise,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
