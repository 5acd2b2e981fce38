// The core from another process: the same interface over HTTP at LEDGER_INTERNAL.
import type { Core } from '../contracts/core.ts';
import type { Guards } from '../platform/guards/guards.ts';
import { openInternalCalls } from '../platform/internal-calls.ts';
import {
  accountsPath,
  openedFromWire,
  requestToWire,
  storedFromWire,
  transfersPath,
  type WireOpened,
  type WirePosted,
  type WireStored,
} from './internal-wire.ts';

/** A hand-over has a whole group of transfers; the other calls have one thing each. */
export const coreLimits = {
  transfers: { connectionsMax: 4, callsMax: 64 },
  lookups: { connectionsMax: 8, callsMax: 512 },
  accounts: { connectionsMax: 8, callsMax: 512 },
};
/** Longer than the hand-over's own patience, so that its message is the one that is seen. */
const answerTimeoutMs = 20_000;
/** What was heard longer ago says nothing of now. */
const waitLifeMs = 2_000;

/** What reaches a core in another process. */
export interface CoreAddress {
  /** Base URL. */
  readonly url: string;
  readonly secret: string;
  readonly guards: Guards;
}

/** Connects when it is first used. */
export function connectCore(core: CoreAddress): Core & AsyncDisposable {
  const open = (use: keyof typeof coreLimits) =>
    openInternalCalls({
      ...core,
      ...coreLimits[use],
      role: 'core',
      name: `core_${use}`,
      answerTimeoutMs,
    });
  const transfers = open('transfers');
  const lookups = open('lookups');
  const accounts = open('accounts');
  let waitMs = 0;
  let waitHeardAtMs = Number.NEGATIVE_INFINITY;
  return {
    async post(requests) {
      const body = { requests: requests.map(requestToWire) };
      const answer = await transfers.call<WirePosted>('POST', transfersPath, body);
      waitMs = answer.waitMs;
      waitHeardAtMs = performance.now();
      return [...answer.outcomes];
    },
    waitMs: () => (performance.now() - waitHeardAtMs < waitLifeMs ? waitMs : 0),
    async find(tenant, by) {
      const query = new URLSearchParams({ tenant, ...by });
      const path = `${transfersPath}?${query.toString()}`;
      const { transfer } = await lookups.call<{ transfer: WireStored | null }>('GET', path);
      return transfer === null ? undefined : storedFromWire(transfer);
    },
    async openAccount(request) {
      const { minimumMinor } = request;
      const minimum = minimumMinor === null ? null : String(minimumMinor);
      const body = { ...request, minimumMinor: minimum };
      return openedFromWire(await accounts.call<WireOpened>('PUT', accountsPath, body));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [transfers, lookups, accounts].map((calls) => calls[Symbol.asyncDispose]()),
      );
    },
  };
}
