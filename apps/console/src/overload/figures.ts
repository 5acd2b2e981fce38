// What the overload page watches, each by itself, because one role may be away while another answers.
import {
  createClient,
  systemClock,
  type CacheStats,
  type GatewayLoadSheddingStats,
  type HubLoadSheddingStats,
  type LedgerLoadSheddingStats,
  type LoadSheddingStats,
} from '@atlas/client';
import { createWatch, documentSight, type Watch } from './watch.ts';

export interface Figures {
  readonly overload: Watch<LoadSheddingStats>;
  readonly reads: Watch<LedgerLoadSheddingStats>;
  readonly hub: Watch<HubLoadSheddingStats>;
  readonly gateway: Watch<GatewayLoadSheddingStats>;
  readonly cache: Watch<CacheStats>;
  readonly close: () => void;
}

/** A second without an answer is a figure that is missing; three are an outage. */
const deadlineMs = 3_000;
/** The next question comes by itself, and must not spend what transfers may repeat. */
const noRetries = { burst: 0, perSecond: 0, perRequest: 0 };

export function createFigures(
  options: Pick<Parameters<typeof createClient>[0], 'url' | 'token'>,
): Figures {
  const { operations, close } = createClient({ ...options, retryBudget: noRetries });
  const parts = { sight: documentSight, clock: systemClock };
  return {
    overload: createWatch({
      ...parts,
      ask: (signal) => operations.loadShedding({ signal, deadlineMs }),
    }),
    reads: createWatch({
      ...parts,
      ask: (signal) => operations.ledgerLoadShedding({ signal, deadlineMs }),
    }),
    hub: createWatch({
      ...parts,
      ask: (signal) => operations.hubLoadShedding({ signal, deadlineMs }),
    }),
    gateway: createWatch({
      ...parts,
      ask: (signal) => operations.gatewayLoadShedding({ signal, deadlineMs }),
    }),
    cache: createWatch({ ...parts, ask: (signal) => operations.cache({ signal, deadlineMs }) }),
    close,
  };
}
