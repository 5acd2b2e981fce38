// GET /ledger/accounts: the accounts that the token lists and that exist, in id order.
import { Type } from 'typebox';
import { accountBody, accountIdForm } from '../contracts/accounts.ts';
import type { App } from '../platform/app.ts';
import { RequestTimeout } from '../platform/request-timeout.ts';
import type { Book } from './book.ts';
import { NextCursor, limitOf, pageQuery, readCursor, writeCursor } from '../platform/queries.ts';
import { requireReading } from './require-reading.ts';
import { AccountSchema } from './schemas.ts';
import { waiting } from './waiting.ts';

const prefixLengthMax = 128;

export function addListAccounts(app: App, book: Book): void {
  app.get(
    '/ledger/accounts',
    {
      schema: {
        operationId: 'listAccounts',
        summary: 'Accounts in id order',
        tags: ['accounts'],
        querystring: Type.Object(
          {
            ...pageQuery,
            prefix: Type.Optional(
              Type.String({
                maxLength: prefixLengthMax,
                pattern: '^[A-Za-z0-9:_.+-]*$',
                description: 'Only accounts whose id begins so',
                examples: ['msisdn::'],
              }),
            ),
          },
          { additionalProperties: false },
        ),
        headers: Type.Object({ 'request-timeout': RequestTimeout }),
        response: {
          200: Type.Object(
            { items: Type.Array(AccountSchema), nextCursor: NextCursor },
            { title: 'AccountPage' },
          ),
        },
      },
    },
    async (request, reply) => {
      const { identity, query } = request;
      requireReading(identity);
      const limit = limitOf(query.limit);
      const accounts = await book.accounts(
        {
          tenant: identity.tenant,
          listed: identity.accounts,
          prefix: query.prefix ?? '',
          after: afterOf(query.cursor),
          limit: limit + 1,
        },
        waiting(request, reply),
      );
      const page = accounts.slice(0, limit);
      reply.header('cache-control', 'private, no-cache');
      return {
        items: page.map(accountBody),
        nextCursor:
          accounts.length > limit ? writeCursor('accounts', page.at(-1)!.accountId) : null,
      };
    },
  );
}

function afterOf(cursor: string | undefined): string {
  return cursor === undefined ? '' : readCursor('accounts', cursor, accountIdForm);
}
