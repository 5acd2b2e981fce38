// The OpenAPI documents as the tests of the routes read them: which operation a request meets, what it
// may be asked, and what it may answer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/schema';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly parameters: readonly {
    readonly in: 'path' | 'query' | 'header';
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly body: Schema | undefined;
  /** True when the path without its query is one of this operation. */
  meets(path: string): boolean;
  /** What is wrong with an answer's status and body; undefined: nothing. */
  faultOf(status: number, body: unknown): string | undefined;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Document {
  readonly paths: Record<
    string,
    Record<
      string,
      Pick<Operation, 'operationId'> & {
        readonly parameters?: Operation['parameters'];
        readonly requestBody?: Content;
        readonly responses: Readonly<Record<string, Content & { readonly $ref?: string }>>;
      }
    >
  >;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Content>>;
  };
}

const folder = join(import.meta.dirname, '..', '..', 'docs', 'openapi');

export function operationsOf(role: string): Operation[] {
  const document = JSON.parse(readFileSync(join(folder, `${role}.json`), 'utf8')) as Document;
  const { components } = document;
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Operation => {
      const { operationId, parameters = [], requestBody, responses } = operation;
      const form = new RegExp(`^${path.replace(/[.+]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`);
      const checks = new Map<string, ((body: unknown) => boolean) | undefined>();
      for (const [status, { $ref, ...response }] of Object.entries(responses)) {
        const { content } = $ref === undefined ? response : components.responses[nameIn($ref)]!;
        const [schema] = Object.values(content ?? {}).map((item) => item.schema);
        const check = schema && Compile({ ...schema, components } as never);
        checks.set(status, check && ((body) => check.Check(body)));
      }
      return {
        operationId,
        method: method.toUpperCase(),
        path,
        parameters,
        body: resolve(contentOf(requestBody), components.schemas),
        meets: (candidate) => form.test(candidate),
        faultOf(status, body) {
          const check = checks.get(String(status));
          if (!checks.has(String(status))) return `${operationId} documents no ${status}`;
          return check === undefined || check(body)
            ? undefined
            : `${operationId} documents another body for ${status}`;
        },
      };
    }),
  );
}

function contentOf(content: Content | undefined): Schema | undefined {
  return content?.content?.['application/json']?.schema;
}

/** Bodies refer to no other schema but by their own name. */
function resolve(schema: Schema | undefined, schemas: Record<string, Schema>): Schema | undefined {
  return schema?.$ref === undefined ? schema : schemas[nameIn(schema.$ref)];
}

function nameIn(ref: string): string {
  return ref.split('/').at(-1)!;
}
