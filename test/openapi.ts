// `npm run openapi` writes docs/openapi/<role>.json from the routes of the roles, and the wire types of
// @atlas/client from those; with --check it says whether they are still what the routes are, and
// whether they are good: a difference that nobody meant must not pass unseen.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createMemoryCache } from '../src/engines/memory-cache.ts';
import { createOutboxFeed } from '../src/engines/outbox-feed.ts';
import { startGateway } from '../src/gateway/index.ts';
import { startLedger } from '../src/ledger/index.ts';
import { startPayments } from '../src/payments/index.ts';
import { testContext } from '../src/platform/testing.ts';
import { startRealtime } from '../src/realtime/index.ts';
import { typesOf } from './openapi-types.ts';

const root = join(import.meta.dirname, '..');

const check = process.argv.includes('--check');
const complaints: string[] = [];
const documents = await documentsOfRoles();
for (const [role, document] of Object.entries(documents)) {
  complaints.push(...(await faultsOf(document)).map((fault) => `${role}: ${fault}`));
  await keep(`docs/openapi/${role}.json`, `${JSON.stringify(document, null, 2)}\n`);
}
await keep('packages/client/src/wire.ts', typesOf(Object.values(documents)));
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;

/** Writes the file, or with --check complains where it is another. */
async function keep(file: string, text: string): Promise<void> {
  const path = join(root, file);
  const written = await readFile(path, 'utf8').catch(() => '');
  if (check && written !== text)
    complaints.push(`${file} is not what the routes are: npm run openapi`);
  if (check) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

type OpenApi = {
  readonly components?: { readonly schemas?: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
};

/** As the roles serve them. No engine is asked anything, so there is none. */
async function documentsOfRoles(): Promise<Record<string, OpenApi>> {
  await using started = new AsyncDisposableStack();
  const { context } = started.use(await testContext());
  const engine = new Proxy<Record<string, never>>({}, { get: () => noEngine });
  const nowhere = 'http://127.0.0.1:1';
  const roles = [
    started.use(
      await startGateway(context, {
        payments: nowhere,
        ledger: nowhere,
        realtime: nowhere,
        consoleFolder: undefined,
      }),
    ),
    started.use(
      await startPayments(context, {
        core: { waitMs: () => 0 } as never,
        transfers: engine as never,
      }),
    ),
    started.use(
      await startLedger(context, {
        database: engine as never,
        cache: createMemoryCache(1).cache,
        core: engine as never,
      }),
    ),
    started.use(
      await startRealtime(context, { feed: createOutboxFeed(), balances: engine as never }),
    ),
  ];
  const documents = roles.map(async ({ role, url }) => [
    role,
    await (await fetch(`${url}/openapi.json`)).json(),
  ]);
  return Object.fromEntries(await Promise.all(documents)) as Record<string, OpenApi>;
}

function noEngine(): never {
  throw new Error('There is no engine here');
}

async function faultsOf(document: OpenApi): Promise<string[]> {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  const faults = valid ? [] : [`is not valid OpenAPI: ${JSON.stringify(errors)}`];
  const ids = new Set<string>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { operationId = '', summary = '', tags = [] }] of Object.entries(
      operations,
    )) {
      const name = `${method.toUpperCase()} ${path}`;
      if (operationId === '' || ids.has(operationId)) faults.push(`${name} has no id of its own`);
      if (summary === '' || tags.length === 0) faults.push(`${name} has no summary or no tag`);
      ids.add(operationId);
    }
  }
  if (ids.size === 0) faults.push('has no operation');
  return [...faults, ...emptySchemas(document, '#')];
}

/** A schema that allows everything tells a client nothing. */
function emptySchemas(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Object.keys(value).length === 0) return [`${place} is empty`];
  return Object.entries(value).flatMap(([name, item]) =>
    Array.isArray(item) && item.length === 0 ? [] : emptySchemas(item, `${place}/${name}`),
  );
}
