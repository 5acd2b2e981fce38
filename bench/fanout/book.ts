// A book that knows every account at its first version, so that subscribing costs no ledger, and a core
// that takes every audit record.
import type { BalanceReader } from '../../src/contracts/balances.ts';
import type { ControlPlane } from '../../src/contracts/control.ts';

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

export const controlPlane: ControlPlane = {
  revoke: async () => {},
  news: async (cursor) => ({ revocations: [], ceiling: null, cursor }),
  orderCeiling: async (ceiling) => ({
    revision: 1,
    ceiling,
    orderedAt: '2026-11-24T09:00:00.000Z',
  }),
  nodes: async () => [],
  seenNodes: async () => [],
  append: async () => {},
};
