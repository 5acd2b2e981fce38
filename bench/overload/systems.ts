// The systems that meet the same overload: Atlas as it is, and what it would be without a part. Each is a
// process of its own on a book of its own, and only one at a time is under load.
import { startAtlas } from '../support/atlas.ts';
import { openAccounts } from '../support/open-accounts.ts';
import { openSlowBook, type SlowBook } from './slow-book.ts';

/** As by default; `startAtlas` opens them wide. */
const shedding = { LS_IN_FLIGHT_START: '64', LS_TARGET_MS: '100', LS_LOOP_LAG_MS: '100' };

export const systems = {
  Atlas: {},
  // All that refuses by itself is set so high that it never does.
  'no shedding': {
    LS_IN_FLIGHT_START: '100000',
    LS_IN_FLIGHT_MAX: '100000',
    LS_LOOP_LAG_MS: '60000',
    LS_TIMEOUT_MS: '600000',
  },
  // The ceiling of the earlier system, above what the slowed book can do.
  'bucket alone': {
    LS_IN_FLIGHT_START: '100000',
    LS_IN_FLIGHT_MAX: '100000',
    LS_LOOP_LAG_MS: '60000',
    LS_TIMEOUT_MS: '600000',
    LS_RATE_PER_SEC: '400',
    LS_BURST: '800',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type SystemName = keyof typeof systems;

export const accountsCount = 4_000;
/** Transactions at once: what a core posts in a second is at most this ÷ the time of a row. */
export const connections = 2;

export interface System extends AsyncDisposable {
  readonly name: SystemName;
  readonly payments: string;
  readonly token: string;
  readonly book: SlowBook;
}

export const accountOf = (index: number) => `acc-${index}`;

/** @param rowMs what a transfer takes in the book from the start */
export async function startSystem(name: SystemName, rowMs: number): Promise<System> {
  await using started = new AsyncDisposableStack();
  const book = started.use(await openSlowBook());
  const { urls, token } = started.use(
    await startAtlas({
      DATABASE_URL: book.url,
      ATLAS_CORE_CONNECTIONS: String(connections),
      ...shedding,
      ...systems[name],
    }),
  );
  await openAccounts(
    { ledger: urls.ledger, token },
    Array.from({ length: accountsCount }, (_, index) => accountOf(index)),
  );
  await book.prepare();
  await book.slow(rowMs);
  const kept = started.move();
  return {
    name,
    payments: urls.payments,
    token,
    book,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
