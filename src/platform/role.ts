// What starting a role gives: where it listens, and its end. `src/roles.ts` composes them.

export const roleNames = ['core', 'payments', 'ledger', 'realtime', 'gateway'] as const;
export type RoleName = (typeof roleNames)[number];

export interface RunningRole extends AsyncDisposable {
  readonly role: RoleName;
  /** Base URL without a slash at the end. */
  readonly url: string;
}
