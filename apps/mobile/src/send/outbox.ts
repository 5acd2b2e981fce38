// What this phone has sent and not yet heard of, each transfer with a key of its own that every retry
// repeats. A key is kept before anything is sent, so that an app that was killed can ask again instead
// of sending twice. Nothing here touches a balance: that changes when the book says so.
import {
  createSender,
  readAttempt,
  writeAttempt,
  type Attempt,
  type Claims,
  type Sender,
  type SenderParts,
  type SendState,
  type Transfer,
} from '@atlas/client';
import { limits } from '../limits.ts';
import { openTransferPrefix, type storage } from '../storage.ts';

export interface Outgoing {
  readonly key: string;
  readonly draft: Transfer;
  readonly state: Exclude<SendState, { step: 'idle' }>;
  readonly atMs: number;
}

export interface Outbox {
  /** Newest first; the same list until something changes. */
  readonly read: () => readonly Outgoing[];
  readonly listen: (onChange: () => void) => () => void;
  /** Its key, or undefined when too many are open already. */
  readonly send: (draft: Transfer) => string | undefined;
  /** Asks again with the same key. */
  readonly retry: (key: string) => void;
  /** All that this run has sent and not heard of. */
  readonly retryAll: () => void;
  /** Takes one whose outcome is known, or that the person gives up, off the list. */
  readonly dismiss: (key: string) => void;
  readonly close: () => void;
}

export interface OutboxParts {
  readonly post: SenderParts['post'];
  readonly newKey: () => string;
  readonly storage: Pick<typeof storage, 'load' | 'save' | 'remove' | 'keys'>;
  readonly claims: Pick<Claims, 'tenant' | 'subject'>;
}

interface Item {
  readonly sender: Sender;
  readonly atMs: number;
  /** What was sent before the app was started again waits for the person. */
  readonly ofThisRun: boolean;
}

export function createOutbox({ post, newKey, storage, claims }: OutboxParts): Outbox {
  const listeners = new Set<() => void>();
  const items = new Map<string, Item>();
  let list: readonly Outgoing[] = [];
  const owner = [claims.tenant, claims.subject].map(encodeURIComponent).join('/');
  const prefix = `${openTransferPrefix}${owner}/`;

  function show(): void {
    list = [...items].toReversed().flatMap(([key, { sender, atMs }]) => {
      const state = sender.read();
      return state.step === 'idle' ? [] : [{ key, draft: state.attempt.draft, state, atMs }];
    });
    for (const changed of listeners) changed();
  }

  function add(key: string, remembered?: Attempt): Sender {
    const sender = createSender({
      post,
      newKey: () => key,
      remember: (attempt) =>
        attempt === undefined
          ? storage.remove(prefix + key)
          : storage.save(prefix + key, writeAttempt(attempt)),
      remembered,
    });
    items.set(key, { sender, atMs: Date.now(), ofThisRun: remembered === undefined });
    sender.listen(show);
    forgetBeyond();
    return sender;
  }

  function forgetBeyond(): void {
    for (const [key, { sender }] of items) {
      if (items.size <= limits.outgoingMax) return;
      if (!isOpen(sender)) items.delete(key);
    }
  }

  async function remember(): Promise<void> {
    for (const slot of await storage.keys(prefix)) {
      const text = await storage.load(slot);
      const key = slot.slice(prefix.length);
      if (text !== undefined && !items.has(key)) add(key, readAttempt(text));
    }
    show();
  }
  void remember();

  return {
    read: () => list,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    send(draft) {
      const open = [...items.values()].filter(({ sender }) => isOpen(sender));
      if (open.length >= limits.openTransfersMax) return undefined;
      const key = newKey();
      add(key).send(draft);
      return key;
    },
    retry: (key) => items.get(key)?.sender.retry(),
    retryAll() {
      for (const { sender, ofThisRun } of items.values()) if (ofThisRun) sender.retry();
    },
    dismiss(key) {
      const sender = items.get(key)?.sender;
      if (sender === undefined || sender.read().step === 'sending') return;
      sender.abandon();
      items.delete(key);
      show();
    },
    close() {
      for (const { sender } of items.values()) sender.close();
    },
  };
}

function isOpen(sender: Sender): boolean {
  const { step } = sender.read();
  return step === 'sending' || step === 'unknown';
}
