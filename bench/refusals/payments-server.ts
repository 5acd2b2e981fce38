// The payments role with one transfer behind it, so that by its settings it refuses whatever comes next.
// With `hold` its core never answers, so that the one stays in flight.
import { MemoryCore, RecordedLists, someTransfer } from '../../src/payments/testing.ts';
import { startPayments } from '../../src/payments/index.ts';
import { testContext } from '../../src/platform/testing.ts';

const { settings, hold } = JSON.parse(process.argv[2]!) as {
  settings: Record<string, string>;
  hold: boolean;
};
const { context, token } = await testContext(settings);
const core = new MemoryCore();
if (hold) core.hold = new Promise(() => {});
const { url } = await startPayments(context, { core, transfers: new RecordedLists() });
// As long as a provider's.
const accounts = Array.from({ length: 16 }, (_, i) => `acc_${String(i).padStart(12, '0')}`);
const bearer = await token({ accounts });
void fetch(`${url}/payments/transfers`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${bearer}`,
    'content-type': 'application/json',
    'idempotency-key': 'first',
  },
  body: JSON.stringify({ ...someTransfer, sourceAccountId: accounts[0] }),
});
while (core.groups.length === 0) await new Promise(setImmediate);
process.send!({ url, token: bearer });
process.once('disconnect', () => process.exit());
