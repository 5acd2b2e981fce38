// The OpenAPI document of a role, made from its route schemas. A route names the refusals that are its
// own (`problems`); those that every route has are added here, so that no route can forget them and a
// client finds every code that it may meet, under its status.
import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import { ProblemSchema } from '../contracts/problem-schema.ts';
import { problems, type ProblemCode } from '../contracts/problems.ts';
import type { App } from './app.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** Codes that this route refuses with, beside those of every route. */
    problems?: readonly ProblemCode[];
  }
}

const ofEveryRoute: readonly ProblemCode[] = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'headers_too_large',
  'internal',
  'overloaded',
  'unavailable',
];
const ofBodies: readonly ProblemCode[] = ['payload_too_large', 'unsupported_media_type'];

/** Collects the routes that are added from now on; `app.swagger()` is the document. */
export async function describeRoutes(app: App, role: string): Promise<void> {
  const ownProblems = new Map<string, readonly ProblemCode[]>();
  app.addHook('onRoute', ({ schema }) => {
    if (schema?.operationId !== undefined) {
      ownProblems.set(schema.operationId, schema.problems ?? []);
    }
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `Atlas ${role}`,
        version: '1',
        description:
          'Amounts are decimal strings of minor units. Errors are problem+json with a stable `code`. ' +
          '`X-Tenant-Id`, when it is sent, must be the tenant of the token.',
        license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'Names the tenant, the accounts and the scopes',
          },
        },
      },
      security: [{ token: [] }],
    },
    transformObject: (made) => {
      if (!('openapiObject' in made)) throw new Error('An OpenAPI document was expected');
      const { openapiObject } = made as { openapiObject: Document };
      return complete(openapiObject, ownProblems);
    },
  });
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

interface Operation {
  operationId: string;
  requestBody?: Json;
  responses: JsonObject;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: JsonObject;
}

function complete(
  document: Document,
  ownProblems: ReadonlyMap<string, readonly ProblemCode[]>,
): Document {
  const refusals: JsonObject = {};
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) {
    for (const [status, response] of Object.entries(operation.responses as Responses)) {
      if (response.description === 'Default Response') {
        response.description = STATUS_CODES[status] ?? status;
      }
    }
    const codes = problemsOf(operation, ownProblems.get(operation.operationId));
    for (const [status, ofStatus] of codes) {
      // Named by its codes, an answer stands once for all routes that refuse alike.
      const name = ofStatus.join('.');
      refusals[name] = refusal(status, ofStatus);
      operation.responses[status] = { $ref: `#/components/responses/${name}` };
    }
  }
  const schemas: JsonObject = { Problem: plain(ProblemSchema) };
  const paths = shareTitled(plain(document.paths), schemas) as unknown as Document['paths'];
  const components = {
    ...document.components,
    schemas: sorted(schemas),
    responses: sorted(refusals),
  };
  return { ...document, paths, components };
}

type Responses = Record<string, { description: string }>;

function problemsOf(
  { requestBody }: Operation,
  own: readonly ProblemCode[] = [],
): Map<number, ProblemCode[]> {
  const codes = new Set([...ofEveryRoute, ...(requestBody === undefined ? [] : ofBodies), ...own]);
  return Map.groupBy([...codes].sort(), (code) => problems[code].status);
}

function refusal(status: number, codes: ProblemCode[]): JsonObject {
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code: { enum: codes } } },
    ],
  };
  const header = (description: string, type: string) => ({ description, schema: { type } });
  const headers: JsonObject = {};
  if (status === 401) headers['WWW-Authenticate'] = header('Bearer', 'string');
  if (status === 503) headers['Retry-After'] = header('Seconds; with `overloaded`', 'integer');
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('. '),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: { 'application/problem+json': { schema } },
  };
}

/** A schema with a title stands once, under that name, among the components. */
function shareTitled(value: Json, schemas: JsonObject): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => shareTitled(item, schemas));
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, shareTitled(item, schemas)]),
  );
  const { title } = copy;
  if (typeof title !== 'string') return copy;
  const known = schemas[title];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(copy)) {
    throw new Error(`Two schemas are called ${title}`);
  }
  schemas[title] = copy;
  return { $ref: `#/components/schemas/${title}` };
}

/** JSON Schema only, without what the library that made it keeps beside. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function sorted(named: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(named).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
