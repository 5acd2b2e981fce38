// GET /telemetry: what the platform has done over a range, of all replicas together, and how that stands
// against its promises. From Prometheus where one is set; while it does not answer, and else, from the
// roles themselves, for up to an hour.
import { Type, type Static, type TSchema } from 'typebox';
import type { Window } from '../../contracts/telemetry.ts';
import { ProblemError } from '../../contracts/problems.ts';
import type { App } from '../../platform/app.ts';
import { requireScope } from '../../platform/identity.ts';
import type { Log } from '../../platform/logs.ts';
import { measure, units } from './figures.ts';
import { judge } from './slos.ts';
import type { Heard, TelemetrySource } from './source.ts';

const rangeSecondsMin = 60;
const rangeSecondsDefault = 900;
const hourSeconds = 3_600;
/** So often at most is a range read anew, however many look at it. */
const freshMs = 1_000;
/** Ranges that are kept so. */
const keptMax = 16;

const OrNull = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
const value = OrNull(
  Type.Number(),
  'Of the whole range; of a gauge, where it stands now. Null: nothing is known',
);
const points = Type.Array(Type.Union([Type.Number(), Type.Null()]), {
  description: 'In each step',
});

const FigureSchema = Type.Object(
  {
    name: Type.String({ examples: ['transfers.posted'] }),
    what: Type.String(),
    unit: Type.String({ enum: [...units] }),
    madeOf: Type.Array(Type.String(), { description: 'The metrics that it is made of' }),
    value,
    points,
    parts: Type.Array(
      Type.Object({ of: Type.Record(Type.String(), Type.String()), value, points }),
      { description: 'The same by labels; without those that were zero all the time' },
    ),
  },
  { title: 'TelemetryFigure' },
);

const burn = (of: string) =>
  OrNull(Type.Number(), `How fast the allowed failures were used up in ${of}; 1: as allowed`);

const SloSchema = Type.Object(
  {
    name: Type.String({ examples: ['availability'] }),
    what: Type.String(),
    is: Type.String({ enum: ['<', '>', '≥'] }),
    bar: Type.Number(),
    unit: Type.String({ enum: ['%', 'ms'] }),
    eventsMin: OrNull(
      Type.Integer(),
      'So many requests it takes to judge; those that are missing count as good. Null: it is of time',
    ),
    events: OrNull(Type.Integer(), 'Requests of the range; null: it is of time'),
    value: OrNull(Type.Number(), 'In the unit of the bar; null: there was nothing to judge'),
    state: Type.String({
      enum: ['kept', 'broken', 'unknown'],
      description: 'Over the range; unknown: there was nothing to judge, or too little',
    }),
    burnRange: burn('the range'),
    burnHour: burn('the last hour'),
    madeOf: Type.Array(Type.String()),
  },
  { title: 'TelemetrySlo' },
);

const ReplicaSchema = Type.Object({
  node: Type.String({ description: 'As in the audit record; from Prometheus: its instance' }),
  role: Type.String(),
  version: Type.Union([Type.String(), Type.Null()]),
  startedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  state: Type.String({
    enum: ['answered', 'unanswered', 'gone'],
    description: '`gone`: it was there in the range and is no longer',
  }),
});

const TelemetrySchema = Type.Object(
  {
    source: Type.String({ enum: ['roles', 'prometheus'] }),
    prometheus: Type.String({ enum: ['not_set', 'answered', 'unanswered'] }),
    from: Type.String({ format: 'date-time' }),
    to: Type.String({ format: 'date-time', description: 'The last step may be cut short by it' }),
    stepSeconds: Type.Number(),
    rangeSecondsMax: Type.Integer({ description: 'The longest range that can be asked for now' }),
    complete: Type.Boolean({
      description: 'false: a replica of the range is missing in the figures',
    }),
    replicas: Type.Array(ReplicaSchema),
    figures: Type.Array(FigureSchema),
    slos: Type.Array(SloSchema),
  },
  { title: 'Telemetry' },
);
type Telemetry = Static<typeof TelemetrySchema>;

export interface TelemetryRouteParts {
  readonly roles: TelemetrySource;
  readonly prometheus: TelemetrySource | undefined;
  readonly log: Log;
}

