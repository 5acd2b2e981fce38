// How the roles are doing, and who did what; the token needs scope `ops`.
import { pagesOf, type ListOptions, type Pages } from './pages.ts';
import type { Request } from './request.ts';
import type { CallOptions } from './retries.ts';
import type { AuditRecord, CacheStats, HubInfo, LoadSheddingStats } from './wire.ts';

export interface AuditQuery extends ListOptions {
  /** Times as ISO 8601: at `from` or later, before `to`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly accountId?: string | undefined;
  readonly action?: string | undefined;
  readonly code?: string | undefined;
}

export interface Operations {
  /** What the payments role admits and sheds. */
  loadShedding(options?: CallOptions): Promise<LoadSheddingStats>;
  /** How many balance reads the cache saves the book. */
  cache(options?: CallOptions): Promise<CacheStats>;
  /** What the hub speaks. */
  hub(options?: CallOptions): Promise<HubInfo>;
  /** Who connected, subscribed, was refused or disconnected, newest first. */
  audit(query?: AuditQuery): Pages<AuditRecord>;
}

export function createOperations(request: Request): Operations {
  async function read<T>(path: string, options: CallOptions | undefined): Promise<T> {
    return (await request({ method: 'GET', path }, options)).body as T;
  }
  return {
    loadShedding: (options) => read('/payments/load-shedding/stats', options),
    cache: (options) => read('/ledger/cache/stats', options),
    hub: (options) => read('/ws/info', options),
    audit({ signal, deadlineMs, onRetry, limit, ...query } = {}) {
      const options = { signal, deadlineMs, onRetry, limit, query };
      return pagesOf(request, '/ledger/audit', options, (record: AuditRecord) => record);
    },
  };
}
