// The callers over HTTP; through-http.ts starts this in a process of its own.
import { closedLoop } from '../support/closed-loop.ts';
import { asGenerator } from '../support/generator.ts';
import { connectAll, requestText } from '../../load/http/connection.ts';
import { openAccounts } from '../support/open-accounts.ts';
import { accountIds, pairs, type Load } from './load.ts';

export interface TransfersTask {
  readonly payments: string;
  readonly ledger: string;
  readonly token: string;
  readonly load: Load;
}

await asGenerator(async (task, window) => {
  const { payments, ledger, token, load } = task as TransfersTask;
  await openAccounts({ ledger, token }, accountIds);
  const connections = await connectAll(payments, load.callers);
  const next = pairs(load);
  const figures = await closedLoop({
    ...load,
    window,
    async call(caller) {
      const { key, source, destination, minor } = next();
      const { status, body } = await connections[caller]!.send(
        requestText(
          'POST',
          '/payments/transfers',
          { authorization: `Bearer ${token}`, 'idempotency-key': key },
          `{"sourceAccountId":"${source}","destinationAccountId":"${destination}","minor":"${minor}","currency":"EUR","narration":"bench"}`,
        ),
      );
      if (status !== 201) throw new Error(`${status}: ${body}`);
    },
  });
  for (const connection of connections) connection.close();
  return figures;
});
