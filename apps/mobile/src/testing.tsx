// A signed-in session for a component's test: the client with a hub and a network that the test moves,
// and the app's own outbox and storage.
import type { AtlasClient, Claims, ConnectionState, LiveBalance, Observable } from '@atlas/client';
import { render } from '@testing-library/react-native';
import type { ReactElement, ReactNode } from 'react';
import { HiddenContext } from './home/use-hidden.ts';
import { createOutbox, type OutboxParts } from './send/outbox.ts';
import type { Session } from './session/session.ts';
import { SessionContext } from './session/use-session.ts';
import { storage } from './storage.ts';

export const claims: Claims = {
  tenant: 'tnt_test',
  subject: 'ada',
  accounts: ['ada', 'bola'],
  scopes: ['transfers', 'balances'],
  expiresAtMs: Date.parse('2026-11-26T00:00:00Z'),
};

export const balance = {
  accountId: 'ada',
  currency: 'EUR',
  availableMinor: 125_050n,
  pendingMinor: 0n,
  bookedMinor: 125_050n,
  version: 7,
  updatedAt: '2026-11-25T14:00:00.000Z',
};

export const live: LiveBalance = {
  balance,
  freshness: 'live',
  asOfMs: undefined,
  refusal: undefined,
};

export const connected: ConnectionState = { phase: 'connected', sinceMs: 0, reason: undefined };

export interface Seen {
  readonly value?: LiveBalance;
  readonly connection?: ConnectionState;
  readonly hasNetwork?: boolean;
  readonly hidden?: boolean;
  readonly post?: OutboxParts['post'];
}

/** Renders for somebody who is signed in and sees this. */
export function renderSignedIn(element: ReactElement, seen: Seen = {}) {
  const post = seen.post ?? (() => new Promise<never>(() => undefined));
  let keys = 0;
  const shown = movable(seen.value ?? live);
  const session: Session = {
    claims,
    isRenewed: false,
    atlas: {
      live: {
        balance: () => shown,
        connection: movable(seen.connection ?? connected),
      },
    } as unknown as AtlasClient,
    outbox: createOutbox({ post, newKey: () => `key-${++keys}`, storage, claims }),
    device: { hasNetwork: () => seen.hasNetwork ?? true, listen: () => () => {}, close: () => {} },
    renew: () => undefined,
    leave: async () => undefined,
    close: () => undefined,
  };
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <SessionContext value={session}>
      <HiddenContext value={seen.hidden ?? false}>{children}</HiddenContext>
    </SessionContext>
  );
  return { session, show: shown.move, ...render(element, { wrapper }) };
}

function movable<T>(value: T): Observable<T> & { readonly move: (next: T) => void } {
  const listeners = new Set<(value: T) => void>();
  return {
    get value() {
      return value;
    },
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    move(next) {
      value = next;
      for (const changed of listeners) changed(next);
    },
  };
}
