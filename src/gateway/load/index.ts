// POST and GET /load-runs, DELETE /load-runs/latest: an operator loads a system that is not production, and
// watches what it does about it. Only where development tokens are taken, because nobody has customers there;
// one at a time, bounded, and recorded at its start and its end.
import { Type } from 'typebox';
import { loadRatesMax, loadSeconds } from '../../contracts/load-run.ts';
import { ProblemError } from '../../contracts/problems.ts';
import type { AuditEntry } from '../../platform/audit.ts';
import type { ProcessContext } from '../../platform/context.ts';
import type { App } from '../../platform/app.ts';
import { requireScope, type Identity } from '../../platform/identity.ts';
import { whereFrom } from '../../platform/where-from.ts';
import { LoadRun, type LoadOrder } from './load-run.ts';
import { LoadRunSchema, LoadRunsSchema, ScenarioNameSchema, viewOf } from './view.ts';

const Order = Type.Object(
  {
    scenario: ScenarioNameSchema,
    ratePerSecond: Type.Integer({
      minimum: 1,
      maximum: Math.max(...Object.values(loadRatesMax)),
      description: `Arrivals a second: ${Object.entries(loadRatesMax)
        .map(([name, rate]) => `${name} up to ${rate}`)
        .join(', ')}; of shedding before and after its spike of ten times as many`,
    }),
    seconds: Type.Integer({ minimum: loadSeconds.min, maximum: loadSeconds.max }),
  },
  { title: 'LoadOrder', additionalProperties: false },
);

export interface LoadRuns extends AsyncDisposable {
  /** From when the gateway listens: where the generator reaches it. */
  serve(url: string): void;
}

export function addLoadRuns(app: App, context: ProcessContext): LoadRuns {
  const { control, settings, developmentKeys } = context;
  let run: LoadRun | undefined;
  let url: string | undefined;

  function requireOperator(identity: Identity): void {
    requireScope(identity, 'ops');
    if (developmentKeys === undefined) {
      throw new ProblemError('forbidden', 'Only a system that takes development tokens is loaded.');
    }
  }

  function start(order: LoadOrder, by: Omit<AuditEntry, 'action' | 'details'>): LoadRun {
    const { scenario, ratePerSecond, seconds } = order;
    if (run?.isOver === false) throw new ProblemError('load_running', 'Stop it, or wait for it.');
    if (ratePerSecond > loadRatesMax[scenario]) {
      throw new ProblemError(
        'invalid_request',
        `${scenario} takes up to ${loadRatesMax[scenario]}/s.`,
      );
    }
    const place = { url: url!, tenant: by.tenant, dataFolder: settings.ATLAS_DATA };
    const started = new LoadRun(order, place);
    const details = { scenario, rate: `${ratePerSecond}/s`, seconds: String(seconds) };
    const record = (state: string, code?: string) =>
      control.audit.record({
        ...by,
        action: 'operator.load',
        code,
        details: { ...details, state },
      });
    record('started');
    void started.ended.then(() =>
      record(started.state, started.state === 'done' ? undefined : started.state),
    );
    run = started;
    return started;
  }

  app.post(
    '/load-runs',
    {
      schema: {
        operationId: 'startLoad',
        summary: 'Loads this system, where it is not production',
        description: 'Needs the scope `ops`. The accounts and customers are of the token’s tenant.',
        tags: ['operations'],
        body: Order,
        response: { 201: LoadRunSchema },
        problems: ['load_running'],
      },
    },
    async ({ identity, body, raw }, reply) => {
      requireOperator(identity);
      const { tenant, subject, session } = identity;
      const started = start(body, { tenant, subject, session, ...whereFrom(raw) });
      return reply.code(201).send(viewOf(started));
    },
  );
  app.get(
    '/load-runs',
    {
      schema: {
        operationId: 'listLoads',
        summary: 'The load that was started last on this gateway, and how it goes',
        tags: ['operations'],
        response: { 200: LoadRunsSchema },
      },
    },
    ({ identity }, reply) => {
      requireOperator(identity);
      reply.header('cache-control', 'private, no-store');
      return { items: run === undefined ? [] : [viewOf(run)] };
    },
  );
  app.delete(
    '/load-runs/latest',
    {
      schema: {
        operationId: 'stopLoad',
        summary: 'Stops it',
        tags: ['operations'],
        response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'It has ended' }) },
        problems: ['not_found'],
      },
    },
    async ({ identity }, reply) => {
      requireOperator(identity);
      if (run === undefined) {
        throw new ProblemError('not_found', 'No load has run since this gateway was started.');
      }
      if (!run.isOver) await run.stop();
      return reply.code(204).send();
    },
  );

  return {
    serve(ownUrl) {
      url = ownUrl;
    },
    async [Symbol.asyncDispose]() {
      if (run?.isOver === false) await run.stop();
    },
  };
}
