// JSON logs on standard output, one logger per role. Requests are logged by route and status only:
// query strings, headers and bodies carry tokens and customer data.
import { pino, type Logger } from 'pino';

export type Log = Logger;

const causesMax = 3;

export function createLog(role: string, level: string): Log {
  return pino({
    level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorInLogs(error) },
    redact: ['req.headers', 'headers', 'token', 'password', 'secret'],
  });
}

/**
 * What an error says by itself. What libraries hang on it stays out: the row that PostgreSQL refused,
 * the command that Redis did, with their values.
 */
function errorInLogs(error: unknown, causes = causesMax): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  const inner = [...(errors ?? []), ...(cause === undefined ? [] : [cause])].slice(0, causes);
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(inner.length === 0 ? {} : { causes: inner.map((each) => errorInLogs(each, causes - 1)) }),
  };
}
