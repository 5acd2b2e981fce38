// Brings acknowledgements and events together: how long after a version was acknowledged a watcher of
// its account has seen it, or a newer one (a slow watcher is sent the latest only).
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

interface Acknowledged {
  readonly version: number;
  readonly atMs: number;
}

interface Watched {
  seen: number;
  /** In the order of versions. */
  waiting: Acknowledged[];
}

const pollMs = 5;

export class SeenVersions {
  /** Microseconds; an event that came before the acknowledgement counts as the least. */
  lateUs: RecordableHistogram = createHistogram({ highest: 600_000_000 });
  readonly #accounts = new Map<string, Watched>();

  startCounting(): void {
    this.lateUs = createHistogram({ highest: 600_000_000 });
  }

  acknowledged(accountId: string, version: number): void {
    const account = this.#account(accountId);
    if (account.seen >= version) this.#record(0);
    else {
      account.waiting.push({ version, atMs: performance.now() });
      account.waiting.sort((a, b) => a.version - b.version);
    }
  }

  event(accountId: string, version: number): void {
    const account = this.#account(accountId);
    account.seen = Math.max(account.seen, version);
    while (account.waiting.length > 0 && account.waiting[0]!.version <= version) {
      this.#record(performance.now() - account.waiting.shift()!.atMs);
    }
  }

  /** Resolves when every acknowledged version has been seen. @throws when some are missing. */
  async all(timeoutMs: number): Promise<void> {
    const giveUpAtMs = performance.now() + timeoutMs;
    for (;;) {
      const missing = [...this.#accounts.values()].reduce(
        (sum, { waiting }) => sum + waiting.length,
        0,
      );
      if (missing === 0) return;
      if (performance.now() > giveUpAtMs) throw new Error(`${missing} versions never came`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  #account(accountId: string): Watched {
    let account = this.#accounts.get(accountId);
    if (account === undefined) this.#accounts.set(accountId, (account = { seen: 0, waiting: [] }));
    return account;
  }

  #record(ms: number): void {
    this.lateUs.record(Math.max(1, Math.round(ms * 1_000)));
  }
}
