// A book that knows every account at its first version: subscribing costs no ledger.
import type { BalanceReader } from '../../src/contracts/balances.ts';

export const tenant = 'tnt_demo';

export const balances: BalanceReader = {
  read: async (_token, accountId) => ({
    tenant,
    accountId,
    currency: 'EUR',
    bookedMinor: 125_000n,
    pendingMinor: 0n,
    version: 0,
    updatedAt: '2026-11-24T09:00:00.000Z',
  }),
};
