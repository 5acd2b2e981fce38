// How the roles are doing; the token needs scope `ops`.
import type { Request } from './request.ts';
import type { CallOptions } from './retries.ts';
import type { CacheStats, HubInfo, LoadSheddingStats } from './wire.ts';

export interface Statistics {
  /** What the payments role admits and sheds. */
  loadShedding(options?: CallOptions): Promise<LoadSheddingStats>;
  /** How many balance reads the cache saves the book. */
  cache(options?: CallOptions): Promise<CacheStats>;
  /** What the hub speaks. */
  hub(options?: CallOptions): Promise<HubInfo>;
}

export function createStatistics(request: Request): Statistics {
  async function read<T>(path: string, options: CallOptions | undefined): Promise<T> {
    return (await request({ method: 'GET', path }, options)).body as T;
  }
  return {
    loadShedding: (options) => read('/payments/load-shedding/stats', options),
    cache: (options) => read('/ledger/cache/stats', options),
    hub: (options) => read('/ws/info', options),
  };
}
