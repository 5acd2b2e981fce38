// The schemas of the OpenAPI documents as TypeScript, for @atlas/client: what the wire carries is
// written down once, in the routes. Ours instead of a package, because those that exist need the
// compiler's JavaScript API, which TypeScript 7 no longer has.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** One exported type for each schema of `components`, in alphabetical order. */
export function typesOf(documents: readonly { components?: { schemas?: object } }[]): string {
  const schemas = new Map<string, Schema>();
  for (const { components } of documents) {
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) {
      schemas.set(name, schema as Schema);
    }
  }
  const names = [...schemas.keys()].sort();
  const types = names.map((name) => {
    const schema = schemas.get(name)!;
    return `${comment(schema, '')}export type ${name} = ${typeOf(schema, '')};\n`;
  });
  return [
    '// Generated from docs/openapi by `npm run openapi`: what the wire carries, amounts as strings.\n',
    ...types,
  ].join('\n');
}

function typeOf(schema: Schema, indent: string): string {
  const { $ref, anyOf, allOf } = schema;
  if ($ref !== undefined) return $ref.split('/').at(-1)!;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  }
  if (anyOf !== undefined) return anyOf.map((one) => typeOf(one, indent)).join(' | ');
  if (allOf !== undefined) return allOf.map((one) => `(${typeOf(one, indent)})`).join(' & ');
  if (schema.type === 'integer') return 'number';
  if (schema.type === 'array') return arrayOf(schema.items!, indent);
  if (schema.type === 'object') return objectOf(schema, indent);
  if (schema.type === undefined) throw new Error(`no type: ${JSON.stringify(schema)}`);
  return schema.type;
}

function arrayOf(items: Schema, indent: string): string {
  const item = typeOf(items, indent);
  return (items.anyOf ?? items.enum) ? `(${item})[]` : `${item}[]`;
}

function objectOf({ properties, ...schema }: Schema, indent: string): string {
  const [values] = Object.values(schema.patternProperties ?? {});
  const rest = values ?? schema.additionalProperties;
  if (properties === undefined) {
    return typeof rest === 'object' ? `Record<string, ${typeOf(rest, indent)}>` : 'object';
  }
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, value]) => {
    const mark = schema.required?.includes(name) === true ? '' : '?';
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
    return `${comment(value, inner)}${inner}${key}${mark}: ${typeOf(value, inner)};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}

function comment({ description }: Schema, indent: string): string {
  return description === undefined
    ? ''
    : `${indent}/** ${description.replaceAll('*/', '* /')} */\n`;
}
