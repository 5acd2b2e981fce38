// What a process remembers of a transfer's stages, asked by another one over HTTP with the internal
// credential; and the route by which this one is. A process of several roles answers at each for all.
import { Type } from 'typebox';
import type { StageReport } from '../contracts/stages.ts';
import type { Guards } from './guards/guards.ts';
import type { App } from './app.ts';
import { openInternalCalls } from './internal-calls.ts';
import { internalOnly } from './internal-guard.ts';
import { peerLimits } from './peers.ts';
import type { Stages } from './stages.ts';

const path = '/internal/stages';

export interface StagesPeer extends AsyncDisposable {
  report(entryId: string): Promise<StageReport>;
}

/** Connects when it is first used. */
export function connectStages(
  url: string,
  access: { readonly secret: string; readonly guards: Guards },
): StagesPeer {
  const { connectionsMax, callsMax, timeoutMs } = peerLimits;
  const calls = openInternalCalls({
    ...access,
    role: 'replica',
    name: `stages ${url}`,
    url,
    connectionsMax,
    callsMax,
    answerTimeoutMs: timeoutMs,
  });
  return {
    report: (entryId) => calls.call<StageReport>('GET', `${path}?entryId=${entryId}`),
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}

/** Adds the route that `connectStages` calls. */
export function addStagesApi(app: App, stages: Stages, secret: string): void {
  app.route({
    ...internalOnly(secret),
    method: 'GET',
    url: path,
    schema: {
      hide: true,
      querystring: Type.Object(
        { entryId: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
    },
    handler: async ({ query }) => stages.report(query.entryId),
  });
}
