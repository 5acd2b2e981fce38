// A client of a test's Atlas, and a way to wait for what a live value becomes.
import { createClient, type AtlasClient, type ClientOptions, type Observable } from '@atlas/client';
import type { System } from '../../../test/system.ts';

/** Closed at the end of the scope that asked for it. */
export async function clientOf(
  system: System,
  options: Partial<ClientOptions> = {},
): Promise<AtlasClient & Disposable> {
  const token = await system.token();
  const atlas = createClient({ url: system.urls.gateway, token, ...options });
  return Object.assign(atlas, { [Symbol.dispose]: () => atlas.close() });
}

/** Resolves to the first value that meets the condition, from now on. */
export function until<T>(observable: Observable<T>, met: (value: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop: (() => void) | undefined;
    let done = false;
    const timer = setTimeout(() => {
      stop?.();
      reject(new Error(`waited 20 s; last: ${show(observable.value)}`));
    }, 20_000);
    stop = observable.subscribe((value) => {
      if (done || !met(value)) return;
      done = true;
      clearTimeout(timer);
      queueMicrotask(() => stop?.());
      resolve(value);
    });
  });
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part,
  );
}
