import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../metrics.ts';
import { watchHealth } from './health-watch.ts';

test('a state bears the time of its last change, and a version is asked for when an engine comes up', async () => {
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
  let now = 0;
  let isUp = true;
  let version = '17.1';
  let asked = 0;
  const metrics = createMetrics('core');
  const watch = watchHealth({
    checks: {
      database: () => isUp,
      broken: () => {
        if (isUp) return true;
        throw new Error('away');
      },
    },
    engines: [
      {
        need: 'book',
        engine: 'postgres',
        up: () => isUp,
        version: async () => {
          asked += 1;
          return version;
        },
      },
    ],
    metrics,
    nowMs: () => now * 1_000,
  });
  const state = async () => {
    const { ready, since, checks, engines } = await watch.state();
    const [{ up, version, since: upSince }] = engines as [(typeof engines)[0]];
    return { ready, since, checks: checks.map((check) => check.since), up, version, upSince };
  };
  const all = (since: string) => ({ since, checks: [since, since], upSince: since });

  assert.deepEqual(await state(), { ready: true, up: true, version: '17.1', ...all(at(0)) });
  now = 5;
  await watch.look();
  assert.deepEqual(await state(), { ready: true, up: true, version: '17.1', ...all(at(0)) });
  assert.equal(asked, 1);

  now = 10;
  [isUp, version] = [false, '18.0'];
  await watch.look();
  assert.deepEqual(await state(), { ready: false, up: false, version: null, ...all(at(10)) });
  now = 15;
  isUp = true;
  await watch.look();
  assert.deepEqual(await state(), { ready: true, up: true, version: '18.0', ...all(at(15)) });
  assert.match(
    await metrics.registry.metrics(),
    /atlas_core_health_checks_total\{result="not_ready"\} 1/,
  );
});
