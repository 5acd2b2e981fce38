// A refusal as overload: nothing happened. It carries its reason, so that it is counted where it was
// thrown for, and says when to come back.
import { ProblemError } from '../../contracts/problems.ts';
import type { ShedReason } from './counts.ts';

export const shedDetails: Readonly<Record<ShedReason, string>> = {
  deadline: 'The time in Request-Timeout was over before the work could begin.',
  pressure: 'This replica is at its limits. Try again after the time in Retry-After.',
  inFlight: 'Too much is under way. Try again after the time in Retry-After.',
  rate: 'More is asked for than may be admitted. Try again after the time in Retry-After.',
  quota: 'This client has used up its quota. Try again after the time in Retry-After.',
  queue: 'The way to the core is full. Try again after the time in Retry-After.',
};

export class Shed extends ProblemError {
  readonly reason: ShedReason;

  constructor(reason: ShedReason, retryAfterSeconds?: number) {
    super(
      reason === 'quota' ? 'rate_limited' : 'overloaded',
      shedDetails[reason],
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    );
    this.reason = reason;
  }
}
