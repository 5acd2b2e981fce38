import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { SignInFailure, type FailureCode } from '../failure.ts';
import { failureOf } from './failure-of.ts';

const server = { issuer: 'https://id.example' };
const client = { client_id: 'atlas-console' };

async function failureBy(step: () => unknown, onInvalidGrant?: FailureCode) {
  const failure = await failureOf(async () => step(), onInvalidGrant).catch(
    (error: unknown) => error,
  );
  assert.ok(failure instanceof SignInFailure);
  return failure;
}

/** The provider sends the browser back with this. */
const comesBack = (query: string) => () =>
  oauth.validateAuthResponse(server, client, new URL(`https://atlas.example/?${query}`), 'mine');

/** The provider answers a renewal with this. */
const answers = (status: number, body: string) => () =>
  oauth.processRefreshTokenResponse(
    server,
    client,
    new Response(body, { status, headers: { 'content-type': 'application/json' } }),
  );

test('what the provider sends back is told in its own words', async () => {
  const denied = await failureBy(
    comesBack('state=mine&error=access_denied&error_description=Not+today'),
  );
  assert.deepEqual([denied.code, denied.detail], ['denied', 'access_denied: Not today']);
  const refused = await failureBy(comesBack('state=mine&error=invalid_scope'));
  assert.deepEqual([refused.code, refused.detail], ['provider_refused', 'invalid_scope']);
});

test('an answer to another question than this tab has asked is not used', async () => {
  assert.equal((await failureBy(comesBack('state=alien&code=x'))).code, 'not_begun_here');
});

test('a grant that is over means what it means at this step', async () => {
  const over = answers(400, '{"error":"invalid_grant"}');
  assert.equal((await failureBy(over, 'ended_by_provider')).code, 'ended_by_provider');
  assert.equal((await failureBy(over, 'not_begun_here')).code, 'not_begun_here');
  assert.equal(
    (await failureBy(answers(400, '{"error":"invalid_client"}'))).code,
    'provider_refused',
  );
});

test('a provider that is down, or that speaks of something else, does not answer', async () => {
  const refused = () => Promise.reject(new TypeError('Failed to fetch'));
  assert.equal((await failureBy(refused)).code, 'provider_unreachable');
  assert.equal((await failureBy(answers(502, 'Bad gateway'))).code, 'provider_unreachable');
  assert.equal((await failureBy(answers(503, '{"error":"x"}'))).code, 'provider_unreachable');
});
