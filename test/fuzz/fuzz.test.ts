// Whatever is sent to a route, good or broken: it is answered as its OpenAPI document says, refusals
// are problem+json with a known code, nothing is a 500, and the book still adds up afterwards.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { problems, type Problem } from '../../src/contracts/problems.ts';
import { columns, startSystem } from '../system.ts';
import { operationsOf, type Operation } from './documents.ts';
import { exchange, type RawAnswer, type RawRequest } from './raw-http.ts';
import { requestsOf } from './requests.ts';
import { accountIds } from './values.ts';

const requestsPerOperation = 300;

const unlimited = { LS_RATE_PER_SEC: '1000000', LS_BURST: '1000000' };
const system = await startSystem(columns[0]!, unlimited);
after(() => system[Symbol.asyncDispose]());
const client = await system.client();
const token = await system.token();
for (const id of accountIds.slice(0, 3)) await client.open(id, id === 'mint' ? null : '0');
for (const id of accountIds.slice(1, 3)) await client.transfer(`first-${id}`, 'mint', id, 1_000);

const operations = ['payments', 'ledger', 'realtime', 'gateway'].flatMap((role) =>
  operationsOf(role)
    // It would end the session that all of this goes on in.
    .filter(({ operationId }) => operationId !== 'signOut')
    .map((operation) => ({ role: role as keyof typeof system.urls, operation })),
);
const direct = operations.map(({ role, operation }) => ({ url: system.urls[role], operation }));
// The gateway passes /ws on whole, so that there is nothing of its own to find.
const throughGateway = operations
  .filter(({ role }) => role !== 'realtime' && role !== 'gateway')
  .map(({ operation }) => ({ url: system.urls.gateway, operation }));

for (const [way, targets] of [
  ['directly', direct],
  ['through the gateway', throughGateway],
] as const) {
  for (const { url, operation } of targets) {
    test(`${operation.operationId} ${way}: every request is answered as documented`, async () => {
      await fc.assert(
        fc.asyncProperty(requestsOf(operation, token), async (request) => {
          judge(request, await exchange(url, request));
        }),
        { numRuns: requestsPerOperation, endOnFailure: false },
      );
    });
  }
}

test('after all that every role is ready, money moves, and the book adds up', async () => {
  for (const url of Object.values(system.urls)) {
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  }
  assert.equal((await client.transfer('after-all', 'mint', 'alice', 1)).status, 201);
  let sum = 0n;
  for (let cursor = ''; ;) {
    const { body } = await client.get(`/ledger/accounts?limit=200${cursor}`);
    for (const { accountId } of body.items) {
      sum += BigInt((await client.balance(accountId)).body.bookedMinor);
    }
    if (body.nextCursor === null) break;
    cursor = `&cursor=${body.nextCursor}`;
  }
  assert.equal(sum, 0n);
});

function judge(request: RawRequest, { status, headers, body }: RawAnswer): void {
  const said = body.toString();
  const shown = `${request.method} ${request.target.slice(0, 200)} ${status} ${said.slice(0, 500)}`;
  assert.ok(status < 500 || status === 503, shown);
  const isEmpty = request.method === 'HEAD' || status === 204 || status === 304;
  if (isEmpty) return assert.equal(said, '', shown);
  const answer: unknown = JSON.parse(said);
  const operation = operationOf(request);
  if (status >= 400) judgeProblem(status, headers, answer as Problem, shown);
  else assert.ok(operation !== undefined, `no operation documents this: ${shown}`);
  // What is refused before its route is found has answers of its own.
  if (operation === undefined || isForAnyRoute.has(status)) return;
  const fault = operation.faultOf(status, answer);
  assert.equal(fault, undefined, `${fault}: ${shown}`);
}

const isForAnyRoute: ReadonlySet<number> = new Set([404, 405, 413, 415, 431]);

function judgeProblem(
  status: number,
  headers: RawAnswer['headers'],
  answer: Problem,
  shown: string,
): void {
  assert.equal(headers['content-type']?.split(';', 1)[0], 'application/problem+json', shown);
  const kind = problems[answer.code];
  assert.ok(kind !== undefined, shown);
  assert.equal(kind.status, status, shown);
  assert.equal(answer.status, status, shown);
  assert.equal(answer.title, kind.title, shown);
  assert.ok(answer.detail.length > 0, shown);
}

function operationOf({ method, target }: RawRequest): Operation | undefined {
  const path = target.split(/[?#]/, 1)[0]!;
  return operations
    .map(({ operation }) => operation)
    .find((operation) => operation.method === method && operation.meets(path));
}
