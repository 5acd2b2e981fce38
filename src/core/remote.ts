// The core from another process: the same interface over HTTP at LEDGER_INTERNAL.
import type { Core } from '../contracts/core.ts';
import type { TransferOutcome } from '../contracts/transfers.ts';
import { openInternalCalls } from '../platform/internal-calls.ts';
import {
  accountsPath,
  openedFromWire,
  requestToWire,
  storedFromWire,
  transfersPath,
  type WireOpened,
  type WireStored,
} from './internal-wire.ts';

const connectionsMax = 16;
const callsMax = 1_024;
/** Longer than the hand-over's own patience, so that its message is the one that is seen. */
const answerTimeoutMs = 20_000;

/** Connects when it is first used; `url` is the core's base URL. */
export function connectCore(url: string, secret: string): Core & AsyncDisposable {
  const calls = openInternalCalls({
    name: 'core',
    url,
    secret,
    connectionsMax,
    callsMax,
    answerTimeoutMs,
  });
  return {
    async post(requests) {
      const body = { requests: requests.map(requestToWire) };
      const { outcomes } = await calls.call<{ outcomes: TransferOutcome[] }>(
        'POST',
        transfersPath,
        body,
      );
      return outcomes;
    },
    async find(tenant, by) {
      const query = new URLSearchParams({ tenant, ...by });
      const path = `${transfersPath}?${query.toString()}`;
      const { transfer } = await calls.call<{ transfer: WireStored | null }>('GET', path);
      return transfer === null ? undefined : storedFromWire(transfer);
    },
    async openAccount(request) {
      const { minimumMinor } = request;
      const minimum = minimumMinor === null ? null : String(minimumMinor);
      const body = { ...request, minimumMinor: minimum };
      return openedFromWire(await calls.call<WireOpened>('PUT', accountsPath, body));
    },
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}
