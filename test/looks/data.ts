// What stands in the book while pictures are taken: a few people of a town, with amounts in currencies of no,
// two and three decimals, one beyond what a float can hold, a refusal, and an account in which nothing is.
import type { Client } from '../system.ts';

const narrations = ['Rent', 'Order 8841', 'Lunch', 'Refund 8841', 'School fees, second term', null];

export async function fillBook(client: Client): Promise<void> {
  for (const currency of ['NGN', 'JPY', 'KWD'])
    await client.open(`mint_${currency}`, null, currency);
  for (const name of ['ada', 'bola', 'chidi', 'dayo', 'efe']) {
    await client.open(`wallet_${name}`, '0', 'NGN');
  }
  await client.open('msisdn::2348100000001', '0', 'NGN');
  await client.open('shop_kuwait', '-50000', 'KWD');
  await client.open('shop_tokyo', '0', 'JPY');
  await client.open('treasury', '0', 'NGN');
  const pay = (key: string, from: string, to: string, minor: string, currency = 'NGN') =>
    client.transfer(key, from, to, minor, {
      currency,
      ...(narrations[key.length % narrations.length] === null
        ? {}
        : { narration: narrations[key.length % narrations.length] }),
    });
  await pay('fund-ada', 'mint_NGN', 'wallet_ada', '25000000');
  await pay('fund-treasury', 'mint_NGN', 'treasury', '9007199254740993');
  await pay('fund-kuwait', 'mint_KWD', 'shop_kuwait', '1234567', 'KWD');
  await pay('fund-tokyo', 'mint_JPY', 'shop_tokyo', '980000', 'JPY');
  for (let i = 1; i <= 12; i += 1) {
    const others = ['bola', 'chidi', 'dayo', 'efe'];
    const other = `wallet_${others[i % others.length]}`;
    await pay(`ada-${'x'.repeat(i)}`, 'wallet_ada', other, String(i * 45_075));
    if (i % 3 === 0) await pay(`back-${'x'.repeat(i)}`, other, 'wallet_ada', String(i * 12_500));
  }
  await pay('too-much', 'wallet_efe', 'wallet_ada', '99999999900');
}

/** What is named and dated anew each time, oldest first: the entries of the book. */
export async function entriesOf(client: Client): Promise<{ id: string; at: string }[]> {
  const seen = new Map<string, string>();
  const { items: accounts } = (await client.get('/ledger/accounts?limit=200')).body;
  for (const { accountId } of accounts) {
    const { items } = (await client.get(`/ledger/accounts/${accountId}/entries?limit=200`)).body;
    for (const { entryId, postedAt } of items) seen.set(entryId, postedAt);
  }
  const entries = [...seen].map(([id, at]) => ({ id, at }));
  return entries.sort((a, b) => (a.at + a.id < b.at + b.id ? -1 : 1));
}
