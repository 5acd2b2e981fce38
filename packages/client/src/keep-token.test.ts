import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError } from './atlas-error.ts';
import { keepToken, renewal, type TokenSet } from './keep-token.ts';
import { readClaims } from './tokens.ts';

const lifeMs = 600_000;
const away = new Error('away');
const over = new Error('over');

/** Access tokens name the renewal that they are of, and each lives for ten minutes from then on. */
function fixture({ refresh = true } = {}) {
  const state = { nowMs: 0, renewals: 0, renewal: async () => {} };
  const ended: unknown[] = [];
  const renewed: (string | undefined)[] = [];
  const make = (): TokenSet => {
    const claims = { tenant: 't', sub: `${state.renewals}`, exp: (state.nowMs + lifeMs) / 1_000 };
    const access = `h.${btoa(JSON.stringify(claims))}.s`;
    return { access, refresh: refresh ? `refresh-${state.renewals}` : undefined, id: undefined };
  };
  const keeper = keepToken({
    first: make(),
    async renew(old) {
      await state.renewal();
      assert.equal(old.refresh, `refresh-${state.renewals}`, 'each is used once');
      state.renewals += 1;
      return make();
    },
    isFinal: (error) => error === over,
    now: () => state.nowMs,
    onRenewed: ({ access }) => renewed.push(nameOf(access)),
    onEnded: (reason) => ended.push(reason),
  });
  const given = async (refused?: string) =>
    nameOf(await keeper.source(refused === undefined ? {} : { refused }));
  return { state, keeper, given, ended, renewed };
}

const nameOf = (access: string) => readClaims(access)?.subject;
const fails = (error: Error) => async () => {
  throw error;
};

test('a token is renewed once it is near its end, once however many ask, and not before', async () => {
  const { state, given, renewed } = fixture();
  state.nowMs = lifeMs - renewal.aheadMs - 1;
  assert.equal(await given(), '0');
  state.nowMs += 1;
  assert.deepEqual(await Promise.all([given(), given(), given()]), ['1', '1', '1']);
  assert.deepEqual(renewed, ['1']);
});

test('while the provider is away the token is used to its end, with pauses between the tries', async () => {
  const { state, given, ended } = fixture();
  state.renewal = fails(away);
  state.nowMs = lifeMs - renewal.aheadMs;
  assert.equal(await given(), '0');
  state.renewal = async () => {};
  assert.equal(await given(), '0', 'it was asked a moment ago');
  state.nowMs += renewal.pauseMs;
  assert.equal(await given(), '1');

  state.renewal = fails(away);
  state.nowMs += lifeMs;
  await assert.rejects(given(), (error) => {
    assert.ok(error instanceof AtlasError);
    return error.retriable && error.outcome === 'nothing';
  });
  assert.deepEqual(ended, []);
});

test('a provider that says nothing keeps nobody waiting while the token is good', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { state, given } = fixture();
  let answer = () => {};
  state.renewal = () => new Promise((resolve) => (answer = resolve));
  state.nowMs = lifeMs - renewal.aheadMs;
  const asked = given();
  t.mock.timers.tick(renewal.waitMs);
  assert.equal(await asked, '0');
  answer();
  assert.equal(await given(), '1', 'its answer is used all the same');
});

test('a session that the provider has ended is over, and its last token is given out to its end', async () => {
  const { state, given, ended } = fixture();
  state.renewal = fails(over);
  state.nowMs = lifeMs;
  await assert.rejects(given());
  assert.deepEqual(ended, [over]);
  assert.equal(await given(), '0');
  assert.deepEqual(ended, [over]);
});

test('a refused token is replaced once; the session is over when the next is refused too', async () => {
  const { keeper, given, ended } = fixture();
  const { access: first } = keeper.tokens();
  assert.equal(await given(first), '1');
  // Whoever was refused with the old one has the new one already.
  assert.equal(await given(first), '1');
  assert.deepEqual(ended, []);
  assert.equal(await given(keeper.tokens().access), '1');
  assert.deepEqual(ended, [undefined]);
});

test('without a refresh token there is nothing to renew with', async () => {
  const { state, keeper, given, ended } = fixture({ refresh: false });
  state.nowMs = lifeMs - 1;
  assert.equal(await given(), '0');
  assert.deepEqual(ended, []);
  await given(keeper.tokens().access);
  assert.deepEqual(ended, [undefined]);
});
