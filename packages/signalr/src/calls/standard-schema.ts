/**
 * The interface of standardschema.dev, by which validators such as Zod, Valibot and ArkType can be
 * used without depending on any of them.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>>;
    /** Exists for the compiler only. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type Validated<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

export interface Issue {
  readonly message: string;
  /** Where in the value, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema makes of a value that it accepts. */
export type OutputOf<Schema extends StandardSchema> = NonNullable<
  Schema['~standard']['types']
>['output'];

/** The value as the schema gives it back; throws what `refuse` makes of its first issue. */
export async function validate<Schema extends StandardSchema>(
  schema: Schema,
  value: unknown,
  refuse: (issue: string) => Error,
): Promise<OutputOf<Schema>> {
  const validated = await schema['~standard'].validate(value);
  if (validated.issues === undefined) return validated.value;
  const [issue] = validated.issues;
  throw refuse(issue === undefined ? 'not valid' : describe(issue));
}

function describe({ message, path = [] }: Issue): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
}
