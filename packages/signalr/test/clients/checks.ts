/** What the script looks at, one after the other, each on a hub and a connection of its own. */
import assert from 'node:assert/strict';
import type { Scene } from './conformance.ts';

export type Ability =
  | 'null results'
  | 'binary values'
  | 'batches'
  | 'large results'
  | 'a token in the URL'
  | 'skipping negotiation'
  | 'streams'
  | 'quick streams'
  | 'leaving during a stream'
  | 'cancelling'
  | 'uploads'
  | 'results of uploads'
  | 'client results'
  | 'pinging'
  | 'stopping'
  | 'stopping politely'
  | 'reconnecting'
  | 'reconnecting when asked'
  | 'words on close'
  | 'stateful reconnect';

export interface Check {
  name: string;
  needs?: Ability[];
  /** Both sides soon give up on each other, instead of after 30 s. */
  impatient?: boolean;
  run(scene: Scene): Promise<void>;
}

const values: Record<string, unknown> = {
  text: 'Naïve ☕ 𝄞 \u0000 \u001f "quoted" \\ / </script>',
  empty: '',
  amount: '-170141183460469231731687303715884105728',
  numbers: [0, -1, 1.5, 1e21, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, -(2 ** 53 - 1)],
  truth: [true, false, null],
  nested: { deep: { er: [{}, [], [[{ a: { b: 'c' } }]]] }, 'a key ☕': 1 },
};

