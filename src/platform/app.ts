// What a role's HTTP server is to those who add routes to it, and what a request carries there.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ProblemCode } from '../contracts/problems.ts';
import type { Identity } from './identity.ts';
import type { HttpServer } from './server.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before a route of `authenticated` runs. */
    identity: Identity;
    /** The code of the problem that it was answered with. */
    problemCode: ProblemCode | undefined;
  }
  interface FastifyInstance {
    /** What its server refused or cut off before it was a request. */
    floods: HttpServer['floods'];
  }
  interface FastifyContextConfig {
    /** Routes that need no token: health, metrics, the OpenAPI document, the console's files. */
    public?: boolean;
  }
}
