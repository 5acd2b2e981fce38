// Says in the log why Redis cannot be used: all goes on without it, so nothing else would show a wrong
// password but reads that pass the cache by. Connections are tried again for ever, hence the limit.
import type { Log } from '../../platform/logs.ts';

const linesPauseMs = 60_000;

export interface Trouble {
  /** Redis was not reached, or it refused; one line at once, then at most one a minute. */
  met(error: unknown): void;
  /** It can be used; a line when there was one that it cannot. */
  over(): void;
}

export interface TroubleOptions {
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Of the server, host:port, without credentials. */
  readonly address: string;
  readonly nowMs?: () => number;
}

export function logTrouble(options: TroubleOptions): Trouble {
  const { log, address, nowMs = () => performance.now() } = options;
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let said = false;
  return {
    met(error) {
      if (nowMs() < quietUntilMs) return;
      quietUntilMs = nowMs() + linesPauseMs;
      said = true;
      log.warn(
        `Redis at ${address} cannot be used (${reasonOf(error)}); until it can, balances come from the book`,
      );
    },
    over() {
      if (said) log.info(`Redis at ${address} can be used again`);
      said = false;
    },
  };
}

/** Never the error itself: it carries the command with its arguments, which may be the credentials. */
function reasonOf(error: unknown): string {
  const { errors, message, code } = error as AggregateError & { code?: string };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  // Redis repeats the arguments of commands that it does not know.
  return (message || code || 'unknown').replace(/,? with args beginning with.*$|\.$/s, '');
}
