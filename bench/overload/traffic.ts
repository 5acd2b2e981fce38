// Customers who pay each other at the payments role, each with an idempotency key of its own.
import { randomUUID } from 'node:crypto';
import { connectAll, requestText } from '../../load/http/connection.ts';
import { noRetry, type RetryPolicy } from '../../load/retries.ts';
import { runLoad, type LoadResult, type TrafficClass } from '../../load/run-load.ts';
import type { Phase, Shape } from '../../load/shapes.ts';
import { seededRandom } from '../../src/commands/demo/random.ts';
import { accountOf, accountsCount, type System } from './systems.ts';

export interface Traffic {
  readonly name?: string;
  readonly shape: Shape;
  readonly retry?: RetryPolicy;
}

/** Served within this is good: half a second, as a customer at a till waits. */
export const deadlineMs = 500;
/** Nobody waits longer for an answer: what came later would be no better than none, and the waiting would
 * need more sockets than there are ports. */
const attemptTimeoutMs = 3_000;
const primingAtOnce = 4;

export function transfers(
  place: Pick<System, 'payments' | 'token'> & { readonly accountsCount?: number },
  { name = 'transfers', shape, retry = noRetry }: Traffic,
): TrafficClass {
  const { payments, token, accountsCount: count = accountsCount } = place;
  const random = seededRandom(11);
  const pair = () => {
    const from = Math.floor(random() * count);
    return [from, (from + 1 + Math.floor(random() * (count - 1))) % count] as const;
  };
  return {
    name,
    url: payments,
    shape,
    retry,
    next: () => transferText(token, randomUUID(), ...pair()),
  };
}

/**
 * Transfers that were posted a moment ago and are asked for again, as by callers who lost the answer.
 * @param count how many: each may be asked for a few times before it counts as any other
 */
export async function postedBefore(
  { payments, token }: System,
  count: number,
): Promise<readonly string[]> {
  const texts = Array.from({ length: count }, (_, index) =>
    transferText(token, randomUUID(), (2 * index) % accountsCount, (2 * index + 1) % accountsCount),
  );
  const waiting = texts.values();
  const connections = await connectAll(payments, primingAtOnce);
  await Promise.all(
    connections.map(async (connection) => {
      for (const text of waiting) {
        const { status, body } = await connection.send(text);
        if (status !== 201) throw new Error(`${status}: ${body}`);
      }
      connection.close();
    }),
  );
  return texts;
}

export function again({ payments }: System, texts: readonly string[], shape: Shape): TrafficClass {
  let next = 0;
  return {
    name: 'critical',
    url: payments,
    shape,
    retry: noRetry,
    next: () => texts[next++ % texts.length]!,
  };
}

/** Says so when the figures are void: a generator that was late has measured itself. */
export async function run(
  classes: readonly TrafficClass[],
  phaseBegins: (phase: Phase) => void = () => {},
): Promise<LoadResult> {
  const result = await runLoad({ classes, seed: 5, deadlineMs, attemptTimeoutMs, phaseBegins });
  if (result.voidBecause.length > 0) console.log(`void: ${result.voidBecause.join('; ')}`);
  return result;
}

function transferText(token: string, key: string, from: number, to: number): string {
  return requestText(
    'POST',
    '/payments/transfers',
    { authorization: `Bearer ${token}`, 'idempotency-key': key },
    JSON.stringify({
      sourceAccountId: accountOf(from),
      destinationAccountId: accountOf(to),
      minor: '1',
      currency: 'EUR',
    }),
  );
}
