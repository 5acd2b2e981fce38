// A load as an operator sees it.
import { Type, type Static } from 'typebox';
import { loadScenarios, type LoadScenario } from '../../contracts/load-run.ts';
import type { LoadRun, RunState } from './load-run.ts';

const count = (description: string) => Type.Integer({ description });
const states = [
  'preparing',
  'running',
  'done',
  'stopped',
  'failed',
] as const satisfies readonly RunState[];

export const ScenarioNameSchema = Type.Unsafe<LoadScenario>({
  type: 'string',
  enum: [...loadScenarios],
  description: 'One of `atlas load`',
});

const Counts = Type.Object({
  name: Type.String({ description: 'A class of traffic' }),
  offered: count('Arrivals so far: what customers wanted'),
  good: count('Of them, those that were served in time'),
  shed: count('Requests that were turned away for now, retries included'),
  failed: count('Requests without an answer, or with one that leaves it open what happened'),
  inFlight: count('Requests without an answer yet'),
});

export const LoadRunSchema = Type.Object(
  {
    scenario: ScenarioNameSchema,
    ratePerSecond: Type.Integer(),
    seconds: Type.Integer(),
    startedAt: Type.String({ format: 'date-time' }),
    state: Type.Unsafe<RunState>({ type: 'string', enum: [...states] }),
    moments: Type.Array(
      Type.Object({ atMs: count('Since the first arrival'), classes: Type.Array(Counts) }),
      { description: 'One a second; counts since the start' },
    ),
    result: Type.Union([
      Type.Null(),
      Type.Object({
        verdicts: Type.Array(
          Type.Object({
            text: Type.String({ description: 'A bar of the platform, and what was measured' }),
            isKept: Type.Boolean(),
          }),
        ),
        latencies: Type.Array(
          Type.Object({ name: Type.String(), p50Ms: Type.Number(), p99Ms: Type.Number() }),
        ),
        voidBecause: Type.Array(Type.String(), {
          description: 'Why the figures must not be used; empty for a good run',
        }),
      }),
    ]),
    error: Type.Union([Type.String(), Type.Null()], { description: 'Why it failed' }),
  },
  { title: 'LoadRun' },
);

/** A list, because there may have been none; a gateway remembers no more than the last. */
export const LoadRunsSchema = Type.Object({
  items: Type.Array(LoadRunSchema, { maxItems: 1, description: 'The last one, or none' }),
});

export function viewOf(run: LoadRun): Static<typeof LoadRunSchema> {
  const { order, startedAt, state, moments, result, error } = run;
  return {
    ...order,
    startedAt,
    state,
    moments: moments.map(({ atMs, classes }) => ({ atMs, classes: [...classes] })),
    result:
      result === undefined
        ? null
        : {
            verdicts: [...result.verdicts],
            latencies: [...result.latencies],
            voidBecause: [...result.voidBecause],
          },
    error: (state === 'failed' && error) || null,
  };
}
