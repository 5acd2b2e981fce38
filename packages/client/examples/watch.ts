import { ageMs, createClient } from '@atlas/client';

const atlas = createClient({
  url: process.env['ATLAS_URL'] ?? 'http://127.0.0.1:5080',
  token: () => process.env['ATLAS_TOKEN'] ?? '', // asked before each call: return the current one
});

await atlas.accounts.open('mint', { currency: 'EUR', minimumMinor: null });
await atlas.accounts.open('ada', { currency: 'EUR' });

atlas.live.balance('ada').subscribe((live) => {
  const cents = live.balance?.availableMinor ?? 'unknown'; // bigint, and never 0 for unknown
  console.log(`ada: ${cents}, ${live.freshness}, ${ageMs(live) ?? '?'} ms old`);
});

const transfer = { sourceAccountId: 'mint', destinationAccountId: 'ada', minor: 1250n };
const receipt = await atlas.transfers.post({ ...transfer, currency: 'EUR', narration: 'Refund' });
console.log(`posted once, under the key ${receipt.key}`);

for await (const { amountMinor, narration } of atlas.accounts.entries('ada')) {
  console.log(`${narration}: ${amountMinor}`);
}
