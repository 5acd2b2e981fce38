// The schema of problem+json for the OpenAPI documents: every route answers every error with it.
import { Type } from 'typebox';

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable; decides what the caller should do' }),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { description: 'RFC 9457' },
);

const problemContent = { content: { 'application/problem+json': { schema: ProblemSchema } } };

/** For the `response` of a route's schema, beside its success. */
export const problemResponses = {
  '4xx': { description: 'The request is refused', ...problemContent },
  '5xx': { description: 'Overloaded, unavailable or failed', ...problemContent },
};
