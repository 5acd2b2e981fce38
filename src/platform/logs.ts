// JSON logs on standard output, one logger per role. Requests are logged by route and status only:
// query strings, headers and bodies carry tokens and customer data.
import { pino, type Logger } from 'pino';

export type Log = Logger;

export function createLog(role: string, level: string): Log {
  return pino({
    level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['req.headers', 'headers', 'token', 'password', 'secret'],
  });
}
