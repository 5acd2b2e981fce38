// Live: the process answers. Ready: its engines answer too, so that traffic can be sent here. Both
// are open and carry no customer data; neither is ever shed. However many ask at once, an engine is asked
// once, so that these routes open no way past the limits of all others.
import type { App } from './app.ts';
import type { Metrics } from './metrics.ts';

const checkTimeoutMs = 1_000;

/** Named checks; a check resolves to whether the engine answers. */
export type HealthChecks = Readonly<Record<string, () => Promise<boolean> | boolean>>;

export function addHealth(app: App, role: string, metrics: Metrics, checks: HealthChecks): void {
  const open = { config: { public: true }, schema: { hide: true }, logLevel: 'silent' } as const;
  const named = Object.entries(checks).map(
    ([name, check]) => [name, shared(() => passes(check))] as const,
  );
  const text = shared(() => metrics.registry.metrics());
  app.get('/health/live', open, () => ({ status: 'live', role }));
  for (const path of ['/health', '/health/ready']) {
    app.get(path, open, async (_request, reply) => {
      const results = await Promise.all(
        named.map(async ([name, check]) => [name, await check()] as const),
      );
      const ready = results.every(([, passed]) => passed);
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ready' : 'not ready',
        role,
        checks: Object.fromEntries(results.map(([name, passed]) => [name, passed ? 'up' : 'down'])),
      });
    });
  }
  app.get('/metrics', open, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await text()),
  );
}

/** Callers who come while it runs hear what it finds. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () =>
    (running ??= work().finally(() => {
      running = undefined;
    }));
}

export async function passes(check: () => Promise<boolean> | boolean): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkTimeoutMs);
  });
  try {
    return await Promise.race([tooSlow, Promise.resolve(check())]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
