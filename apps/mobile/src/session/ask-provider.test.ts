import { AuthError, TokenError } from 'expo-auth-session';
import { limits } from '../limits.ts';
import { asked, failureOf } from './ask-provider.ts';

async function refusal(error: string, error_description?: string): Promise<never> {
  throw new TokenError({ error, ...(error_description && { error_description }) });
}

test('a grant that is over means what it means at this step', async () => {
  const over = () => refusal('invalid_grant', 'grant not found');
  await expect(asked(over(), 'ended_by_provider')).rejects.toMatchObject({
    code: 'ended_by_provider',
    message: 'grant not found',
  });
  await expect(asked(over())).rejects.toMatchObject({ code: 'provider_refused' });
  await expect(asked(refusal('invalid_client'))).rejects.toMatchObject({
    code: 'provider_refused',
  });
});

test('a provider that is down, or that speaks of something else, does not answer', async () => {
  for (const error of [new TypeError('Failed to fetch'), new SyntaxError('<html>')]) {
    const step = async () => {
      throw error;
    };
    await expect(asked(step())).rejects.toMatchObject({
      code: 'provider_unreachable',
      message: '',
    });
  }
  const busy = asked(refusal('temporarily_unavailable'), 'ended_by_provider');
  await expect(busy).rejects.toMatchObject({ code: 'provider_unreachable' });
});

test('a provider that says nothing is waited for so long and no longer', async () => {
  jest.useFakeTimers();
  const answer = expect(asked(new Promise(() => undefined))).rejects.toMatchObject({
    code: 'provider_unreachable',
  });
  jest.advanceTimersByTime(limits.providerMs);
  jest.useRealTimers();
  await answer;
});

test('what the browser comes back with is told in the provider’s words', () => {
  const denied = failureOf(new AuthError({ error: 'access_denied', error_description: 'No' }));
  expect([denied.code, denied.message]).toEqual(['denied', 'No']);
  expect(failureOf(new AuthError({ error: 'invalid_scope' })).code).toBe('provider_refused');
  expect(failureOf(new AuthError({ error: 'state_mismatch' })).code).toBe('not_begun_here');
});
