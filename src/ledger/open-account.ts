// PUT /ledger/accounts/{id}: opens an account through the core. Sent again it changes nothing.
import type { Static } from 'typebox';
import { accountBody } from '../contracts/accounts.ts';
import type { Core } from '../contracts/core.ts';
import { parseMinor } from '../contracts/money.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/app.ts';
import { requireAccount, requireScope } from '../platform/identity.ts';
import { AccountParams, AccountSchema, OpenAccountBody } from './schemas.ts';

export function addOpenAccount(app: App, core: Pick<Core, 'openAccount'>): void {
  app.put(
    '/ledger/accounts/:id',
    {
      schema: {
        operationId: 'openAccount',
        summary: 'Opens an account',
        description: '201: opened now. 200: it was open, with the same values. 409: with others.',
        tags: ['accounts'],
        params: AccountParams,
        body: OpenAccountBody,
        response: { 200: AccountSchema, 201: AccountSchema },
        problems: ['account_conflict'],
      },
    },
    async ({ identity, params, body }, reply) => {
      requireScope(identity, 'accounts');
      requireAccount(identity, params.id);
      const { status, account } = await core.openAccount({
        tenant: identity.tenant,
        accountId: params.id,
        currency: body.currency,
        minimumMinor: minimumOf(body),
      });
      if (status === 'conflict') {
        throw new ProblemError(
          'account_conflict',
          'The account exists with another currency or minimum.',
        );
      }
      return reply.code(status === 'created' ? 201 : 200).send(accountBody(account));
    },
  );
}

function minimumOf({ minimumMinor = '0' }: Static<typeof OpenAccountBody>): bigint | null {
  if (minimumMinor === null) return null;
  const minor = parseMinor(minimumMinor);
  if (minor !== undefined) return minor;
  throw new ProblemError('invalid_request', 'minimumMinor leaves the range of 64 bits.', {
    errors: [{ path: 'body/minimumMinor', message: 'must fit 64 bits' }],
  });
}
