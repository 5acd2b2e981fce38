// The schema of problem+json, for the OpenAPI documents and for problems inside other answers.
import { Type } from 'typebox';
import { problems } from './problems.ts';

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What to do, in words; not stable' }),
    code: Type.String({
      enum: Object.keys(problems),
      description: 'Stable; decides what the caller should do',
    }),
    instance: Type.Optional(Type.String({ description: 'The path of the request' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'What is wrong where in the request',
      }),
    ),
  },
  { title: 'Problem', description: 'RFC 9457' },
);
