// How the roles are doing, and who did what; the token needs scope `ops`.
import type { Call } from './attempt.ts';
import { pagesOf, queryOf, type ListOptions, type Pages } from './pages.ts';
import type { Request } from './request.ts';
import type { CallOptions } from './retries.ts';
import type {
  AuditRecord,
  CacheStats,
  GatewayLoadSheddingStats,
  HubInfo,
  HubLoadSheddingStats,
  HubConnection,
  HubConnections,
  HubNodes,
  LedgerLoadSheddingStats,
  LoadOrder,
  LoadRun,
  LoadShedding,
  LoadSheddingStats,
  PlatformHealth,
  Telemetry,
  WantedLoadShedding,
} from './wire.ts';

export interface AuditQuery extends ListOptions {
  /** Times as ISO 8601: at `from` or later, before `to`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly accountId?: string | undefined;
  readonly action?: string | undefined;
  readonly code?: string | undefined;
}

export interface ConnectionsQuery {
  readonly subject?: string | undefined;
  readonly accountId?: string | undefined;
  /** Only those that do not take what they are sent, or only the others. */
  readonly slow?: boolean | undefined;
  /** Only those of this replica. */
  readonly node?: string | undefined;
  /** Connections of a page, 1 to 200; else 50. */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface TelemetryOptions extends CallOptions {
  /** How far back; else a quarter of an hour. */
  readonly rangeSeconds?: number | undefined;
}

export interface Operations {
  /** What all replicas have done over a range, and how that stands against the SLOs. */
  telemetry(options?: TelemetryOptions): Promise<Telemetry>;
  /** Every role and engine, and since when each is as it is. */
  health(options?: CallOptions): Promise<PlatformHealth>;
  /** What the payments role admits and sheds. */
  loadShedding(options?: CallOptions): Promise<LoadSheddingStats>;
  /** What the ledger lets in and refuses. */
  ledgerLoadShedding(options?: CallOptions): Promise<LedgerLoadSheddingStats>;
  /** What the gateway passes on and refuses. */
  gatewayLoadShedding(options?: CallOptions): Promise<GatewayLoadSheddingStats>;
  /** What a replica of the hub lets in and refuses. */
  hubLoadShedding(options?: CallOptions): Promise<HubLoadSheddingStats>;
  /** How much is admitted, and who says so. */
  ceiling(options?: CallOptions): Promise<LoadShedding>;
  /**
   * Sets it at every replica, until it is set again; what is left out is as the settings say.
   * @throws AtlasError `invalid_request`
   */
  setCeiling(wanted: WantedLoadShedding, options?: CallOptions): Promise<LoadShedding>;
  /** Goes back to what the settings say. */
  resetCeiling(options?: CallOptions): Promise<LoadShedding>;
  /** How many balance reads the cache saves the book. */
  cache(options?: CallOptions): Promise<CacheStats>;
  /** What the hub speaks. */
  hub(options?: CallOptions): Promise<HubInfo>;
  /** The replicas of the hub. */
  hubNodes(options?: CallOptions): Promise<HubNodes>;
  /** Who is connected to the hub, those that came last first. */
  connections(query?: ConnectionsQuery, options?: CallOptions): Promise<HubConnections>;
  /** One of them. @throws AtlasError `not_found` */
  connection(connectionId: string, options?: CallOptions): Promise<HubConnection>;
  /** Ends one; its client does not come back by itself. @throws AtlasError `not_found` */
  disconnect(connectionId: string, options?: CallOptions): Promise<void>;
  /**
   * Loads a system that is not production. @throws AtlasError `load_running` while one runs;
   * `forbidden` where the tokens are those of a provider
   */
  startLoad(order: LoadOrder, options?: CallOptions): Promise<LoadRun>;
  /** The load that was started last on this gateway; null where there was none. */
  lastLoad(options?: CallOptions): Promise<LoadRun | null>;
  stopLoad(options?: CallOptions): Promise<void>;
  /** Who connected, subscribed, was refused or disconnected, newest first. */
  audit(query?: AuditQuery): Pages<AuditRecord>;
}

const ceilingPath = '/payments/load-shedding';
const loadsPath = '/load-runs';
const connectionPath = (id: string) => `/ws/connections/${encodeURIComponent(id)}`;

export function createOperations(request: Request): Operations {
  async function call<T>(call: Call, options: CallOptions | undefined): Promise<T> {
    return (await request(call, options)).body as T;
  }
  const read = <T>(path: string, options: CallOptions | undefined) =>
    call<T>({ method: 'GET', path }, options);
  return {
    telemetry: ({ rangeSeconds, ...options } = {}) =>
      read(
        `/telemetry${rangeSeconds === undefined ? '' : `?rangeSeconds=${rangeSeconds}`}`,
        options,
      ),
    health: (options) => read('/health/roles', options),
    loadShedding: (options) => read('/payments/load-shedding/stats', options),
    ledgerLoadShedding: (options) => read('/ledger/load-shedding/stats', options),
    gatewayLoadShedding: (options) => read('/gateway/load-shedding/stats', options),
    hubLoadShedding: (options) => read('/ws/load-shedding/stats', options),
    ceiling: (options) => read(ceilingPath, options),
    setCeiling: (wanted, options) =>
      call({ method: 'PUT', path: ceilingPath, body: JSON.stringify(wanted) }, options),
    resetCeiling: (options) => call({ method: 'DELETE', path: ceilingPath }, options),
    cache: (options) => read('/ledger/cache/stats', options),
    hub: (options) => read('/ws/info', options),
    hubNodes: (options) => read('/ws/nodes', options),
    connections({ slow, limit, ...whose } = {}, options) {
      const query = queryOf({ ...whose, slow: slow?.toString(), limit: limit?.toString() });
      return read(`/ws/connections${query}`, options);
    },
    connection: (connectionId, options) => read(connectionPath(connectionId), options),
    async disconnect(connectionId, options) {
      await request({ method: 'DELETE', path: connectionPath(connectionId) }, options);
    },
    startLoad: (order, options) =>
      call({ method: 'POST', path: loadsPath, body: JSON.stringify(order) }, options),
    async lastLoad(options) {
      const { items } = await read<{ items: LoadRun[] }>(loadsPath, options);
      return items[0] ?? null;
    },
    async stopLoad(options) {
      await request({ method: 'DELETE', path: `${loadsPath}/latest` }, options);
    },
    audit({ signal, deadlineMs, onRetry, limit, ...query } = {}) {
      const options = { signal, deadlineMs, onRetry, limit, query };
      return pagesOf(request, '/ledger/audit', options, (record: AuditRecord) => record);
    },
  };
}
