// A list that the server gives in pages: `for await` walks it whole, `page` reads one.
import type { Request } from './request.ts';
import type { CallOptions } from './retries.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly nextCursor: string | null;
}

/** `More`: what a page of this list says beside its items. */
export interface Pages<T, More = unknown> extends AsyncIterable<T> {
  /** One page, from the start or from a `nextCursor`. */
  page(cursor?: string): Promise<Page<T> & More>;
}

export interface ListOptions extends CallOptions {
  /** Items of a page: 1–200, 50 by default. */
  readonly limit?: number | undefined;
}

export function pagesOf<T, More = unknown>(
  request: Request,
  path: string,
  { limit, query = {}, ...options }: ListOptions & { query?: Record<string, string | undefined> },
  /** Makes one item of what the wire carries. */
  read: (body: never) => T,
): Pages<T, More> {
  async function page(cursor?: string): Promise<Page<T> & More> {
    const text = queryOf({
      ...query,
      limit: limit === undefined ? undefined : String(limit),
      cursor,
    });
    const { body } = await request({ method: 'GET', path: path + text }, options);
    const { items, ...more } = body as { items: never[]; nextCursor: string | null } & More;
    return { items: items.map(read), ...more } as unknown as Page<T> & More;
  }

  async function* all(): AsyncGenerator<T, undefined> {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await page(cursor);
      yield* items;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  return { page, [Symbol.asyncIterator]: all };
}

/** "?name=value", without those that are undefined or empty. URLSearchParams is not whole on phones. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&');
  return text === '' ? '' : `?${text}`;
}
