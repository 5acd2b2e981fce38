// Where a page ends, opaque to clients, so that what it is made of may change. A cursor of another
// kind of list, or a made-up one, is refused instead of starting somewhere.
import { ProblemError } from '../contracts/problems.ts';

export type CursorKind = 'accounts' | 'audit' | 'entries';

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
