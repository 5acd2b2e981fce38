// The audit of a book that is in use: on the embedded engine only the core's own process can read it.
import type { Database } from '../engines/database.ts';
import type { App } from '../platform/app.ts';
import { internalOnly } from '../platform/internal-guard.ts';
import { verifyBook } from './verify.ts';

export const verifyPath = '/internal/verify';

/** GET `verifyPath` with the internal secret: a BookReport. */
export function addVerifyRoute(app: App, database: Database, secret: string): void {
  app.route({
    ...internalOnly(secret),
    method: 'GET',
    url: verifyPath,
    schema: { hide: true },
    handler: () => verifyBook(database),
  });
}
