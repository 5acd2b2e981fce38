// GET /ledger/accounts/{id}/entries: the statement of an account, newest first. A page is below a
// version, so entries that arrive meanwhile shift nothing.
import { Type } from 'typebox';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/app.ts';
import { requireAccount, requireScope } from '../platform/identity.ts';
import { RequestTimeout } from '../platform/request-timeout.ts';
import type { Book, Entry } from './book.ts';
import { NextCursor, limitOf, pageQuery, readCursor, writeCursor } from '../platform/queries.ts';
import { AccountParams, EntrySchema } from './schemas.ts';
import { waiting } from './waiting.ts';

export function addGetEntries(app: App, book: Book): void {
  app.get(
    '/ledger/accounts/:id/entries',
    {
      schema: {
        operationId: 'listEntries',
        summary: 'The entries of an account, newest first',
        tags: ['accounts'],
        params: AccountParams,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        headers: Type.Object({ 'request-timeout': RequestTimeout }),
        response: {
          200: Type.Object(
            { items: Type.Array(EntrySchema), nextCursor: NextCursor },
            { title: 'EntryPage' },
          ),
        },
        problems: ['account_not_found'],
      },
    },
    async (request, reply) => {
      const { identity, params, query } = request;
      requireScope(identity, 'balances');
      requireAccount(identity, params.id);
      const limit = limitOf(query.limit);
      const entries = await book.entries(
        {
          tenant: identity.tenant,
          accountId: params.id,
          before: beforeOf(query.cursor),
          limit: limit + 1,
        },
        waiting(request, reply),
      );
      if (entries === undefined) {
        throw new ProblemError('account_not_found', 'The account does not exist.');
      }
      const page = entries.slice(0, limit);
      reply.header('cache-control', 'private, no-cache');
      return {
        items: page.map(entryBody),
        nextCursor:
          entries.length > limit ? writeCursor('entries', String(page.at(-1)!.version)) : null,
      };
    },
  );
}

function beforeOf(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  return Number(readCursor('entries', cursor, /^[1-9][0-9]{0,14}$/));
}

function entryBody({ amountMinor, balanceAfterMinor, ...entry }: Entry) {
  return {
    ...entry,
    amountMinor: String(amountMinor),
    balanceAfterMinor: String(balanceAfterMinor),
  };
}
