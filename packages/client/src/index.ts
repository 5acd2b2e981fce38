// All that a program may rely on; what is not named here may change.
export { createClient, type AtlasClient, type ClientOptions, type RoleUrls } from './client.ts';
export { newIdempotencyKey } from './idempotency-key.ts';
export { AtlasError, type ErrorCode, type Outcome } from './atlas-error.ts';
export type {
  Account,
  Balance,
  BatchResult,
  Entry,
  FoundTransfer,
  ListedTransfer,
  Receipt,
  Transfer,
} from './models.ts';
export type { Accounts } from './accounts.ts';
export type { PostOptions, SearchedTo, TransferQuery, Transfers } from './transfers.ts';
export type { AuditQuery, ConnectionsQuery, Operations, TelemetryOptions } from './operations.ts';
export type {
  AuditRecord,
  CacheStats,
  CurrentSession,
  EngineHealth,
  HubConnection,
  HubConnections,
  HubInfo,
  GatewayLoadSheddingStats,
  HubLoadSheddingStats,
  HubNode,
  HubNodes,
  LedgerLoadSheddingStats,
  LoadOrder,
  LoadRun,
  LoadShedding,
  LoadSheddingStats,
  PlatformHealth,
  Problem,
  RoleHealth,
  SignInSettings,
  Telemetry,
  TelemetryFigure,
  TelemetrySlo,
  TransferTimeline,
  WantedLoadShedding,
} from './wire.ts';
export type { CallOptions } from './retries.ts';
export type { ListOptions, Page, Pages } from './pages.ts';
export { ageMs, type Freshness, type LiveBalance } from './live/live-balance.ts';
export type { Live } from './live/live-balances.ts';
export type { ConnectionState, Phase } from './live/steady-connection.ts';
export { createEntriesFeed, type EntriesFeed, type EntriesView } from './live/entries-feed.ts';
export {
  createSender,
  readAttempt,
  writeAttempt,
  type Attempt,
  type Sender,
  type SenderParts,
  type SendState,
} from './sender.ts';
export type { Observable } from './live/observable.ts';
export type { OfflineCache } from './live/balance-cache.ts';
export type { Pause, RetryBudgetLimits } from './limits.ts';
export { keepToken, type TokenKeeper, type TokenKeeperParts, type TokenSet } from './keep-token.ts';
export { readClaims, type Claims, type TokenSource } from './tokens.ts';
export { systemClock, type Clock } from './clock.ts';