export function addGetTelemetry(app: App, parts: TelemetryRouteParts): void {
  const shared = keepBriefly((rangeSeconds: number) => telemetryOf(parts, rangeSeconds));
  app.get(
    '/telemetry',
    {
      schema: {
        operationId: 'getTelemetry',
        summary: 'Figures of all replicas over a range, and the SLOs',
        description:
          'Counters are added up over replicas and percentiles made of added buckets. Without ' +
          'Prometheus the range is of the last hour.',
        tags: ['operations'],
        querystring: Type.Object(
          {
            rangeSeconds: Type.Optional(
              Type.String({
                pattern: '^[1-9][0-9]{1,5}$',
                description: `From ${rangeSecondsMin} to \`rangeSecondsMax\`, else ${rangeSecondsDefault}`,
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: TelemetrySchema },
      },
    },
    (request, reply) => {
      requireScope(request.identity, 'ops');
      const rangeSeconds = Number(request.query.rangeSeconds ?? rangeSecondsDefault);
      const { rangeSecondsMax } = parts.prometheus ?? parts.roles;
      if (rangeSeconds < rangeSecondsMin || rangeSeconds > rangeSecondsMax) {
        throw new ProblemError(
          'invalid_request',
          `rangeSeconds must be from ${rangeSecondsMin} to ${rangeSecondsMax}` +
            (parts.prometheus === undefined ? '; more needs PROMETHEUS_URL.' : '.'),
        );
      }
      reply.header('cache-control', 'private, no-store');
      return shared(rangeSeconds);
    },
  );
}

async function telemetryOf(parts: TelemetryRouteParts, rangeSeconds: number): Promise<Telemetry> {
  const { roles, prometheus, log } = parts;
  if (prometheus === undefined) return read(roles, rangeSeconds, { prometheus: 'not_set' });
  try {
    return await read(prometheus, rangeSeconds, { prometheus: 'answered' });
  } catch (error) {
    log.warn({ err: error }, 'telemetry: Prometheus does not answer; the roles are asked');
    const known = Math.min(rangeSeconds, roles.rangeSecondsMax);
    return read(roles, known, { prometheus: 'unanswered' });
  }
}

async function read(
  source: TelemetrySource,
  rangeSeconds: number,
  { prometheus }: Pick<Telemetry, 'prometheus'>,
): Promise<Telemetry> {
  const window = source.windowOf(rangeSeconds);
  const [range, hour] = await Promise.all([
    source.read(window),
    source.read(inOneStep(source.windowOf(hourSeconds))),
  ]);
  return {
    source: prometheus === 'answered' ? 'prometheus' : 'roles',
    prometheus,
    ...timesOf(window),
    rangeSecondsMax: source.rangeSecondsMax,
    complete: range.complete,
    replicas: inOrder(range.replicas),
    figures: measure(range.history).map((figure) => ({
      ...figure,
      madeOf: [...figure.madeOf],
      points: [...figure.points],
      parts: figure.parts.map((part) => ({ ...part, points: [...part.points] })),
    })),
    slos: judge(range.history, hour.history).map((slo) => ({ ...slo, madeOf: [...slo.madeOf] })),
  };
}

function inOneStep({ fromMs, stepMs, steps }: Window): Window {
  return { fromMs, stepMs: stepMs * steps, steps: 1 };
}

function timesOf({ fromMs, stepMs, steps }: Window) {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    from: iso(fromMs),
    to: iso(Math.min(fromMs + steps * stepMs, Date.now())),
    stepSeconds: stepMs / 1_000,
  };
}

function inOrder(replicas: Heard['replicas']): Telemetry['replicas'] {
  const key = ({ role, startedAt, node }: Heard['replicas'][number]) =>
    `${role} ${startedAt} ${node}`;
  return replicas.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Whoever asks while it is worked out, or within a second, gets the same. */
function keepBriefly<T>(work: (key: number) => Promise<T>): (key: number) => Promise<T> {
  const kept = new Map<number, Promise<T>>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= keptMax) return work(key);
    const result = work(key);
    kept.set(key, result);
    const forget = () => void kept.delete(key);
    result.then(() => setTimeout(forget, freshMs).unref(), forget);
    return result;
  };
}
