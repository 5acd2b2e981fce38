// A book with as many payments, accounts and entries of one account as a list is to have rows.
import { connectAll, requestText } from '../../load/http/connection.ts';
import type { Atlas } from '../support/atlas.ts';
import { openAccounts } from '../support/open-accounts.ts';

const batchMax = 1_000;
/** So many of the payments are between the busy account and each of these in turn. */
const others = 200;

export const busy = 'msisdn::2348100000001';

export async function fillBook({ urls, token }: Atlas, rows: number): Promise<void> {
  const accounts = Array.from({ length: rows }, (_, n) => `acc_${String(n).padStart(6, '0')}`);
  await openAccounts({ ledger: urls.ledger, token }, [busy, ...accounts]);
  const [connection] = await connectAll(urls.payments, 1);
  for (let first = 0; first < rows; first += batchMax) {
    const transfers = Array.from({ length: Math.min(batchMax, rows - first) }, (_, i) =>
      payment(first + i, accounts[(first + i) % others]!),
    );
    const head = { authorization: `Bearer ${token}` };
    const { status, body } = await connection!.send(
      requestText('POST', '/payments/transfers/batch', head, JSON.stringify({ transfers })),
    );
    if (status !== 200 || body.includes('"problem"')) throw new Error(`${status}: ${body}`);
  }
  connection!.close();
}

/** Every third one goes out; amounts are of one to nine digits. */
function payment(nth: number, other: string) {
  const out = nth % 3 === 2;
  return {
    key: `order-${nth}`,
    sourceAccountId: out ? busy : other,
    destinationAccountId: out ? other : busy,
    minor: String(((nth * 7_919) % 10 ** (1 + (nth % 9))) + 1),
    currency: 'EUR',
    narration: `Order ${nth}`,
  };
}
