// What every role does to be seen: it keeps its hour and watches its health, and tells both to other
// roles that know the internal secret. The gateway adds them up for operators.
import { Type } from 'typebox';
import type { Log } from '../logs.ts';
import type { HealthChecks } from '../health.ts';
import type { App } from '../app.ts';
import { internalOnly } from '../internal-guard.ts';
import type { Metrics } from '../metrics.ts';
import { createHistory, sampleMs, samplesKept } from './history.ts';
import { watchHealth, type EngineProbe } from './health-watch.ts';

export const historyPath = '/internal/telemetry/history';
export const statePath = '/internal/telemetry/state';

const WindowQuery = Type.Object(
  {
    fromMs: Type.String({ pattern: '^[0-9]{1,15}$' }),
    stepMs: Type.String({ pattern: '^[0-9]{1,9}$' }),
    steps: Type.String({ pattern: '^[0-9]{1,3}$' }),
  },
  { additionalProperties: false },
);

export interface TelemetryOptions {
  readonly role: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly secret: string;
  readonly checks: HealthChecks;
  readonly engines: readonly EngineProbe[];
}

/** Runs until the app is closed. */
export function addTelemetry(app: App, options: TelemetryOptions): void {
  const { role, metrics, log, secret, checks, engines } = options;
  const nowMs = Date.now;
  const history = createHistory({ role, registry: metrics.registry, nowMs });
  const health = watchHealth({ checks, engines, metrics, nowMs });
  metrics.gauge('history_bytes', 'Memory of the last hour of its metrics', () => history.bytes);

  let timer: NodeJS.Timeout | undefined;
  /** On the borders of the slots, which are the same at every replica. */
  function schedule(): void {
    timer = setTimeout(() => void tick(), sampleMs - (nowMs() % sampleMs)).unref();
  }
  async function tick(): Promise<void> {
    schedule();
    try {
      await history.sample();
      await health.look();
    } catch (error) {
      log.error({ err: error }, 'telemetry: the metrics could not be sampled');
    }
  }
  schedule();
  app.addHook('onClose', async () => clearTimeout(timer));

  const internal = { ...internalOnly(secret), method: 'GET' } as const;
  app.route({
    ...internal,
    url: historyPath,
    schema: { hide: true, querystring: WindowQuery },
    handler: ({ query }) =>
      history.read({
        fromMs: Number(query.fromMs),
        stepMs: Number(query.stepMs),
        steps: Math.min(samplesKept, Number(query.steps)),
      }),
  });
  app.route({
    ...internal,
    url: statePath,
    schema: { hide: true },
    handler: () => health.state(),
  });
}
