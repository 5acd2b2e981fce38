// What the query strings of lists have in common: pages, and times. Where a page ends is opaque to clients,
// so that what it is made of may change. A cursor of another kind of list, or a made-up one, is refused
// instead of starting somewhere.
import { Type } from 'typebox';
import { ProblemError } from '../contracts/problems.ts';

const limitDefault = 50;
const limitMax = 200;
const cursorLengthMax = 256;

export const NextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'Send it as `cursor` for the next page; null: this is the last one',
});

/** Numbers of a query string are text: they are read here, since the validator coerces nothing. */
export const pageQuery = {
  limit: Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$',
      description: `Items of a page: 1-${limitMax}, else ${limitDefault}`,
      examples: ['50'],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: cursorLengthMax,
      description: '`nextCursor` of the page before',
    }),
  ),
};

export function limitOf(limit: string | undefined): number {
  return limit === undefined ? limitDefault : Number(limit);
}

export type CursorKind = 'accounts' | 'audit' | 'connections' | 'entries' | 'transfers';

export function writeCursor(kind: CursorKind, position: string): string {
  return Buffer.from(`${kind}:${position}`).toString('base64url');
}

/** @throws ProblemError `invalid_request` unless the position has the form that this list writes. */
export function readCursor(kind: CursorKind, cursor: string, form: RegExp): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(kind.length + 1);
  if (writeCursor(kind, position) !== cursor || !form.test(position)) {
    throw new ProblemError('invalid_request', 'The cursor is not one of this list.', {
      errors: [{ path: 'querystring/cursor', message: 'take it from nextCursor as it is' }],
    });
  }
  return position;
}

export const InstantQuery = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-11-24T09:30:00.000Z'] });

/** @throws ProblemError `invalid_request` for the second that leaps, which no clock here has. */
export function instantMs(name: string, instant: string | undefined): number | undefined {
  if (instant === undefined) return undefined;
  const ms = Date.parse(instant);
  if (!Number.isNaN(ms)) return ms;
  throw new ProblemError('invalid_request', `${name} is no time that can be read.`, {
    errors: [{ path: `querystring/${name}`, message: 'must be a date-time' }],
  });
}
