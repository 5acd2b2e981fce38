// Everything that lives as long as one person is signed in: the client with their token, and what they
// have sent. A token that ends is replaced inside the session, so that nothing on the screen is lost.
import { createClient, type AtlasClient, type Claims } from '@atlas/client';
import * as Crypto from 'expo-crypto';
import { limits } from '../limits.ts';
import { followDevice, type Device } from '../live/lifecycle.ts';
import { createOutbox, type Outbox } from '../send/outbox.ts';
import { settings } from '../settings.ts';
import { storage } from '../storage.ts';

export interface Session {
  readonly claims: Claims;
  readonly atlas: AtlasClient;
  readonly outbox: Outbox;
  readonly device: Device;
  /** The same person has signed in again. */
  renew(token: string): void;
  /** Nothing more is kept, and what was kept is gone: the person signs out. */
  forget(): void;
  close(): void;
}

export function openSession(firstToken: string, claims: Claims): Session {
  let token = firstToken;
  let keeps = true;
  const atlas = createClient({
    url: settings.gateway,
    roles: { ledger: settings.ledger, realtime: settings.realtime },
    token: () => token,
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
  return {
    claims,
    atlas,
    outbox,
    device,
    renew(next) {
      token = next;
      atlas.live.resume();
    },
    forget() {
      keeps = false;
      void storage.forget();
    },
    close() {
      leaveConnection();
      device.close();
      outbox.close();
      atlas.close();
    },
  };
}