export const checks: Check[] = [
  {
    name: 'it gets back what it has sent',
    async run({ open }) {
      const client = await open();
      for (const value of [...Object.values(values), values]) {
        assert.deepEqual(await client.invoke('Echo', value), value);
      }
      assert.deepEqual(await client.invoke('lIST', 'a', null, 2), ['a', null, 2]);
      assert.equal(await client.invoke('Add', 2, 40), 42);
      assert.equal(await client.invoke('WhoAmI'), 'ada');
      assert.equal(await client.invoke('Connections'), 1);
    },
  },
  {
    name: 'null is a result, and so is none at all',
    needs: ['null results'],
    async run({ open }) {
      const client = await open();
      assert.equal(await client.invoke('Echo', null), null);
      assert.equal((await client.invoke('Nothing')) ?? null, null);
    },
  },
  {
    name: 'bytes stay bytes',
    needs: ['binary values'],
    async run({ open }) {
      const client = await open();
      const $binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const value = { $binary: $binary.toString('base64') };
      assert.deepEqual(await client.invoke('Echo', value), value);
    },
  },
  {
    name: 'a refusal reaches the caller, an inner error does not',
    async run({ open }) {
      const client = await open();
      await assert.rejects(client.invoke('Refuse', 'not yours ☕'), /not yours ☕/);
      const inner = await client.invoke('Break').catch(String);
      assert.doesNotMatch(String(inner), /hunter2/);
      assert.match(String(inner), /Break/);
      await assert.rejects(client.invoke('Missing'), /Missing/);
      assert.equal(await client.invoke('Echo', 'still here'), 'still here');
    },
  },
  {
    name: 'a call that wants no answer is carried out',
    needs: ['batches'],
    async run({ open }) {
      const client = await open();
      await client.send('Push', 3, 'sent');
      assert.deepEqual(
        await client.pushes(3),
        [0, 1, 2].map((n) => [n, 'sent']),
      );
    },
  },
  {
    name: 'pushes come in order and before the result',
    needs: ['batches'],
    async run({ open }) {
      const client = await open();
      assert.equal(await client.invoke('Push', 1_000, 'x'), 1_000);
      assert.deepEqual(
        await client.pushes(1_000),
        Array.from({ length: 1_000 }, (_, n) => [n, 'x']),
      );
    },
  },
  {
    name: 'calls made at once are each answered',
    needs: ['batches'],
    async run({ open }) {
      const client = await open();
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      const sums = await Promise.all(numbers.map((n) => client.invoke('Add', n, n)));
      assert.deepEqual(
        sums,
        numbers.map((n) => 2 * n),
      );
    },
  },
  {
    name: 'a message of 30 KB comes and goes',
    async run({ open }) {
      const client = await open();
      assert.equal(await client.invoke('Echo', 'y'.repeat(30_000)), 'y'.repeat(30_000));
    },
  },
  {
    name: 'a result may have 300 KB',
    needs: ['large results'],
    async run({ open }) {
      const client = await open();
      assert.equal(await client.invoke('Big', 100_000), '₿'.repeat(100_000));
    },
  },
  {
    name: 'a stream brings its items in order, then its end',
    needs: ['streams', 'batches'],
    async run({ open }) {
      const client = await open();
      const [longer, shorter] = await Promise.all([
        client.stream('Count', [10, 20]),
        client.stream('Count', [3, 30]),
      ]);
      assert.deepEqual(longer, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert.deepEqual(shorter, [0, 1, 2]);
    },
  },
  {
    name: 'a stream may have many items at once, or none',
    needs: ['streams', 'quick streams'],
    async run({ open }) {
      const client = await open();
      assert.deepEqual(
        await client.stream('Count', [500, 0]),
        Array.from({ length: 500 }, (_, n) => n),
      );
      assert.deepEqual(await client.stream('Count', [0, 0]), []);
    },
  },
  {
    name: 'a stream may end in an error, which is told',
    needs: ['streams', 'quick streams'],
    async run({ open }) {
      const client = await open();
      await assert.rejects(client.stream('CountAndRefuse', [3]), /no more/);
      assert.equal(await client.invoke('Echo', 'still here'), 'still here');
    },
  },
  {
    name: 'a stream that is cancelled ends on the server too',
    needs: ['streams', 'cancelling'],
    async run({ open, hub }) {
      const client = await open();
      const items = await client.stream('Count', [1_000_000, 1], 3);
      assert.deepEqual(items, [0, 1, 2]);
      await until(() => hub.counts.streamsOpen === 0);
      assert.equal(await client.invoke('Echo', 'still here'), 'still here');
    },
  },
  {
    name: 'a stream ends on the server when its client goes away',
    needs: ['streams', 'leaving during a stream'],
    async run({ open, hub }) {
      const client = await open();
      void client.stream('Count', [1_000_000, 1]).catch(() => {});
      await until(() => hub.counts.streamsOpen === 1);
      await client.stop();
      await until(() => hub.counts.streamsOpen === 0);
    },
  },
  {
    name: 'a stream from the client is read to its end',
    needs: ['uploads'],
    async run({ open }) {
      const client = await open();
      await client.upload('Sum', ...Array.from({ length: 50 }, (_, n) => n));
      assert.deepEqual(await client.pushes(1), [[1_225, 'sum']]);
      await client.upload('Sum');
      assert.deepEqual(await client.pushes(2), [
        [1_225, 'sum'],
        [0, 'sum'],
      ]);
    },
  },
  {
    name: 'a stream from the client gets the result of its method',
    needs: ['results of uploads'],
    async run({ open }) {
      const client = await open();
      assert.equal(await client.upload('Sum', 1, 2, 39), 42);
    },
  },
  {
    name: 'the server may call the client and gets its result or its error',
    needs: ['client results'],
    async run({ open }) {
      const client = await open();
      assert.equal(await client.invoke('AskMe', 'ready'), 'ready?');
      await assert.rejects(client.invoke('AskMe', 'fail'));
      assert.equal(await client.invoke('AskMe', 'again'), 'again?');
    },
  },
  {
    name: 'the token may stand in the URL',
    needs: ['a token in the URL'],
    async run({ open, url }) {
      const client = await open({ url: `${url}?access_token=bob`, token: undefined });
      assert.equal(await client.invoke('WhoAmI'), 'bob');
    },
  },
  {
    name: 'without a token it is told so, and nothing is left behind',
    async run({ open, hub }) {
      await assert.rejects(open({ token: undefined }));
      assert.equal(hub.stats.accepted, 0);
    },
  },
  {
    name: 'it may skip the negotiation',
    needs: ['skipping negotiation'],
    async run({ open }) {
      const client = await open({ skipNegotiation: true });
      assert.equal(await client.invoke('Echo', 'direct'), 'direct');
    },
  },
  {
    name: 'it stays while it is quiet for longer than the timeouts',
    needs: ['pinging'],
    impatient: true,
    async run({ open, hub, timeoutMs }) {
      const client = await open();
      assert.equal(await client.invoke('Slow', 1.25 * timeoutMs), 'slept');
      assert.equal(hub.stats.accepted, 1);
    },
  },
  {
    name: 'closed for good, it hears why',
    needs: ['words on close'],
    async run({ open }) {
      const client = await open();
      await client.send('CloseMe', { error: 'account suspended' });
      assert.match(String(await client.closed()), /account suspended/);
    },
  },
  {
    name: 'it comes back after a cut, and calls again',
    needs: ['reconnecting'],
    async run({ open, cut }) {
      const client = await open();
      for (const times of [1, 2]) {
        cut();
        await client.reconnected(times);
        assert.equal(await client.invoke('Echo', times), times);
      }
    },
  },
  {
    name: 'over a cut it goes on under its id, and nothing is lost or comes twice',
    needs: ['stateful reconnect'],
    async run({ open, cut, hub }) {
      const client = await open();
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      for (const text of ['first', 'second', 'third']) {
        const pushed = client.invoke('Push', 20, text);
        const sums = numbers.map((n) => client.invoke('Add', n, 1));
        cut();
        assert.equal(await pushed, 20);
        assert.deepEqual(
          await Promise.all(sums),
          numbers.map((n) => n + 1),
        );
      }
      const texts = ['first', 'second', 'third'];
      assert.deepEqual(
        await client.pushes(60),
        texts.flatMap((text) => numbers.map((n) => [n, text])),
      );
      assert.deepEqual([hub.stats.accepted, hub.stats.reattached], [1, 3]);
    },
  },
  {
    name: 'asked to reconnect, it does so under a new id',
    needs: ['reconnecting when asked'],
    async run({ open, hub }) {
      const client = await open();
      await client.send('CloseMe', { error: 'moved', allowReconnect: true });
      await client.reconnected();
      assert.equal(await client.invoke('Connections'), 1);
      assert.equal(hub.stats.accepted, 2);
    },
  },
  {
    name: 'when it stops, the server hears it at once',
    needs: ['stopping'],
    async run({ open, hub }) {
      const client = await open();
      await client.stop();
      await until(() => hub.stats.connections === 0);
    },
  },
  {
    name: 'when it stops, it says so',
    needs: ['stopping politely'],
    async run({ open, hub }) {
      const client = await open();
      await client.stop();
      await until(() => hub.stats.connections === 0);
      assert.equal(hub.stats.disconnects.client_closed, 1);
    },
  },
];

/** What the server does without telling has no event to wait for. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
