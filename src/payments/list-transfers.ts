// GET /payments/transfers: the transfers that the token may see, newest first; with ?key=… the one of that
// key. A page looks at a bounded part of the book, so a search says how far back it has come
// (`searchedTo`) instead of taking as long as the book is old.
import { Type, type Static } from 'typebox';
import type { Core } from '../contracts/core.ts';
import { minorMax, parseMinor } from '../contracts/money.ts';
import { ProblemError } from '../contracts/problems.ts';
import {
  listedAccountsMax,
  type ListedTransfer as Listed,
  type ListPosition,
  type TransferFilters,
  type TransferReader,
  type TransfersFound,
} from '../contracts/transfer-list.ts';
import { AccountId, Currency, IdempotencyKey } from '../contracts/transfers.ts';
import type { App } from '../platform/app.ts';
import { requireAccount, requireScope, type Identity } from '../platform/identity.ts';
import {
  InstantQuery,
  NextCursor,
  instantMs,
  limitOf,
  pageQuery,
  readCursor,
  writeCursor,
} from '../platform/queries.ts';
import { storedBody } from './answers.ts';
import { find, FoundTransfer, ListedTransfer } from './find-transfer.ts';
import { transfersPath } from './shedding/door.ts';

const narrationLengthMax = 140;
const positionForm = /^([0-9]{1,16})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const minor = (description: string) =>
  Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,18}$', description: `${description}, in minor units` }),
  );

const filters = {
  account: Type.Optional(
    Type.Unsafe<string>({ ...AccountId, description: 'Only transfers from or to this account' }),
  ),
  narration: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: narrationLengthMax,
      description: 'A part of the narration, in whatever case',
    }),
  ),
  minor: minor('This amount'),
  minMinor: minor('This amount or more'),
  maxMinor: minor('This amount or less'),
  currency: Type.Optional(Currency),
  state: Type.Optional(
    Type.Union([Type.Literal('posted'), Type.Literal('refused')], {
      description: 'Refused: finally, for its key; other refusals are not kept',
    }),
  ),
  from: Type.Optional(InstantQuery('Decided at this time or later')),
  to: Type.Optional(InstantQuery('Decided before this time')),
};

const Query = Type.Object(
  { key: Type.Optional(IdempotencyKey), ...filters, ...pageQuery },
  { additionalProperties: false },
);

const TransferPage = Type.Object(
  {
    items: Type.Array(ListedTransfer),
    nextCursor: NextCursor,
    searchedTo: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description:
        'All that is selected and was decided after this time is in this page or in those before it; ' +
        'null: there is nothing older',
    }),
  },
  { title: 'TransferPage' },
);

export interface ListTransfersParts {
  readonly core: Pick<Core, 'find'>;
  readonly transfers: TransferReader;
}

export function addListTransfers(app: App, { core, transfers }: ListTransfersParts): void {
  app.get(
    transfersPath,
    {
      schema: {
        operationId: 'listTransfers',
        summary: 'Transfers, newest first; with `key` the one of that idempotency key',
        description:
          '`key` goes with no other parameter, and answers the transfer itself. A page may have fewer ' +
          'items than `limit`, or none, though `nextCursor` is set: see `searchedTo`. A token that lists ' +
          'accounts sees what touches them; of refused transfers those that they would have paid.',
        tags: ['transfers'],
        querystring: Query,
        response: { 200: Type.Union([FoundTransfer, TransferPage]) },
        problems: ['not_found'],
      },
    },
    async ({ identity, query: { key, ...query } }, reply) => {
      requireScope(identity, 'transfers');
      reply.type('application/json').serializer(JSON.stringify);
      reply.header('cache-control', 'private, no-cache');
      if (key !== undefined) {
        requireNothingBeside(query);
        return find(core, identity, { key });
      }
      const found = await transfers.list({
        tenant: identity.tenant,
        accountIds: accountsOf(identity, query.account),
        ownRefusalsOnly: identity.accounts !== '*',
        before: positionOf(query.cursor),
        limit: limitOf(query.limit),
        ...filtersOf(query),
      });
      return pageBody(found, identity);
    },
  );
}

function requireNothingBeside(query: object): void {
  const [other] = Object.keys(query);
  if (other !== undefined) throw invalid(other, 'cannot be combined with key');
}

/** @throws ProblemError `forbidden` for an account that the token does not list. */
function accountsOf(identity: Identity, account: string | undefined): string[] | undefined {
  if (account !== undefined) {
    requireAccount(identity, account);
    return [account];
  }
  if (identity.accounts === '*') return undefined;
  if (identity.accounts.size <= listedAccountsMax) return [...identity.accounts];
  throw invalid('account', `must be given: the token lists more than ${listedAccountsMax}`);
}

function filtersOf(query: Omit<Static<typeof Query>, 'key'>): TransferFilters {
  const { state, currency, narration, from, to } = query;
  if (query.minor !== undefined && (query.minMinor ?? query.maxMinor) !== undefined) {
    throw invalid('minor', 'cannot be combined with minMinor or maxMinor');
  }
  return {
    state,
    currency,
    narration: narration === undefined ? undefined : textOf(narration),
    minMinor: minorOf('minMinor', query.minor ?? query.minMinor),
    maxMinor: minorOf('maxMinor', query.minor ?? query.maxMinor),
    fromMs: instantMs('from', from),
    toMs: instantMs('to', to),
  };
}

/** The book has no such text, and would refuse the question. */
function textOf(narration: string): string {
  if (narration.includes('\0') || !narration.isWellFormed()) {
    throw invalid('narration', 'must be text without NUL and without half of a surrogate pair');
  }
  return narration;
}

function minorOf(name: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const amount = parseMinor(text);
  if (amount === undefined) throw invalid(name, `must be at most ${minorMax}`);
  return amount;
}

function positionOf(cursor: string | undefined): ListPosition | undefined {
  if (cursor === undefined) return undefined;
  const [, ms, entryId] = positionForm.exec(readCursor('transfers', cursor, positionForm))!;
  return { decidedAtMs: Number(ms), entryId: entryId! };
}

function pageBody(
  { items, next }: TransfersFound,
  identity: Identity,
): Static<typeof TransferPage> {
  const end = next === undefined ? undefined : timeOf(next);
  return {
    items: items.map((item) => itemBody(item, identity)),
    nextCursor:
      next === undefined ? null : writeCursor('transfers', `${next.decidedAtMs}.${next.entryId}`),
    searchedTo: end ?? null,
  };
}

function itemBody({ position, ...stored }: Listed, identity: Identity) {
  return { ...storedBody(stored, identity), decidedAt: timeOf(position) };
}

function timeOf({ decidedAtMs }: ListPosition): string {
  return new Date(decidedAtMs).toISOString();
}

function invalid(name: string, message: string): ProblemError {
  return new ProblemError('invalid_request', `querystring/${name} ${message}`, {
    errors: [{ path: `querystring/${name}`, message }],
  });
}
