import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { problem, type ProblemCode } from '../contracts/problems.ts';
import type { TransferItem } from '../contracts/transfers.ts';
import { readSettings } from '../platform/settings.ts';
import { UsageError } from './command.ts';
import { importCommand } from './import.ts';

/** The public API as the import sees it, with faults to order. */
class FakeAtlas {
  readonly batches: TransferItem[][] = [];
  readonly posted = new Map<string, TransferItem>();
  readonly accounts = new Map<string, string>();
  /** Run before a request is answered, one each; true: the fault has answered. */
  faults: ((response: ServerResponse, apply: () => void) => boolean)[] = [];
  refuse: (item: TransferItem) => ProblemCode | undefined = () => undefined;
  underWay = 0;
  mostUnderWay = 0;

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health/live') return send(response, 200, {});
    assert.equal(request.headers.authorization, 'Bearer the-token');
    const body = JSON.parse(await text(request)) as { transfers: TransferItem[] };
    if (request.method === 'PUT') return this.openAccount(request.url!, body, response);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    await new Promise((resolve) => setImmediate(resolve));
    this.underWay -= 1;
    this.batches.push(body.transfers);
    const fault = this.faults.shift();
    if (fault?.(response, () => this.post(body.transfers)) === true) return undefined;
    send(response, 200, { results: this.post(body.transfers) });
    return undefined;
  }

  post(items: TransferItem[]) {
    return items.map((item) => {
      const { key } = item;
      const code = this.refuse(item);
      if (code !== undefined) return { key, status: 'refused', problem: problem(code, 'no') };
      const replayed = this.posted.has(key) ? { replayed: true } : {};
      this.posted.set(key, item);
      return { key, status: 'posted', ...replayed };
    });
  }

  openAccount(url: string, body: object, response: ServerResponse): void {
    const wanted = JSON.stringify(body);
    const existing = this.accounts.get(url);
    this.accounts.set(url, existing ?? wanted);
    if (existing === undefined) send(response, 201, body);
    else if (existing === wanted) send(response, 200, body);
    else send(response, 409, problem('account_conflict', 'It is otherwise.'));
  }
}

function send(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

let folder: string;
let atlas: FakeAtlas;
const server = createServer((request, response) => void atlas.handle(request, response));

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-import-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => {
  atlas = new FakeAtlas();
});
after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

const header = 'key,source,destination,minor,currency,narration,time';

async function writeRows(name: string, lines: string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

const transfersFile = (count: number) =>
  writeRows('transfers.csv', [
    header,
    ...Array.from({ length: count }, (_, i) => `k${i},bank,cp:${i % 7},${i + 1},EUR,"Pay, ${i}",`),
  ]);

function runImport(...args: string[]): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const settings = { ATLAS_URL: `http://127.0.0.1:${port}/`, ATLAS_TOKEN: 'the-token' };
  return importCommand.run(args, readSettings(settings));
}

test('rows are sent in file order, a thousand a request, one request at a time', async () => {
  const code = await runImport(await transfersFile(2_500));
  assert.equal(code, 0);
  assert.deepEqual(
    atlas.batches.map((batch) => batch.length),
    [1_000, 1_000, 500],
  );
  const keys = atlas.batches.flat().map(({ key }) => key);
  assert.deepEqual(
    keys,
    Array.from({ length: 2_500 }, (_, i) => `k${i}`),
  );
  assert.equal(atlas.mostUnderWay, 1);
});

test('an overloaded, unreachable or silent Atlas gets the same batch again before the next one', async () => {
  atlas.faults = [
    (response) => {
      send(response, 503, problem('overloaded', 'Later.'), { 'retry-after': '0' });
      return true;
    },
    (response, apply) => {
      // Posted, but the answer is lost on its way.
      apply();
      response.destroy();
      return true;
    },
    () => false,
    (response) => {
      response.writeHead(502).end('<html>bad gateway</html>');
      return true;
    },
  ];
  const code = await runImport(await transfersFile(1_500));
  assert.equal(code, 0);
  const [first, second, third, fourth, fifth] = atlas.batches;
  assert.deepEqual(second, first);
  assert.deepEqual(third, first);
  assert.deepEqual(fifth, fourth);
  assert.equal(atlas.batches.length, 5);
  assert.equal(atlas.posted.size, 1_500);
});

