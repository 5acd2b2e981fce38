// The realtime role as it is, with an event log that publishes what it is told to.
import { followsAll, type BalanceListener } from '../../src/engines/event-log.ts';
import { createProcessContext } from '../../src/platform/context.ts';
import { readSettings } from '../../src/platform/settings.ts';
import { startRealtime } from '../../src/realtime/index.ts';
import { balances, controlPlane, tenant } from './book.ts';
import { accountOf, paced, updateOf } from './load.ts';
import { serve } from './server.ts';

const context = await createProcessContext(readSettings(process.env), { development: true });
await context.control.connect(controlPlane);
let listener: BalanceListener | undefined;
const role = await startRealtime(context, {
  balances,
  feed: {
    subscribe(given) {
      listener = given;
      return {
        established: Promise.resolve(),
        connected: () => true,
        lag: () => [],
        ...followsAll,
        [Symbol.asyncDispose]: async () => {},
      };
    },
  },
});
const { port } = new URL(role.url);

serve(Number(port), {
  load: (load) =>
    paced(load, (publication) => {
      for (let index = 0; index < load.together; index += 1) {
        const accountId = accountOf(load.fan, publication.group, index);
        listener!.update({ ...updateOf(accountId, publication), tenant });
      }
    }),
  metrics: async () => (await fetch(`${role.url}/metrics`)).text(),
});
