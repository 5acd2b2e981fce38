// Opens accounts over HTTP, as clients do, so that it works on every engine.
import { connectAll, requestText } from '../../load/http/connection.ts';

const openingAtOnce = 16;

/** In EUR and without a lower limit. */
export async function openAccounts(
  { ledger, token }: { readonly ledger: string; readonly token: string },
  ids: readonly string[],
): Promise<void> {
  const waiting = ids.values();
  const connections = await connectAll(ledger, openingAtOnce);
  await Promise.all(
    connections.map(async (connection) => {
      for (const id of waiting) {
        const { status, body } = await connection.send(
          requestText(
            'PUT',
            `/ledger/accounts/${id}`,
            { authorization: `Bearer ${token}` },
            '{"currency":"EUR","minimumMinor":null}',
          ),
        );
        if (status !== 201 && status !== 200) throw new Error(`${status}: ${body}`);
      }
      connection.close();
    }),
  );
}
