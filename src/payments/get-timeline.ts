// GET /payments/transfers/{entryId}/timeline: when the transfer passed each stage of its way, and who
// measured it. Who may see the transfer may see this.
import { Type, type Static } from 'typebox';
import { stageNames, type StageName } from '../contracts/stages.ts';
import type { Core } from '../contracts/core.ts';
import type { App } from '../platform/app.ts';
import { EntryId, requireTransfer } from './find-transfer.ts';
import { transfersPath } from './shedding/door.ts';
import type { MeasuredStage, Timeline, Timelines } from './timeline.ts';

const stage = Type.Unsafe<StageName>({ type: 'string', enum: [...stageNames] });
const instant = (description: string) => Type.String({ format: 'date-time', description });
const offset = Type.Union([Type.Integer(), Type.Null()], {
  description:
    'Milliseconds since it was admitted; null where that was not measured. By two clocks where two ' +
    'machines have measured, so that it may even be negative',
});

const Measured = Type.Object({
  stage,
  status: Type.Literal('measured'),
  at: instant('By the clock of the node'),
  offsetMs: offset,
  node: Type.String({ description: 'The process that measured it' }),
  lastAt: Type.Optional(instant('Of `delivered`: the last delivery, where `at` is the first')),
  deliveries: Type.Optional(
    Type.Integer({
      description:
        'Of `delivered`: balances written to connections; one that watches both accounts has two',
    }),
  ),
});
const Missing = Type.Object({
  stage,
  status: Type.Literal('missing'),
  reason: Type.Union(
    [Type.Literal('forgotten'), Type.Literal('unanswered'), Type.Literal('not_measured')],
    {
      description:
        'forgotten: only the last transfers are remembered, and only until a restart; unanswered: a ' +
        'node that may know did not answer; not_measured: it has not happened',
    },
  ),
});
const TimelineSchema = Type.Object(
  {
    entryId: Type.String({ format: 'uuid' }),
    postedAt: instant('As the book says'),
    stages: Type.Array(Type.Union([Measured, Missing]), {
      description: 'In the order of the way; `delivered` once for each replica of the hub',
    }),
    unanswered: Type.Array(Type.String(), { description: 'Nodes that did not answer' }),
  },
  { title: 'TransferTimeline' },
);

export interface GetTimelineParts {
  readonly core: Pick<Core, 'find'>;
  readonly timelines: Timelines;
}

export function addGetTimeline(app: App, { core, timelines }: GetTimelineParts): void {
  app.get(
    `${transfersPath}/:entryId/timeline`,
    {
      schema: {
        operationId: 'getTransferTimeline',
        summary: 'When a transfer passed each stage of its way',
        tags: ['transfers'],
        params: Type.Object({ entryId: EntryId }),
        response: { 200: TimelineSchema },
        problems: ['not_found'],
      },
    },
    async ({ identity, params }, reply) => {
      const entryId = params.entryId.toLowerCase();
      const { outcome } = await requireTransfer(core, identity, { entryId });
      const postedAt = (outcome as { readonly postedAt: string }).postedAt;
      reply.type('application/json').serializer(JSON.stringify);
      reply.header('cache-control', 'private, no-store');
      return {
        entryId,
        postedAt,
        ...timelineBody(await timelines.of(entryId, Date.parse(postedAt))),
      };
    },
  );
}

function timelineBody({ stages, unanswered }: Timeline) {
  const admitted = stages.find((one) => one.stage === 'admitted' && one.status === 'measured');
  const startMs = (admitted as MeasuredStage | undefined)?.atMs;
  return {
    stages: stages.map((one) => (one.status === 'missing' ? one : measuredBody(one, startMs))),
    unanswered: [...unanswered],
  };
}

function measuredBody(
  { stage, status, node, atMs, lastAtMs, deliveries }: MeasuredStage,
  startMs: number | undefined,
): Static<typeof Measured> {
  return {
    stage,
    status,
    at: new Date(atMs).toISOString(),
    offsetMs: startMs === undefined ? null : atMs - startMs,
    node,
    ...(lastAtMs === undefined ? {} : { lastAt: new Date(lastAtMs).toISOString() }),
    ...(deliveries === undefined ? {} : { deliveries }),
  };
}
