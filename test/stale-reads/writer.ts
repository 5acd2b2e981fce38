// Posts transfers, each until it is acknowledged, and looks at both accounts at once, as whoever has
// just paid does: that read is the likeliest to meet what is outdated.
import { setTimeout as pause } from 'node:timers/promises';
import { pick } from '../../src/commands/demo/random.ts';
import { request, refused, retryPauseMs, someAccount, type Ground } from './ground.ts';
import { Lane } from './lane.ts';
import { readOnce } from './reader.ts';

export interface WriterOptions {
  /** Begins its idempotency keys; no other writer has it. */
  readonly name: string;
  /** Pause between two transfers. */
  readonly restMs: number;
}

interface Posted {
  readonly source: { readonly version: number };
  readonly destination: { readonly version: number };
}

/** Writes until it is stopped; what it has begun by then is acknowledged when it resolves. */
export async function startWriter(ground: Ground, { name, restMs }: WriterOptions): Promise<void> {
  const { target, random, history } = ground;
  const payments = target.payments.map((url) => new Lane(url));
  const ledgers = target.ledgers.map((url) => new Lane(url));
  for (let turn = 0; !ground.stopping; turn += 1) {
    const source = someAccount(ground);
    const destination = someAccount(ground);
    if (source === destination) continue;
    const minor = 1 + Math.floor(random() * 1_000);
    const { posted, atMs } = await untilPosted(`${name}-${turn}`, source, destination, minor);
    history.acknowledge(source, posted.source.version, BigInt(-minor), atMs);
    history.acknowledge(destination, posted.destination.version, BigInt(minor), atMs);
    ground.traffic.acknowledged += 1;
    const first = Math.floor(random() * ledgers.length);
    const second = ledgers[(first + 1) % ledgers.length]!;
    await Promise.all([
      readOnce(ground, ledgers[first]!, source),
      second === ledgers[first]! ? undefined : readOnce(ground, second, destination),
    ]);
    await pause(restMs);
  }
  for (const lane of [...payments, ...ledgers]) lane.close();

  /** Asks again, wherever, with the same key: so another replica may acknowledge what one has committed. */
  async function untilPosted(key: string, source: string, destination: string, minor: number) {
    const text = request(
      ground,
      'POST',
      '/payments/transfers',
      { 'idempotency-key': key },
      {
        sourceAccountId: source,
        destinationAccountId: destination,
        minor: String(minor),
        currency: 'EUR',
      },
    );
    for (;;) {
      const answer = await pick(random, payments).ask(text);
      const atMs = performance.now();
      if (answer?.status === 201) return { posted: JSON.parse(answer.body) as Posted, atMs };
      refused(ground, 'transfer', answer);
      await pause(retryPauseMs);
    }
  }
}
