// What was acknowledged and what was read, account by account, and whether the two agree. It judges by
// the order of events in one process: an acknowledgement counts for a read only when it had been heard
// before the read was sent. One that is heard late makes the judge milder, never wrong.

/** The version of an account that is not there (404): below that of one that was just opened. */
export const absent = -1;

/** What may not be undercut by a read that is sent now. */
export interface Floor {
  /** The newest version that was acknowledged to whoever wrote. */
  readonly acknowledged: number;
  /** The newest version that any reader was answered. */
  readonly seen: number;
}

export interface Read {
  readonly accountId: string;
  /** Which of the replicas answered. */
  readonly where: string;
  /** As `floorOf` was when the read was sent. */
  readonly floor: Floor;
  readonly sentAtMs: number;
  readonly version: number;
  /** The answer's body; undefined where it was "still this version" (304), or "no such account". */
  readonly body?: string | undefined;
  /** For a reader that accepts an age: how old the answer says that it may be. */
  readonly allowedMs?: number | undefined;
}

export interface Counts {
  /** Reads that were answered and judged, without those that accept an age. */
  checked: number;
  /** Those that do, and were answered and judged. */
  aged: number;
  /** Older than what had been acknowledged, by more than the reader accepts. */
  stale: number;
  /** Not older than that, but older than what an earlier read had shown. */
  backwards: number;
  /** Whatever else cannot be: two balances for one version, two transfers for one version … */
  impossible: number;
}

interface Account {
  acknowledged: number;
  seen: number;
  /** When `acknowledged` rose, and to what. */
  readonly rises: { readonly version: number; readonly atMs: number }[];
  /** Version → what the transfer changed. */
  readonly changes: Map<number, bigint>;
  /** Version → the body that readers were answered. */
  readonly bodies: Map<number, string>;
}

const examplesMax = 10;

export class History {
  readonly counts: Counts = { checked: 0, aged: 0, stale: 0, backwards: 0, impossible: 0 };
  /** Some of what is wrong, in words. */
  readonly examples: string[] = [];
  /** How long the most outdated answer had been outdated when it was asked for. */
  worstAgeMs = 0;
  readonly #accounts = new Map<string, Account>();

  floorOf(accountId: string): Floor {
    const { acknowledged, seen } = this.#account(accountId);
    return { acknowledged, seen };
  }

  /** The opening of the account was acknowledged: it has version 0. */
  opened(accountId: string, atMs: number): void {
    this.#rise(this.#account(accountId), 0, atMs);
  }

  /** A transfer was acknowledged that brought the account to this version by this change. */
  acknowledge(accountId: string, version: number, change: bigint, atMs: number): void {
    const account = this.#account(accountId);
    if (account.changes.has(version)) {
      this.#impossible(`${accountId} was brought to version ${version} by two transfers`);
    }
    account.changes.set(version, change);
    this.#rise(account, version, atMs);
  }

  judge({ accountId, where, floor, sentAtMs, version, body, allowedMs }: Read): void {
    const account = this.#account(accountId);
    this.counts[allowedMs === undefined ? 'checked' : 'aged'] += 1;
    if (body !== undefined && body !== (account.bodies.get(version) ?? body)) {
      this.#impossible(`${accountId} at ${version}: ${account.bodies.get(version)}, then ${body}`);
    }
    if (body !== undefined) account.bodies.set(version, body);
    const outdated = version < floor.acknowledged;
    const ageMs = outdated ? sentAtMs - outdatedAtMs(account, version) : 0;
    if (outdated && ageMs > (allowedMs ?? 0)) {
      this.counts.stale += 1;
      this.worstAgeMs = Math.max(this.worstAgeMs, ageMs);
      this.#example(
        `${accountId} at ${where}: version ${version} although ${floor.acknowledged} was ` +
          `acknowledged, for ${ageMs.toFixed(1)} ms outdated when it was asked for` +
          (allowedMs === undefined ? '' : ` and not for ${allowedMs} ms as it says`),
      );
    } else if (allowedMs === undefined && version < floor.seen) {
      this.counts.backwards += 1;
    }
    account.seen = Math.max(account.seen, version);
  }

  /**
   * Once every transfer is acknowledged: each version of each account is made by exactly one of them,
   * every balance that was read is the sum of its changes, and all balances sum to zero.
   */
  conclude(): void {
    let total = 0n;
    for (const [accountId, { acknowledged, seen, changes, bodies }] of this.#accounts) {
      if (Math.max(acknowledged, seen) === absent) continue;
      let sum = 0n;
      for (let version = 0; version <= Math.max(acknowledged, seen); version += 1) {
        const change = version === 0 ? 0n : changes.get(version);
        if (change === undefined) {
          this.#impossible(`${accountId} has a version ${version} that no transfer made`);
          break;
        }
        sum += change;
        const body = bodies.get(version);
        if (body !== undefined && bookedOf(body) !== String(sum)) {
          this.#impossible(`${accountId} at ${version} has booked ${sum}, but was read as ${body}`);
        }
      }
      const last = bodies.get(acknowledged);
      if (last === undefined) this.#impossible(`${accountId} was never read at its last version`);
      else total += BigInt(bookedOf(last));
    }
    if (total !== 0n) this.#impossible(`all balances together are ${total}, not 0`);
  }

  #rise(account: Account, version: number, atMs: number): void {
    if (version <= account.acknowledged) return;
    account.acknowledged = version;
    account.rises.push({ version, atMs });
  }

  #account(accountId: string): Account {
    let account = this.#accounts.get(accountId);
    if (account === undefined) {
      account = {
        acknowledged: absent,
        seen: absent,
        rises: [],
        changes: new Map(),
        bodies: new Map(),
      };
      this.#accounts.set(accountId, account);
    }
    return account;
  }

  #impossible(text: string): void {
    this.counts.impossible += 1;
    this.#example(text);
  }

  #example(text: string): void {
    if (this.examples.length < examplesMax) this.examples.push(text);
  }
}

/** When a version newer than this one was first acknowledged; that is most often not long ago. */
function outdatedAtMs({ rises }: Account, version: number): number {
  let first = rises.length - 1;
  while (first > 0 && rises[first - 1]!.version > version) first -= 1;
  return rises[first]!.atMs;
}

function bookedOf(body: string): string {
  return (JSON.parse(body) as { bookedMinor: string }).bookedMinor;
}
