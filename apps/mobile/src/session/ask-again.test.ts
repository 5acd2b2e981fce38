import { limits } from '../limits.ts';
import { askAgainWhenLost } from './ask-again.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const unreachable = async () => {
  throw new TypeError('Failed to fetch');
};

test('what is lost is asked again as soon as the provider answers anything', async () => {
  const ask = jest.fn<Promise<string>, []>(never);
  const beside = jest.fn<Promise<unknown>, []>(never);
  const answer = askAgainWhenLost(ask, beside);
  await jest.advanceTimersByTimeAsync(limits.lostMs);
  beside.mockImplementation(unreachable);
  await jest.advanceTimersByTimeAsync(limits.askEveryMs);
  expect([ask.mock.calls.length, beside.mock.calls.length]).toEqual([1, 2]);

  ask.mockResolvedValue('new tokens');
  beside.mockResolvedValue('there');
  await jest.advanceTimersByTimeAsync(limits.askEveryMs);
  await expect(answer).resolves.toBe('new tokens');
  expect(ask).toHaveBeenCalledTimes(2);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(beside).toHaveBeenCalledTimes(3);
});

test('what is only slow is asked once, and so is what fails', async () => {
  let answerIt: (tokens: string) => void = () => undefined;
  const ask = jest.fn(() => new Promise<string>((resolve) => (answerIt = resolve)));
  const answer = askAgainWhenLost(ask, never);
  await jest.advanceTimersByTimeAsync(limits.providerMs);
  answerIt('late tokens');
  await expect(answer).resolves.toBe('late tokens');
  expect(ask).toHaveBeenCalledTimes(1);

  const refused = jest.fn(unreachable);
  await expect(askAgainWhenLost(refused, never)).rejects.toThrow('Failed to fetch');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(refused).toHaveBeenCalledTimes(1);
});
