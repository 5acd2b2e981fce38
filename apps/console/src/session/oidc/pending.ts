// A sign-in that is under way at the provider: what must be the same when the browser comes back. It
// outlives the way there in this tab alone, and holds no token: without the code it is good for nothing.

export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where the person was: an address of the console. */
  readonly returnTo: string;
  /** The provider was asked to answer without showing anything. */
  readonly silent: boolean;
}

const slot = 'atlas.sign-in';

export function keepPending(pending: Pending): void {
  sessionStorage.setItem(slot, JSON.stringify(pending));
}

/** Once: an answer of the provider is used once too. */
export function takePending(): Pending | undefined {
  const kept = sessionStorage.getItem(slot);
  sessionStorage.removeItem(slot);
  return kept === null ? undefined : (JSON.parse(kept) as Pending);
}
