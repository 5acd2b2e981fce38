// Prometheus' HTTP API, as much of it as the gateway asks: queries at one time and over a range.
import { Pool } from 'undici';
import type { Window } from '../../contracts/telemetry.ts';
import { Guard } from '../../platform/guards/guard.ts';
import type { Guards } from '../../platform/guards/guards.ts';

export const prometheusLimits = {
  atOnceMax: 8,
  waitingMax: 256,
  timeoutMs: 5_000,
  failuresMax: 5,
  openMs: 5_000,
};
const connectTimeoutMs = 1_000;

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

export interface PrometheusApi extends AsyncDisposable {
  /** As it is at one time, a value each. Rejects when Prometheus does not answer with success. */
  query(query: string, atMs: number): Promise<Sample[]>;
  /** At the end of every step of the window. */
  queryRange(query: string, window: Window): Promise<Sample[]>;
}

/** @param url its base; with a user and a password they are sent along. */
export function openPrometheus(url: string, guards: Guards): PrometheusApi {
  const limits = prometheusLimits;
  const { origin, pathname, username, password } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: limits.atOnceMax,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: limits.timeoutMs,
    bodyTimeout: limits.timeoutMs,
  });
  const guard = guards.add(
    new Guard({ name: 'prometheus', of: 'Prometheus', limits, isFailure: () => true }),
  );
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(username === ''
      ? {}
      : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  };

  function ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Sample[]> {
    return guard.run(async () => {
      const { body } = await pool.request({
        method: 'POST',
        path: base + path,
        headers,
        body: new URLSearchParams({
          timeout: `${prometheusLimits.timeoutMs}ms`,
          ...parameters,
        }).toString(),
      });
      const answer = (await body.json()) as Answer;
      if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error}`);
      return answer.data.result.map(({ metric, value, values }) => ({
        metric,
        values: values ?? (value === undefined ? [] : [value]),
      }));
    });
  }

  const seconds = (ms: number) => String(ms / 1_000);
  return {
    query: (query, atMs) => ask('/api/v1/query', { query, time: seconds(atMs) }),
    queryRange: (query, { fromMs, stepMs, steps }) =>
      ask('/api/v1/query_range', {
        query,
        start: seconds(fromMs + stepMs),
        end: seconds(fromMs + stepMs * steps),
        step: seconds(stepMs),
      }),
    async [Symbol.asyncDispose]() {
      guards.remove(guard);
      await pool.destroy();
    },
  };
}

type Answer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success';
      readonly data: {
        readonly result: readonly {
          readonly metric: Sample['metric'];
          readonly value?: Sample['values'][number];
          readonly values?: Sample['values'];
        }[];
      };
    };
