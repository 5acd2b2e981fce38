// How the hub refuses: an error whose text starts with a code of contracts/problems.ts, as SignalR has
// no field for it.
import { HubError, InvalidArgumentsError } from '@atlas/signalr';
import { ProblemError, type ProblemCode } from '../contracts/problems.ts';

export function refusal(code: ProblemCode, detail: string): HubError {
  return new HubError(`${code}: ${detail}`);
}

/** Runs a hub method; what it throws becomes words for the client, unexpected errors are reported. */
export async function withRefusals<T>(
  work: () => Promise<T>,
  unexpected: (error: unknown) => void,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidArgumentsError) throw refusal('invalid_request', error.issue);
    if (error instanceof HubError) throw error;
    if (error instanceof ProblemError) throw refusal(error.code, error.message);
    unexpected(error);
    throw refusal('internal', 'The call failed; it was logged.');
  }
}