test('rows whose outcome is unknown are sent again before the next batch', async () => {
  let away = true;
  atlas.refuse = ({ key }) => {
    if (!away || key !== 'k999') return undefined;
    away = false;
    return 'unavailable';
  };
  assert.equal(await runImport(await transfersFile(1_001)), 0);
  assert.deepEqual(
    atlas.batches.map((batch) => [batch.length, batch[0]!.key]),
    [
      [1_000, 'k0'],
      [1, 'k999'],
      [1, 'k1000'],
    ],
  );
});

test('refused rows go to a file with their codes, which a clean run removes', async () => {
  const path = await transfersFile(30);
  const refusedPath = join(folder, 'transfers.refused.csv');
  atlas.refuse = ({ key }) => (key === 'k7' ? 'insufficient_funds' : undefined);
  assert.equal(await runImport(path), 1);
  assert.equal(
    await readFile(refusedPath, 'utf8'),
    `${header},code\nk7,bank,cp:0,8,EUR,"Pay, 7",,insufficient_funds\n`,
  );
  atlas.refuse = () => undefined;
  assert.equal(await runImport(path), 0);
  assert.equal(existsSync(refusedPath), false);
});

test('a malformed row anywhere stops before anything is sent', async () => {
  const path = await transfersFile(1_500);
  const rows = await readFile(path, 'utf8');
  await writeFile(path, `${rows}k1500,bank,cp:1,12.50,EUR,,\n`);
  await assert.rejects(runImport(path), {
    message:
      'transfers.csv line 1502: minor must be a positive whole number of minor units, not "12.50"',
  });
  assert.equal(atlas.batches.length, 0);
});

test('accounts are opened first; where one exists otherwise, no money moves', async () => {
  const transfers = await transfersFile(3);
  const accounts = await writeRows('accounts.csv', [
    'accountId,currency,minimumMinor',
    'bank,EUR,',
    'cp:0,EUR,0',
    'cp:1,EUR,-500',
  ]);
  assert.equal(await runImport(transfers, '--accounts', accounts), 0);
  assert.deepEqual(Object.fromEntries(atlas.accounts), {
    '/ledger/accounts/bank': '{"currency":"EUR","minimumMinor":null}',
    '/ledger/accounts/cp%3A0': '{"currency":"EUR","minimumMinor":"0"}',
    '/ledger/accounts/cp%3A1': '{"currency":"EUR","minimumMinor":"-500"}',
  });
  assert.equal(await runImport(transfers, '--accounts', accounts), 0);

  await writeRows('accounts.csv', ['accountId,currency,minimumMinor', 'bank,EUR,', 'cp:0,NGN,0']);
  const before = atlas.batches.length;
  assert.equal(await runImport(transfers, '--accounts', accounts), 1);
  assert.equal(atlas.batches.length, before);
  assert.equal(
    await readFile(join(folder, 'accounts.refused.csv'), 'utf8'),
    'accountId,currency,minimumMinor,code\ncp:0,NGN,0,account_conflict\n',
  );
});

test('a refusal of the whole request ends the import with the words of the API', async () => {
  atlas.faults = [
    (response) => {
      send(response, 401, problem('unauthenticated', 'The token has expired.'));
      return true;
    },
  ];
  await assert.rejects(runImport(await transfersFile(1)), {
    message: /^unauthenticated: The token has expired\. Set ATLAS_TOKEN/,
  });
});

test('where nothing listens, one line says how to start it', async () => {
  const path = await transfersFile(1);
  const settings = readSettings({ ATLAS_URL: 'http://127.0.0.1:9', ATLAS_TOKEN: 'x' });
  await assert.rejects(importCommand.run([path], settings), {
    message: 'no Atlas answers at http://127.0.0.1:9; start it with npm start, or set ATLAS_URL',
  });
});

test('without a file, or with two, the use is wrong', async () => {
  await assert.rejects(runImport(), UsageError);
  await assert.rejects(runImport('a.csv', 'b.csv'), UsageError);
});
