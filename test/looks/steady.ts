// The same picture every time: the page's clock stands still, and what the book names and dates anew with
// each run gets the same names and dates on its way to the page. Everything else is as the roles say it.
import type { BrowserContext } from 'playwright-core';

/** The time of the pictures. */
export const now = Date.UTC(2026, 10, 25, 14, 5, 0);
/** Between two entries. */
const stepMs = 5 * 60_000 + 17_000;

const moment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const api = /^\/(payments|ledger|ws|gateway|load-runs|telemetry|sessions|mobile\.json)\b/;

/** Makes an answer out of the one that came. */
export type Rewrite = (answer: unknown) => unknown;
/** By path: what is written over an answer, or how another is made of it. */
export type Figures = Readonly<Record<string, object | Rewrite>>;

/** What the nth entry of the book is called in the pictures. */
export function entryName(nth: number): string {
  return `019abc00-0000-7000-8000-${String(nth).padStart(12, '0')}`;
}

export interface Steadied {
  /** What is named and dated anew each time, oldest first. */
  readonly entries: readonly { readonly id: string; readonly at: string }[];
  readonly figures?: Figures | undefined;
  /** Where a role is, by the address that the page has for it. */
  readonly placeOf?: (address: string) => string;
}

export async function steady(
  context: BrowserContext,
  { entries, figures = {}, placeOf = (address) => address }: Steadied,
): Promise<void> {
  const times = new Map<string, string>();
  const names = new Map<string, string>();
  for (const [i, { id, at }] of entries.entries()) {
    times.set(at, new Date(now - (entries.length - i) * stepMs).toISOString());
    names.set(id, entryName(i));
  }
  const realNames = new Map([...names].map(([real, shown]) => [shown, real]));
  // All of one length, so that it holds inside of binary messages too.
  const shown = (text: string) =>
    text
      .replaceAll(moment, (at) => times.get(at) ?? new Date(now - 4_000).toISOString())
      .replaceAll(uuid, (id) => names.get(id) ?? '00000000-0000-7000-8000-000000000000');
  const real = (text: string) => text.replaceAll(uuid, (id) => realNames.get(id) ?? id);

  await context.clock.setFixedTime(now);
  await context.route(
    (url) => api.test(url.pathname),
    async (route) => {
      const request = route.request();
      const response = await route.fetch({ url: placeOf(real(request.url())) });
      const body = shown(await response.text());
      const over = figures[new URL(request.url()).pathname];
      if (over === undefined || !response.ok()) return route.fulfill({ response, body });
      const answer: unknown = JSON.parse(body);
      const json = typeof over === 'function' ? (over as Rewrite)(answer) : written(answer, over);
      return route.fulfill({ response, json });
    },
  );
  await context.routeWebSocket(/\/ws/, (page) => {
    const server = page.connectToServer();
    server.onMessage((message) => {
      const text = typeof message === 'string' ? message : message.toString('latin1');
      page.send(typeof message === 'string' ? shown(text) : Buffer.from(shown(text), 'latin1'));
    });
  });
}

/** `over` written over `answer`, as deep as it goes. */
function written(answer: unknown, over: unknown): unknown {
  if (!isRecord(answer) || !isRecord(over)) return over;
  const names = Object.entries(over).map(([name, value]) => [name, written(answer[name], value)]);
  return { ...answer, ...Object.fromEntries(names) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
