// Everything that lives as long as one person is signed in: the client with their token, and what they
// have sent. A token that ends is replaced inside the session, so that nothing on the screen is lost.
import { createClient, type AtlasClient, type Claims } from '@atlas/client';
import * as Crypto from 'expo-crypto';
import { limits } from '../limits.ts';
import { followDevice, type Device } from '../live/lifecycle.ts';
import { createOutbox, type Outbox } from '../send/outbox.ts';
import { settings } from '../settings.ts';
import { storage } from '../storage.ts';
import { holdToken } from './held-token.ts';
import { tokenStore, type Credentials } from './token-store.ts';

export interface Session {
  readonly claims: Claims;
  /** Whether its tokens are renewed: it does not end with the one of now. */
  readonly isRenewed: boolean;
  readonly atlas: AtlasClient;
  readonly outbox: Outbox;
  readonly device: Device;
  /** The same person has signed in again. */
  renew(credentials: Credentials): void;
  /** The person signs out: nothing more is kept, what was kept is gone, and the session ends everywhere. */
  leave(): Promise<void>;
  close(): void;
}

export interface SessionParts {
  readonly credentials: Credentials;
  readonly claims: Claims;
  /** Each token that comes after the first. */
  readonly onToken: (access: string) => void;
}

export function openSession({ credentials, claims, onToken }: SessionParts): Session {
  let keeps = true;
  let held = hold(credentials);
  const atlas = createClient({
    url: settings.gateway,
    roles: { ledger: settings.ledger, realtime: settings.realtime },
    token: (asked) => held.source(asked),
    newKey: Crypto.randomUUID,
    cache: {
      load: storage.load,
      // Closing the client saves what is unsaved, which after a sign-out must not come back.
      save: (key, text) => (keeps ? storage.save(key, text) : undefined),
    },
    reconnectPause: limits.reconnectPause,
  });
  const outbox = createOutbox({
    post: atlas.transfers.post,
    newKey: Crypto.randomUUID,
    storage,
    claims,
  });
  const device = followDevice(atlas.live);
  const leaveConnection = atlas.live.connection.subscribe(({ phase }) => {
    if (phase === 'connected') outbox.retryAll();
  });

  /** A refresh token is good once: the next one is kept before the app can be killed. */
  function hold(next: Credentials) {
    keep(next);
    return holdToken(next, claims, (renewed) => {
      keep(renewed);
      onToken(renewed.tokens.access);
    });
  }

  function keep(next: Credentials): void {
    if (keeps) tokenStore.save(next).catch(() => undefined);
  }

  function close(): void {
    leaveConnection();
    device.close();
    outbox.close();
    atlas.close();
  }

  return {
    claims,
    isRenewed: credentials.tokens.refresh !== undefined,
    atlas,
    outbox,
    device,
    renew(next) {
      held = hold(next);
      onToken(next.tokens.access);
      atlas.live.resume();
    },
    async leave() {
      keeps = false;
      void storage.forget();
      tokenStore.clear().catch(() => undefined);
      const { provider } = held;
      // At once: later a browser takes the page for one that nobody has asked for.
      const page = provider?.endSession(held.tokens()).catch(() => undefined);
      await atlas.signOut({ deadlineMs: limits.farewellMs }).catch(() => undefined);
      close();
      await provider?.revoke(held.tokens()).catch(() => undefined);
      await page;
    },
    close,
  };
}
