// What the tests of a role start it with: a context of its own, on free ports and in a folder of its
// own, and tokens that it accepts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessContext } from './context.ts';
import type { DevelopmentClaims } from './development-keys.ts';
import { Guards } from './guards/guards.ts';
import { createLog } from './logs.ts';
import type { feelPressure } from './pressure/own-pressure.ts';
import { Pressure, type Signal } from './pressure/pressure.ts';
import { readSettings } from './settings.ts';

export type Settings = Readonly<Record<string, string>>;

export async function testContext(settings: Settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-test-'));
  const ports = Object.fromEntries(
    ['GATEWAY', 'PAYMENTS', 'LEDGER', 'CORE', 'REALTIME'].map((role) => [
      `ATLAS_${role}_PORT`,
      '0',
    ]),
  );
  const given = { ...ports, ATLAS_DATA: folder, ATLAS_LOG_LEVEL: 'silent', ...settings };
  const context = await createProcessContext(readSettings(given), { development: true });
  const token = ({
    accounts = '*',
    scope = 'transfers ops balances accounts',
    tenant = 'tnt_demo',
    subject = 'tester',
    traffic = 'normal',
  }: Partial<Omit<DevelopmentClaims, 'ttlSeconds'>> = {}): Promise<string> => {
    const claims = { tenant, subject, accounts, scope, traffic, ttlSeconds: 600 };
    return context.developmentKeys!.sign(claims);
  };
  return {
    context,
    token,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** For what calls others outside a role. */
export function testGuards(): Guards {
  return new Guards(createLog('test', 'silent'));
}

/** A starved machine is no reason to refuse, or to admit more, unless a test is about that. */
export const calm = feeling(() => 0);

/** A process whose loop is as late, and whose processor is as short, as the test says. */
export function feeling(
  lagMs: () => number,
  starved: () => boolean = () => false,
): typeof feelPressure {
  return <Queue extends string>(loopLagMax: number, queues: Readonly<Record<Queue, Signal>>) => {
    const nowMs = () => performance.now();
    const loop = { limit: loopLagMax, read: lagMs };
    const memory = { limit: 1, read: () => 0 };
    return {
      clock: {
        nowMs,
        pause: { ms: 0, endedAtMs: 0 },
        pausedMs: 0,
        get starved() {
          return starved();
        },
      },
      pressure: new Pressure<'loop' | 'memory' | Queue>({ loop, memory, ...queues }),
      [Symbol.dispose]: () => {},
    };
  };
}
