// The core over HTTP, for roles in other processes.
import type { Core } from '../contracts/core.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/app.ts';
import { internalOnly } from '../platform/internal-guard.ts';
import {
  accountsPath,
  FindQuery,
  HandOverBody,
  minorOrNull,
  OpenAccountBody,
  openedToWire,
  requestFromWire,
  storedToWire,
  transfersPath,
  type WirePosted,
} from './internal-wire.ts';

/** A full hand-over of transfers with the longest texts, each character escaped. */
const bodyLimit = 128 * 1024 * 1024;

/** Adds the routes that `connectCore` calls. */
export function addInternalApi(app: App, core: Core, secret: string): void {
  const internal = { ...internalOnly(secret), bodyLimit };

  app.route({
    ...internal,
    method: 'POST',
    url: transfersPath,
    schema: { hide: true, body: HandOverBody },
    handler: async ({ body }): Promise<WirePosted> => {
      const outcomes = await core.post(body.requests.map(requestFromWire));
      return { outcomes, waitMs: core.waitMs() };
    },
  });
  app.route({
    ...internal,
    method: 'GET',
    url: transfersPath,
    schema: { hide: true, querystring: FindQuery },
    handler: async ({ query }) => {
      const stored = await core.find(query.tenant, wantedOf(query.entryId, query.key));
      return { transfer: stored === undefined ? null : storedToWire(stored) };
    },
  });
  app.route({
    ...internal,
    method: 'PUT',
    url: accountsPath,
    schema: { hide: true, body: OpenAccountBody },
    handler: async ({ body }) =>
      openedToWire(
        await core.openAccount({ ...body, minimumMinor: minorOrNull(body.minimumMinor) }),
      ),
  });
}

function wantedOf(
  entryId: string | undefined,
  key: string | undefined,
): { entryId: string } | { key: string } {
  if (entryId !== undefined && key === undefined) return { entryId };
  if (key !== undefined && entryId === undefined) return { key };
  throw new ProblemError('invalid_request', 'Ask by entryId or by key.');
}
