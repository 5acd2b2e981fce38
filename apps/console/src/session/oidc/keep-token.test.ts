import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError } from '@atlas/client';
import { SignInFailure } from '../failure.ts';
import { keepToken, renewal } from './keep-token.ts';
import type { Tokens } from './provider.ts';

const lifeMs = 600_000;

/** Tokens are named by their number, and each lives for ten minutes from when it was made. */
function fixture({ refresh = true } = {}) {
  const state = { nowMs: 0, renewals: 0, failing: undefined as SignInFailure | undefined };
  const ends = new Map<string, number>();
  const ended: string[] = [];
  const renewed: string[] = [];
  const make = (): Tokens => {
    const access = `access-${state.renewals}`;
    ends.set(access, state.nowMs + lifeMs);
    return { access, refresh: refresh ? `refresh-${state.renewals}` : undefined, id: undefined };
  };
  const keeper = keepToken({
    first: make(),
    async renew(old) {
      if (state.failing !== undefined) throw state.failing;
      assert.equal(old.refresh, `refresh-${state.renewals}`, 'each is used once');
      state.renewals += 1;
      return make();
    },
    endsAtMs: ({ access }) => ends.get(access)!,
    now: () => state.nowMs,
    onRenewed: ({ access }) => renewed.push(access),
    onEnded: ({ code }) => ended.push(code),
  });
  return { state, keeper, ended, renewed };
}

test('a token is renewed once it is near its end, once however many ask, and not before', async () => {
  const { state, keeper, renewed } = fixture();
  state.nowMs = lifeMs - renewal.aheadMs - 1;
  assert.equal(await keeper.source({}), 'access-0');
  state.nowMs += 1;
  const asked = await Promise.all([keeper.source({}), keeper.source({}), keeper.source({})]);
  assert.deepEqual(asked, ['access-1', 'access-1', 'access-1']);
  assert.deepEqual(renewed, ['access-1']);
});

test('while the provider is away the token is used to its end, with pauses between the tries', async () => {
  const { state, keeper, ended } = fixture();
  state.failing = new SignInFailure('provider_unreachable');
  state.nowMs = lifeMs - renewal.aheadMs;
  assert.equal(await keeper.source({}), 'access-0');
  state.failing = undefined;
  assert.equal(await keeper.source({}), 'access-0', 'it was asked a moment ago');
  state.nowMs += renewal.pauseMs;
  assert.equal(await keeper.source({}), 'access-1');

  state.failing = new SignInFailure('provider_unreachable');
  state.nowMs += lifeMs;
  await assert.rejects(
    keeper.source({}),
    (error) => error instanceof AtlasError && error.retriable,
  );
  assert.deepEqual(ended, []);
});

test('a session that the provider has ended is over', async () => {
  const { state, keeper, ended } = fixture();
  state.failing = new SignInFailure('ended_by_provider');
  state.nowMs = lifeMs;
  await assert.rejects(keeper.source({}));
  assert.deepEqual(ended, ['ended_by_provider']);
});

test('a refused token is replaced once; the session is over when the next is refused too', async () => {
  const { keeper, ended } = fixture();
  assert.equal(await keeper.source({ refused: 'access-0' }), 'access-1');
  // Whoever was refused with the old one has the new one already.
  assert.equal(await keeper.source({ refused: 'access-0' }), 'access-1');
  assert.deepEqual(ended, []);
  assert.equal(await keeper.source({ refused: 'access-1' }), 'access-1');
  assert.deepEqual(ended, ['not_accepted']);
});

test('without a refresh token there is nothing to renew with', async () => {
  const { state, keeper, ended } = fixture({ refresh: false });
  state.nowMs = lifeMs - 1;
  assert.equal(await keeper.source({}), 'access-0');
  assert.deepEqual(ended, []);
  await keeper.source({ refused: 'access-0' });
  assert.deepEqual(ended, ['not_accepted']);
});
