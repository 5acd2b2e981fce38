// What the writers and readers of one check share.
import { requestText } from '../../load/http/connection.ts';
import { pick, type Random } from '../../src/commands/demo/random.ts';
import type { History } from './history.ts';

/** Pause before what was not acknowledged is asked for again. */
export const retryPauseMs = 50;

/** Where the system under check is reached; any replica may be asked for anything it serves. */
export interface Target {
  /** Base URLs that take `POST /payments/transfers`. */
  readonly payments: readonly string[];
  /** Base URLs that take `/ledger/accounts/…`. */
  readonly ledgers: readonly string[];
  readonly token: string;
}

export interface Traffic {
  /** Transfers acknowledged with 201. */
  acknowledged: number;
  /** Answers that were neither a balance nor an acknowledgement, by request and status. */
  readonly refused: Record<string, number>;
  /** Those of them that no fault excuses, in words. */
  readonly unexpected: string[];
}

export interface Ground {
  readonly target: Target;
  readonly accountIds: readonly string[];
  readonly history: History;
  readonly traffic: Traffic;
  readonly random: Random;
  /** True once no new transfer or read should begin. */
  stopping: boolean;
}

/** Half of all choices fall on a quarter of the accounts: what is hot is read while it is written. */
export function someAccount({ accountIds, random }: Ground): string {
  return random() < 0.5
    ? pick(random, accountIds)
    : accountIds[Math.floor((random() * accountIds.length) / 4)]!;
}

export function request(
  { target }: Ground,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): string {
  const authorization = `Bearer ${target.token}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return requestText(method, path, { authorization, ...headers }, text);
}

const expected = /^(no answer|429|503|409 request_in_flight)/;

/** Counts an answer that gave nothing; undefined stands for a connection that broke or was silent. */
export function refused(
  { traffic }: Ground,
  what: 'read' | 'transfer' | 'account',
  answer: { readonly status: number; readonly body: string } | undefined,
): void {
  const how = answer === undefined ? 'no answer' : `${answer.status} ${codeOf(answer.body)}`;
  const name = `${what}: ${how}`;
  traffic.refused[name] = (traffic.refused[name] ?? 0) + 1;
  if (!expected.test(how)) traffic.unexpected.push(`${name} ${answer?.body}`);
}

function codeOf(body: string): string {
  return /"code":"(\w+)"/.exec(body)?.[1] ?? '';
}
