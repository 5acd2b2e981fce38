// What an answer means for whoever asked: served, turned away for now, refused for good, or failed.
import type { HttpAnswer } from './http/connection.ts';
import type { Silence } from './http/sockets.ts';

/**
 * `shed`: overload (503 `overloaded`, 429): nothing happened. `refused`: another answer below 500, which
 * would be the same again; a redirect too, as it moves no money. `failed`: no answer, or one that leaves it open
 * what happened.
 */
export const outcomes = ['served', 'shed', 'refused', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

export interface Judged {
  readonly outcome: Outcome;
  /** For counting: the status with the problem's code, or why there was no answer. */
  readonly code: string;
  readonly mayRetry: boolean;
  readonly retryAfterMs: number | undefined;
}

export function judge(answer: HttpAnswer | Silence): Judged {
  if (typeof answer === 'string') {
    return {
      outcome: 'failed',
      code: answer,
      mayRetry: answer !== 'no_socket',
      retryAfterMs: undefined,
    };
  }
  const { status, head, body } = answer;
  if (status < 300 || status === 304) return served(status);
  const problem = /"code": ?"(\w+)"/.exec(body)?.[1];
  const code = problem === undefined ? String(status) : `${status} ${problem}`;
  const seconds = /\r\nretry-after: *(\d+)/i.exec(head)?.[1];
  const retryAfterMs = seconds === undefined ? undefined : Number(seconds) * 1_000;
  const outcome = outcomeOf(status, problem);
  const mayRetry =
    outcome === 'shed' ||
    (outcome === 'failed' && status !== 500) ||
    problem === 'request_in_flight';
  return { outcome, code, mayRetry, retryAfterMs };
}

function outcomeOf(status: number, problem: string | undefined): Outcome {
  if (status === 429 || (status === 503 && problem === 'overloaded')) return 'shed';
  return status >= 500 ? 'failed' : 'refused';
}

/** Most answers are alike, and there are thousands a second. */
const servedByStatus = new Map<number, Judged>();

function served(status: number): Judged {
  let judged = servedByStatus.get(status);
  if (judged === undefined) {
    const outcome = 'served';
    judged = { outcome, code: String(status), mayRetry: false, retryAfterMs: undefined };
    servedByStatus.set(status, judged);
  }
  return judged;
}
