// Takes down who did what, without making anybody wait: records queue here and go to the core in
// batches. When the core is away they are kept up to a limit; beyond it they are dropped, counted, and
// an error says so. Losing a record must be seen, but it must never stop the work that it is about.
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { auditBatchMax, type AuditRecord } from '../contracts/control.ts';
import type { Log } from './logs.ts';

const gatherMs = 250;
const retryMs = 1_000;
const complainEveryMs = 10_000;
const textLengthMax = 512;

export type AuditEntry = Omit<AuditRecord, 'id' | 'at' | 'node'>;

export interface AuditCounts {
  stored: number;
  dropped: number;
}

export interface AuditTrail {
  /** Never throws and never waits. */
  record(entry: AuditEntry): void;
  /** The record of an entry, for one that is stored together with what it is about. */
  recordOf(entry: AuditEntry): AuditRecord;
}

export interface AuditQueueOptions {
  readonly node: string;
  readonly recordsMax: number;
  readonly log: Log;
  readonly append: (records: readonly AuditRecord[]) => Promise<void>;
}

export class AuditQueue implements AuditTrail {
  readonly counts: AuditCounts = { stored: 0, dropped: 0 };
  readonly #options: AuditQueueOptions;
  readonly #waiting: AuditRecord[] = [];
  #sending: Promise<void> | undefined;
  #full: (() => void) | undefined;
  #closing: AbortController = new AbortController();
  #complainedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AuditQueueOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  recordOf(entry: AuditEntry): AuditRecord {
    const { node } = this.#options;
    const { details } = entry;
    // Within a process ids rise, also within a millisecond: so the record's time is its id's.
    const id = uuidv7();
    return {
      ...entry,
      id,
      at: new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString(),
      node,
      subject: clean(entry.subject)!,
      session: clean(entry.session),
      address: clean(entry.address),
      userAgent: clean(entry.userAgent),
      ...(details === undefined ? {} : { details: cleanAll(details) }),
    };
  }

  record(entry: AuditEntry): void {
    if (this.#waiting.length >= this.#options.recordsMax) return this.#drop(1, 'the queue is full');
    this.#waiting.push(this.recordOf(entry));
    if (this.#waiting.length >= auditBatchMax) this.#full?.();
    this.#sending ??= this.#send();
  }

  /** Sends what waits, for so long; what is left then is dropped. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    await Promise.race([this.#sending, delay(withinMs, undefined, { ref: false })]);
    const left = this.#waiting.splice(0).length;
    if (left > 0) this.#drop(left, 'the process ends');
  }

  async #send(): Promise<void> {
    const { append, log } = this.#options;
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < auditBatchMax) await this.#gather();
      const batch = this.#waiting.slice(0, auditBatchMax);
      try {
        await append(batch);
        this.#waiting.splice(0, batch.length);
        this.counts.stored += batch.length;
      } catch (error) {
        if (isRefused(error)) {
          this.#waiting.splice(0, batch.length);
          this.#drop(batch.length, 'the core refuses them');
        } else {
          log.debug({ err: error }, 'audit: the core is away; trying again');
          await delay(retryMs, undefined, { ref: false });
        }
      }
    }
    this.#sending = undefined;
  }

  /** Until a batch is full, or for a moment. */
  async #gather(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const full = Promise.withResolvers<void>();
    this.#full = full.resolve;
    const timer = setTimeout(full.resolve, gatherMs);
    this.#closing.signal.addEventListener('abort', () => full.resolve(), { once: true });
    await full.promise;
    clearTimeout(timer);
    this.#full = undefined;
  }

  #drop(records: number, reason: string): void {
    this.counts.dropped += records;
    const now = performance.now();
    if (now - this.#complainedAt < complainEveryMs) return;
    this.#complainedAt = now;
    this.#options.log.error({ dropped: this.counts.dropped, reason }, 'audit: records are lost');
  }
}

/** It would be refused again. */
function isRefused(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  const passes = code === 'unavailable' || code === 'overloaded';
  return !passes || cause?.code === 'invalid_request';
}

/** What a database takes as text, and not more of it than somebody will read. */
function clean(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  return text
    .slice(0, textLengthMax)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '\uFFFD');
}

function cleanAll(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, clean(text) ?? '']));
}
