// GET /ledger/accounts/{id}: what does not change about an account.
import { Type } from 'typebox';
import { accountBody } from '../contracts/accounts.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/app.ts';
import { requireAccount } from '../platform/identity.ts';
import { RequestTimeout } from '../platform/request-timeout.ts';
import type { Book } from './book.ts';
import { requireReading } from './require-reading.ts';
import { AccountParams, AccountSchema } from './schemas.ts';
import { waiting } from './waiting.ts';

export function addGetAccount(app: App, book: Book): void {
  app.get(
    '/ledger/accounts/:id',
    {
      schema: {
        operationId: 'getAccount',
        summary: 'An account',
        tags: ['accounts'],
        params: AccountParams,
        headers: Type.Object({ 'request-timeout': RequestTimeout }),
        response: { 200: AccountSchema },
        problems: ['account_not_found'],
      },
    },
    async (request, reply) => {
      const { identity, params } = request;
      requireReading(identity);
      requireAccount(identity, params.id);
      const account = await book.account(identity.tenant, params.id, waiting(request, reply));
      if (account === undefined) {
        throw new ProblemError('account_not_found', 'The account does not exist.');
      }
      reply.header('cache-control', 'private, no-cache');
      return accountBody(account);
    },
  );
}
