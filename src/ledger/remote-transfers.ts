// Lists of transfers from a ledger in another process, with the internal credential: payments has decided
// what may be read. And the route by which this ledger is asked.
import { Type, type Static } from 'typebox';
import {
  listedAccountsMax,
  transfersPageMax,
  type ListPosition,
  type TransferReader,
  type TransfersQuery,
} from '../contracts/transfer-list.ts';
import { AccountId, Currency } from '../contracts/transfers.ts';
import { storedFromWire, storedToWire, type WireStored } from '../core/internal-wire.ts';
import type { Guards } from '../platform/guards/guards.ts';
import type { App } from '../platform/app.ts';
import { openInternalCalls } from '../platform/internal-calls.ts';
import { internalOnly } from '../platform/internal-guard.ts';

const listPath = '/internal/ledger/transfers';
/** The ledger has places for a few; who waits longer is refused there, in its own words. */
const connectionsMax = 8;
const callsMax = 64;
const answerTimeoutMs = 5_000;
/** A query with the longest names of as many accounts as it may have. */
const bodyBytesMax = 16 * 1024;

interface WireFound {
  readonly items: readonly (WireStored & { readonly position: ListPosition })[];
  readonly next: ListPosition | null;
}

/** Connects when it is first used. */
export function connectTransfers(ledger: {
  /** Base URL. */
  readonly url: string;
  readonly secret: string;
  readonly guards: Guards;
}): TransferReader & AsyncDisposable {
  const calls = openInternalCalls({
    ...ledger,
    role: 'ledger',
    name: 'ledger_transfers',
    connectionsMax,
    callsMax,
    answerTimeoutMs,
  });
  return {
    async list(query) {
      const { items, next } = await calls.call<WireFound>('POST', listPath, queryToWire(query));
      return {
        items: items.map(({ position, ...stored }) => ({ ...storedFromWire(stored), position })),
        next: next ?? undefined,
      };
    },
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}

const Text = Type.String({ minLength: 1, maxLength: 255 });
const Minor = Type.String({ pattern: '^[1-9][0-9]{0,18}$' });
const Ms = Type.Integer({ minimum: 0, maximum: 8.64e15 });
const closed = { additionalProperties: false };
const QueryBody = Type.Object(
  {
    tenant: Text,
    accountIds: Type.Optional(Type.Array(AccountId, { maxItems: listedAccountsMax })),
    ownRefusalsOnly: Type.Boolean(),
    before: Type.Optional(
      Type.Object({ decidedAtMs: Ms, entryId: Type.String({ format: 'uuid' }) }, closed),
    ),
    limit: Type.Integer({ minimum: 1, maximum: transfersPageMax }),
    state: Type.Optional(Type.Union([Type.Literal('posted'), Type.Literal('refused')])),
    minMinor: Type.Optional(Minor),
    maxMinor: Type.Optional(Minor),
    currency: Type.Optional(Currency),
    narration: Type.Optional(Text),
    fromMs: Type.Optional(Ms),
    toMs: Type.Optional(Ms),
  },
  closed,
);
type WireQuery = Static<typeof QueryBody>;

/** Adds the route that `connectTransfers` calls. */
export function addTransfersApi(app: App, transfers: TransferReader, secret: string): void {
  app.route({
    ...internalOnly(secret),
    method: 'POST',
    url: listPath,
    bodyLimit: bodyBytesMax,
    schema: { hide: true, body: QueryBody },
    handler: async ({ body }): Promise<WireFound> => {
      const { items, next } = await transfers.list(queryFromWire(body));
      return {
        items: items.map(({ position, ...stored }) => ({ ...storedToWire(stored), position })),
        next: next ?? null,
      };
    },
  });
}

function queryToWire({ minMinor, maxMinor, ...query }: TransfersQuery): WireQuery {
  return {
    ...query,
    ...(minMinor === undefined ? {} : { minMinor: String(minMinor) }),
    ...(maxMinor === undefined ? {} : { maxMinor: String(maxMinor) }),
  } as WireQuery;
}

function queryFromWire({ minMinor, maxMinor, ...query }: WireQuery): TransfersQuery {
  return {
    ...query,
    ...(minMinor === undefined ? {} : { minMinor: BigInt(minMinor) }),
    ...(maxMinor === undefined ? {} : { maxMinor: BigInt(maxMinor) }),
  };
}
