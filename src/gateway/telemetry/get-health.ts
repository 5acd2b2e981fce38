// GET /health/roles: every role and every engine in one look, since when each has been as it is, and who
// says so. A role is as good as its best replica; an engine is up when all who use it say so.
import { Type, type Static } from 'typebox';
import { needs, type EngineState, type RoleState } from '../../contracts/telemetry.ts';
import type { SeenNode } from '../../contracts/control.ts';
import type { App } from '../../platform/app.ts';
import { requireScope } from '../../platform/identity.ts';
import { roleNames } from '../../platform/role.ts';
import type { AllReplicas, Asked } from './replicas.ts';

const since = Type.String({ format: 'date-time', description: 'As it is now since then' });
const version = Type.Union([Type.String(), Type.Null()], {
  description: 'As it says itself; null: it does not',
});
const roleStates = ['ready', 'not_ready', 'unanswered', 'absent'];

const RoleSchema = Type.Object(
  {
    role: Type.String(),
    state: Type.String({ enum: roleStates, description: 'Of its best replica' }),
    since: Type.Union([since, Type.Null()]),
    replicas: Type.Array(
      Type.Object({
        node: Type.String(),
        state: Type.String({ enum: roleStates }),
        since,
        version,
        startedAt: Type.String({ format: 'date-time' }),
        checks: Type.Array(Type.Object({ name: Type.String(), up: Type.Boolean(), since })),
      }),
    ),
  },
  { title: 'RoleHealth' },
);
type RoleHealth = Static<typeof RoleSchema>;
type ReplicaHealth = RoleHealth['replicas'][number];

const EngineSchema = Type.Object(
  {
    need: Type.String({ enum: [...needs] }),
    engine: Type.String({ examples: ['postgres'] }),
    state: Type.String({
      enum: ['up', 'partly', 'down'],
      description: '`partly`: some who use it say that it is up, and others that it is not',
    }),
    since,
    version,
    seenBy: Type.Array(
      Type.Object({ node: Type.String(), role: Type.String(), up: Type.Boolean(), since }),
    ),
  },
  { title: 'EngineHealth' },
);
type EngineHealth = Static<typeof EngineSchema>;

const HealthSchema = Type.Object(
  {
    roles: Type.Array(RoleSchema),
    engines: Type.Array(EngineSchema),
    complete: Type.Boolean({ description: 'false: a replica has not answered' }),
  },
  { title: 'PlatformHealth' },
);

export function addGetHealth(app: App, replicas: AllReplicas): void {
  app.get(
    '/health/roles',
    {
      schema: {
        operationId: 'getPlatformHealth',
        summary: 'The state of every role and engine',
        tags: ['operations'],
        response: { 200: HealthSchema },
      },
    },
    async (request, reply) => {
      requireScope(request.identity, 'ops');
      reply.header('cache-control', 'private, no-store');
      const asked = await replicas.ask((replica) => replica.state());
      return {
        roles: rolesOf(asked),
        engines: enginesOf(asked),
        complete: asked.known && asked.unanswered.length === 0,
      };
    },
  );
}

export function rolesOf({ answers, unanswered, gone }: Asked<RoleState>): RoleHealth[] {
  const all = [
    ...answers.map(([node, state]): [string, ReplicaHealth] => [
      node.role,
      {
        ...identityOf(node),
        state: state.ready ? 'ready' : 'not_ready',
        since: state.since,
        checks: [...state.checks],
      },
    ]),
    ...unanswered.map((node): [string, ReplicaHealth] => [
      node.role,
      { ...identityOf(node), state: 'unanswered', since: heardAt(node), checks: [] },
    ]),
  ];
  const names = new Set<string>([...roleNames, ...all.map(([role]) => role)]);
  return [...names].map((role) => {
    const own = all.filter(([of]) => of === role).map(([, replica]) => replica);
    const left = gone.filter((node) => node.role === role).map(heardAt);
    const [best] = own.toSorted(
      (a, b) =>
        roleStates.indexOf(a.state) - roleStates.indexOf(b.state) || (a.since < b.since ? -1 : 1),
    );
    return {
      role,
      state: best?.state ?? 'absent',
      since: best?.since ?? left.toSorted().at(-1) ?? null,
      replicas: own,
    };
  });
}

export function enginesOf({ answers }: Pick<Asked<RoleState>, 'answers'>): EngineHealth[] {
  const seen = answers.flatMap(([node, { engines }]) =>
    engines.map((engine) => ({ node: node.id, role: node.role, ...engine })),
  );
  return needs.flatMap((need) => {
    const engines = new Set(seen.filter((one) => one.need === need).map(({ engine }) => engine));
    return [...engines].map((engine) =>
      engineOf(seen.filter((one) => one.need === need && one.engine === engine)),
    );
  });
}

function engineOf(
  seen: readonly (EngineState & { readonly node: string; readonly role: string })[],
): EngineHealth {
  const { need, engine } = seen[0]!;
  const ups = seen.filter(({ up }) => up).length;
  return {
    need,
    engine,
    state: ups === seen.length ? 'up' : ups === 0 ? 'down' : 'partly',
    since: seen
      .map((one) => one.since)
      .toSorted()
      .at(-1)!,
    version: seen.find((one) => one.version !== null)?.version ?? null,
    seenBy: seen.map(({ node, role, up, since }) => ({ node, role, up, since })),
  };
}

function identityOf({ id, version, startedAt }: SeenNode) {
  return { node: id, version: version || null, startedAt };
}

function heardAt({ silentMs }: SeenNode): string {
  return new Date(Date.now() - silentMs).toISOString();
}
