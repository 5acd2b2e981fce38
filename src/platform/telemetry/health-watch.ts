// Since when a role has been ready, and its engines up: it asks them every five seconds and remembers when
// the answer changed. Whoever wants to know hears the last answer, so that nobody's look costs an engine
// anything.
import type { EngineState, Need, RoleState } from '../../contracts/telemetry.ts';
import { passes, type HealthChecks } from '../health.ts';
import type { Metrics } from '../metrics.ts';

/** How a role sees an engine. */
export interface EngineProbe {
  readonly need: Need;
  readonly engine: string;
  readonly up: () => Promise<boolean> | boolean;
  /** Asked for when it has come up. */
  readonly version: () => Promise<string | undefined>;
}

export interface HealthWatch {
  /** Asks; a caller who comes meanwhile waits for the same. */
  look(): Promise<void>;
  /** As it was when it was last asked; it asks first where that has never been. */
  state(): Promise<RoleState>;
}

export interface HealthWatchOptions {
  readonly checks: HealthChecks;
  readonly engines: readonly EngineProbe[];
  readonly metrics: Metrics;
  readonly nowMs: () => number;
}

interface Watched {
  up: boolean;
  since: string;
}

export function watchHealth({ checks, engines, metrics, nowMs }: HealthWatchOptions): HealthWatch {
  const results = metrics.counter('health_checks_total', 'Its own health as seen by the role', [
    'result',
  ]);
  for (const result of ['ready', 'not_ready']) results.inc({ result }, 0);
  const seen = new Map<string, Watched>();
  const versions = new Map<EngineProbe, string>();
  let looking: Promise<void> | undefined;

  /** What is seen for the first time has been so for as long as we know. */
  function saw(name: string, up: boolean): void {
    const before = seen.get(name);
    if (before?.up === up) return;
    seen.set(name, { up, since: new Date(nowMs()).toISOString() });
  }

  async function askEngine(probe: EngineProbe): Promise<void> {
    const up = await passes(probe.up);
    saw(`engine ${probe.need}`, up);
    if (!up) versions.delete(probe);
    if (!up || versions.has(probe)) return;
    const version = await probe.version().catch(() => undefined);
    if (version !== undefined) versions.set(probe, version);
  }

  async function ask(): Promise<void> {
    const passed = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const up = await passes(check);
        saw(`check ${name}`, up);
        return up;
      }),
    );
    const ready = passed.every(Boolean);
    saw('role', ready);
    results.inc({ result: ready ? 'ready' : 'not_ready' });
    await Promise.all(engines.map(askEngine));
  }

  const look = () =>
    (looking ??= ask().finally(() => {
      looking = undefined;
    }));

  return {
    look,
    async state() {
      if (!seen.has('role')) await look();
      const { up: ready, since } = seen.get('role')!;
      return {
        ready,
        since,
        checks: Object.keys(checks).map((name) => ({ name, ...seen.get(`check ${name}`)! })),
        engines: engines.map((probe): EngineState => ({
          need: probe.need,
          engine: probe.engine,
          ...seen.get(`engine ${probe.need}`)!,
          version: versions.get(probe) ?? null,
        })),
      };
    },
  };
}
