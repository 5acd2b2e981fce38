// GET /ledger/accounts/{id}/balance: the newest balance, with its version as ETag.
import { Type } from 'typebox';
import { balanceBody, type Balance } from '../contracts/balances.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/app.ts';
import { requireAccount, requireScope, type Identity } from '../platform/identity.ts';
import { etagOf, matchesEtag } from './etag.ts';
import type { NearBalance, NearBalances } from './near-balances.ts';
import {
  AccountParams,
  BalanceSchema,
  MaxStaleMs,
  MinVersion,
  maxStaleMsOf,
  versionOf,
} from './schemas.ts';

/** No body at all: a null would be sent as four bytes, and cost the client its connection. */
const NotModified = Type.Unsafe<undefined>({
  type: 'null',
  description: 'The balance that the client has is the newest',
});

export interface BalanceDoor {
  /** @throws ProblemError forbidden, account_not_found, version_not_reached, unavailable */
  read(identity: Identity, accountId: string, minVersion: number): Promise<Balance>;
  /** The same, or a copy that is no older than the caller accepts. */
  readNear(
    identity: Identity,
    accountId: string,
    wanted: { readonly minVersion: number; readonly maxStaleMs: number },
  ): Promise<NearBalance & { readonly balance: Balance }>;
}

export interface BalanceDoorOptions {
  readonly readAtLeast: (
    tenant: string,
    accountId: string,
    minVersion: number,
  ) => Promise<Balance | undefined>;
  readonly near: NearBalances;
}

/** Guards reading a balance: the same for HTTP and for the roles of this process. */
export function guardBalances({ readAtLeast, near }: BalanceDoorOptions): BalanceDoor {
  function requireRights(identity: Identity, accountId: string): void {
    requireScope(identity, 'balances');
    requireAccount(identity, accountId);
  }

  async function read(identity: Identity, accountId: string, minVersion: number) {
    requireRights(identity, accountId);
    return required(await readAtLeast(identity.tenant, accountId, minVersion), minVersion);
  }

  return {
    read,
    async readNear(identity, accountId, wanted) {
      requireRights(identity, accountId);
      const { tenant } = identity;
      const found = near.find(tenant, accountId, wanted) ?? (await near.read(tenant, accountId));
      if (found.balance !== undefined && found.balance.version >= wanted.minVersion) {
        return { balance: found.balance, ageMs: found.ageMs };
      }
      return { balance: await read(identity, accountId, wanted.minVersion), ageMs: 0 };
    },
  };
}

function required(balance: Balance | undefined, minVersion: number): Balance {
  if (balance === undefined) {
    throw new ProblemError('account_not_found', 'The account does not exist.');
  }
  if (balance.version < minVersion) {
    throw new ProblemError(
      'version_not_reached',
      `The account is at version ${balance.version}, not yet at ${minVersion}.`,
    );
  }
  return balance;
}

export function addGetBalance(app: App, door: BalanceDoor): void {
  app.get(
    '/ledger/accounts/:id/balance',
    {
      schema: {
        operationId: 'getBalance',
        summary: 'The balance of an account',
        description:
          'Not older than any transfer that was acknowledged before. `ETag` carries the version; send ' +
          'it as `If-None-Match` to hear 304 while it is the newest. With `maxStaleMs` the answer may be ' +
          'a copy that does not have the changes of so many milliseconds; the header `Balance-Age-Ms` ' +
          'says of how many.',
        tags: ['accounts'],
        params: AccountParams,
        querystring: Type.Object(
          { minVersion: Type.Optional(MinVersion), maxStaleMs: Type.Optional(MaxStaleMs) },
          { additionalProperties: false },
        ),
        response: {
          200: BalanceSchema,
          304: NotModified,
        },
        problems: ['account_not_found', 'version_not_reached'],
      },
    },
    // Answers by reply.send, not by a returned promise: when an async handler returns its reply,
    // Fastify waits for the response to end, which takes longer than everything else here.
    (request, reply) => {
      const minVersion = versionOf(request.query.minVersion);
      const maxStaleMs = maxStaleMsOf(request.query.maxStaleMs);
      const { identity, params } = request;
      const answer: Promise<NearBalance & { readonly balance: Balance }> =
        maxStaleMs === 0
          ? door.read(identity, params.id, minVersion).then((balance) => ({ balance, ageMs: 0 }))
          : door.readNear(identity, params.id, { minVersion, maxStaleMs });
      answer.then(
        ({ balance, ageMs }) => {
          if (maxStaleMs > 0) reply.header('balance-age-ms', ageMs);
          const etag = etagOf(balance.version);
          reply.headers({
            etag,
            'cache-control': 'private, no-cache',
            vary: 'Authorization, Origin',
          });
          if (matchesEtag(request.headers['if-none-match'], etag)) {
            reply.code(304).send(undefined);
          } else {
            reply.send(balanceBody(balance));
          }
        },
        // An error that is sent goes the way of all errors, whatever the schema of the answer says.
        (error: unknown) => reply.send(error as never),
      );
    },
  );
}
