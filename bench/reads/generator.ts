// Readers of balances over HTTP; reads.bench.ts starts this in a process of its own.
import { pick, seededRandom } from '../../src/commands/demo/random.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { asGenerator } from '../support/generator.ts';
import { connectAll, requestText, type HttpConnection } from '../../load/http/connection.ts';
import { openAccounts } from '../support/open-accounts.ts';

export interface ReadsTask {
  readonly url: string;
  readonly token: string;
  readonly accountIds: readonly string[];
  /** Opens the accounts first. */
  readonly open: boolean;
  /** Asks with the ETag of each account, for 304. */
  readonly conditional: boolean;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

await asGenerator(async (given, window) => {
  const task = given as ReadsTask;
  if (task.open) await openAccounts({ ledger: task.url, token: task.token }, task.accountIds);
  const connections = await connectAll(task.url, task.connections);
  const requests = await prepare(task, connections[0]!);
  const random = seededRandom(1);
  const wanted = task.conditional ? 304 : 200;
  const figures = await closedLoop({
    callers: task.connections,
    warmUpMs: task.warmUpMs,
    measureMs: task.measureMs,
    window,
    async call(caller) {
      const { status, body } = await connections[caller]!.send(pick(random, requests));
      if (status !== wanted) throw new Error(`${status}: ${body}`);
    },
  });
  for (const connection of connections) connection.close();
  return figures;
});

/** The bytes for each account, so that nothing is put together while it is measured. */
async function prepare(task: ReadsTask, connection: HttpConnection): Promise<string[]> {
  const requests: string[] = [];
  for (const id of task.accountIds) {
    const path = `/ledger/accounts/${id}/balance`;
    const headers = { authorization: `Bearer ${task.token}` };
    const plain = requestText('GET', path, headers);
    const etag = /\r\netag: *(\S+)/i.exec((await connection.send(plain)).head)?.[1];
    if (etag === undefined) throw new Error(`${path} carries no ETag`);
    const conditional = requestText('GET', path, { ...headers, 'if-none-match': etag });
    requests.push(task.conditional ? conditional : plain);
  }
  return requests;
}
