// What the console watches, each by itself, because one role may be away while another answers.
import {
  createClient,
  systemClock,
  type CacheStats,
  type GatewayLoadSheddingStats,
  type HubLoadSheddingStats,
  type LedgerLoadSheddingStats,
  type LoadSheddingStats,
  type PlatformHealth,
  type Telemetry,
} from '@atlas/client';
import { createWatch, documentSight, type Watch } from '../ui/watch.ts';

export interface Figures {
  /** Of all replicas, over a range. */
  readonly telemetry: (rangeMs: number) => Watch<Telemetry>;
  readonly health: Watch<PlatformHealth>;
  readonly overload: Watch<LoadSheddingStats>;
  readonly reads: Watch<LedgerLoadSheddingStats>;
  readonly hub: Watch<HubLoadSheddingStats>;
  readonly gateway: Watch<GatewayLoadSheddingStats>;
  readonly cache: Watch<CacheStats>;
  readonly close: () => void;
}

/** The roles take a sample of themselves so often. */
const sampleMs = 5_000;
/** A slow connection is no outage: what is late is said to be late, and is given up only now. */
const deadlineMs = 10_000;
/** The next question comes by itself, and must not spend what transfers may repeat. */
const noRetries = { burst: 0, perSecond: 0, perRequest: 0 };

export function createFigures(
  options: Pick<Parameters<typeof createClient>[0], 'url' | 'token'>,
): Figures {
  const { operations, close } = createClient({ ...options, retryBudget: noRetries });
  const parts = { sight: documentSight, clock: systemClock };
  /** The last answer to each range stays, so that coming back to it shows it at once. */
  const telemetry = new Map<number, Watch<Telemetry>>();
  const slow = { ...parts, everyMs: sampleMs, keptMs: 0 };
  function watchRange(rangeMs: number): Watch<Telemetry> {
    let watch = telemetry.get(rangeMs);
    if (watch === undefined) {
      const rangeSeconds = rangeMs / 1_000;
      const ask = (signal: AbortSignal) =>
        operations.telemetry({ rangeSeconds, signal, deadlineMs });
      watch = createWatch({ ...slow, ask });
      telemetry.set(rangeMs, watch);
    }
    return watch;
  }
  return {
    telemetry: watchRange,
    health: createWatch({ ...slow, ask: (signal) => operations.health({ signal, deadlineMs }) }),
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
