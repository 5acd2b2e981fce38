// What operators see of the whole platform, at the gateway: every replica of every role, asked or scraped.
import type { ProcessContext } from '../../platform/context.ts';
import type { App } from '../../platform/app.ts';
import type { Guards } from '../../platform/guards/guards.ts';
import type { Log } from '../../platform/logs.ts';
import { fromRoles } from './from-roles.ts';
import { addGetHealth } from './get-health.ts';
import { addGetTelemetry } from './get-telemetry.ts';
import { fromPrometheus } from './prometheus.ts';
import { openPrometheus } from './prometheus-api.ts';
import { createReplicas } from './replicas.ts';

export interface PlatformTelemetryOptions {
  readonly context: ProcessContext;
  /** Where the gateway reaches the roles, for as long as the core has not said where all are. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly guards: Guards;
  readonly log: Log;
}

/** Disposing closes the connections to the replicas and to Prometheus. */
export function addPlatformTelemetry(app: App, options: PlatformTelemetryOptions): AsyncDisposable {
  const { context, addresses, guards, log } = options;
  const { settings, control, internalSecret: secret } = context;
  const opened = new AsyncDisposableStack();
  const replicas = opened.use(createReplicas({ control, addresses, secret, guards, log }));
  const prometheus =
    settings.PROMETHEUS_URL === undefined
      ? undefined
      : fromPrometheus({
          api: opened.use(openPrometheus(settings.PROMETHEUS_URL, guards)),
          selector: settings.PROMETHEUS_SELECTOR,
          scrapeSeconds: settings.PROMETHEUS_SCRAPE_SECONDS,
          nowMs: Date.now,
        });
  addGetTelemetry(app, { roles: fromRoles(replicas, Date.now), prometheus, log });
  addGetHealth(app, replicas);
  return opened;
}
