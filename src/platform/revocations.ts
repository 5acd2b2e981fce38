// Which tokens are refused before their end, as this process last heard it. A look costs one step in a
// map, so every request can afford it; the list ends with the tokens that it is about.
import type { Revocation } from '../contracts/control.ts';
import type { Identity } from './identity.ts';

const pruneEveryMs = 60_000;

export interface Revocations {
  covers(identity: Identity): boolean;
  add(revocations: readonly Revocation[]): void;
  /** Calls `listener` after new ones have taken effect; the returned function ends that. */
  onAdded(listener: (revocations: readonly Revocation[]) => void): () => void;
  /** Subjects with a revocation. */
  readonly size: number;
}

interface Subject {
  /** Sessions with the time at which they may be forgotten. */
  readonly sessions: Map<string, number>;
  /** Tokens issued up to then are refused; they all end by `allUntilMs`. */
  allIssuedMs: number;
  allUntilMs: number;
}

export function createRevocations(nowMs: () => number = Date.now): Revocations {
  const subjects = new Map<string, Subject>();
  const listeners = new Set<(revocations: readonly Revocation[]) => void>();
  let prunedAtMs = nowMs();

  function addOne({ session, revokedAtMs, expiresAtMs, ...who }: Revocation): void {
    const name = nameOf(who);
    let subject = subjects.get(name);
    if (subject === undefined) {
      subject = { sessions: new Map(), allIssuedMs: -1, allUntilMs: -1 };
      subjects.set(name, subject);
    }
    if (session !== null) {
      subject.sessions.set(session, Math.max(expiresAtMs, subject.sessions.get(session) ?? 0));
    } else {
      subject.allIssuedMs = Math.max(subject.allIssuedMs, revokedAtMs);
      subject.allUntilMs = Math.max(subject.allUntilMs, expiresAtMs);
    }
  }

  function prune(now: number): void {
    prunedAtMs = now;
    for (const [name, { sessions, allUntilMs }] of subjects) {
      for (const [session, untilMs] of sessions) if (untilMs <= now) sessions.delete(session);
      if (sessions.size === 0 && allUntilMs <= now) subjects.delete(name);
    }
  }

  return {
    get size() {
      return subjects.size;
    },
    covers(identity) {
      const subject = subjects.get(nameOf(identity));
      if (subject === undefined) return false;
      // A token says the second in which it was issued, so one of the same second may be older.
      const issuedMs = identity.issuedAtMs ?? 0;
      return issuedMs <= subject.allIssuedMs || subject.sessions.has(identity.session);
    },
    add(revocations) {
      for (const revocation of revocations) addOne(revocation);
      if (nowMs() - prunedAtMs > pruneEveryMs) prune(nowMs());
      if (revocations.length > 0) for (const listener of listeners) listener(revocations);
    },
    onAdded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A tenant's name has no space. */
function nameOf({ tenant, subject }: Pick<Identity, 'tenant' | 'subject'>): string {
  return `${tenant} ${subject}`;
}
