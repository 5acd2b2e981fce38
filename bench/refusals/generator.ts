// Callers who are refused; refusals.bench.ts starts this in a process of its own.
import { closedLoop } from '../support/closed-loop.ts';
import { asGenerator } from '../support/generator.ts';
import { connectAll, requestText } from '../../load/http/connection.ts';

export interface RefusalsTask {
  readonly url: string;
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

await asGenerator(async (given, window) => {
  const task = given as RefusalsTask;
  const connections = await connectAll(task.url, task.connections);
  const body = JSON.stringify({
    sourceAccountId: 'acc_000000000000',
    destinationAccountId: 'acc_000000000001',
    minor: '100',
    currency: 'EUR',
  });
  const headers = {
    authorization: `Bearer ${task.token}`,
    'idempotency-key': '4f7f1c60-8f0e-4a51-9a8d-0d5b6a1c7e11',
    ...task.headers,
  };
  const text = requestText('POST', '/payments/transfers', headers, body);
  const figures = await closedLoop({
    callers: task.connections,
    warmUpMs: task.warmUpMs,
    measureMs: task.measureMs,
    window,
    async call(caller) {
      const { status, body: said } = await connections[caller]!.send(text);
      // A token a second flows in, and its transfer finds no account.
      if (status !== task.status && status !== 404) throw new Error(`${status}: ${said}`);
    },
  });
  for (const connection of connections) connection.close();
  return figures;
});
