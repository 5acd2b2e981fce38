import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { createApp } from './http.ts';
import { testContext } from './testing.ts';

test('a route has its own refusals and those of all routes, each under its status', async () => {
  await using folder = await testContext();
  const { context } = folder;
  const app = await createApp({
    role: 'test',
    ...context.forRole('test'),
    ...context,
    health: {},
  });
  const Thing = Type.Object({ id: Type.String() }, { title: 'Thing' });
  app.put(
    '/things/:id',
    {
      schema: {
        operationId: 'putThing',
        body: Thing,
        response: { 201: Thing },
        problems: ['account_conflict', 'version_not_reached'],
      },
    },
    () => ({ id: '1' }),
  );
  await app.ready();
  const { paths, components } = JSON.parse(JSON.stringify(app.swagger()));
  const { requestBody, responses } = paths['/things/{id}'].put;
  assert.deepEqual(Object.keys(components.schemas), ['Problem', 'Thing']);
  const thing = { schema: { $ref: '#/components/schemas/Thing' } };
  assert.deepEqual(requestBody.content['application/json'], thing);
  const { 201: created, ...refusals } = responses;
  assert.deepEqual(created, { description: 'Created', content: { 'application/json': thing } });
  assert.deepEqual(
    Object.entries(refusals).map(([status, answer]) => [
      status,
      (answer as { $ref: string }).$ref.replace('#/components/responses/', ''),
    ]),
    [
      ['400', 'invalid_request'],
      ['401', 'unauthenticated'],
      ['403', 'forbidden'],
      ['409', 'account_conflict.version_not_reached'],
      ['413', 'payload_too_large'],
      ['415', 'unsupported_media_type'],
      ['431', 'headers_too_large'],
      ['500', 'internal'],
      ['503', 'overloaded.unavailable'],
    ],
  );
  for (const { $ref } of Object.values<{ $ref: string }>(refusals)) {
    assert.ok(components.responses[$ref.split('/').at(-1)!] !== undefined, $ref);
  }
  await app.close();
});

const json = { 'content-type': 'application/json' };

test('a wrong method on a known path hears 405 with the right ones, before any token', async () => {
  await using folder = await testContext();
  const { context } = folder;
  const app = await createApp({
    role: 'test',
    ...context.forRole('test'),
    ...context,
    health: {},
  });
  app.get('/things/:id', () => ({}));
  app.put('/things/:id', () => ({}));
  const { statusCode, headers } = await app.inject({ method: 'DELETE', url: '/things/7?x=1' });
  assert.equal(statusCode, 405);
  assert.equal(headers['allow'], 'GET, HEAD, OPTIONS, PUT');
  assert.equal((await app.inject({ method: 'DELETE', url: '/things' })).statusCode, 404);
  // Whatever its body is.
  const broken = { method: 'POST', url: '/things', payload: '{', headers: json } as const;
  assert.equal((await app.inject(broken)).statusCode, 404);
  assert.equal((await app.inject({ method: 'GET', url: '/things/7' })).statusCode, 401);
  await app.close();
});
