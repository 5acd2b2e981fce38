/**
 * What a method takes: a Standard Schema for each parameter, so that a handler gets values with their
 * types and a refusal can say which argument it is about. A stream that the client sends is a
 * parameter like any other; on the wire it has an id instead of a place among the arguments.
 */
import { InvalidArgumentsError } from '../errors.ts';
import type { ClientStream } from './client-streams.ts';
import { type OutputOf, type StandardSchema, validate } from './standard-schema.ts';

export interface StreamParameter<Schema extends StandardSchema = StandardSchema> {
  readonly itemSchema: Schema;
}

export type Parameter = StandardSchema | StreamParameter;

/** What a handler gets for its parameters. */
export type Values<Parameters extends readonly Parameter[]> = {
  -readonly [Index in keyof Parameters]: Parameters[Index] extends StandardSchema
    ? OutputOf<Parameters[Index]>
    : Parameters[Index] extends StreamParameter<infer Schema>
      ? AsyncIterable<OutputOf<Schema>>
      : never;
};

/** A parameter that the client sends as a stream; the schema is that of an item. */
export function streamOf<Schema extends StandardSchema>(
  itemSchema: Schema,
): StreamParameter<Schema> {
  return { itemSchema };
}

/** Trailing arguments may be missing, and are undefined then. Throws an `InvalidArgumentsError`. */
export async function readArguments(
  parameters: readonly Parameter[],
  call: { args: readonly unknown[]; streams: readonly ClientStream[] },
): Promise<unknown[]> {
  const { args, streams } = call;
  const streamsExpected = parameters.filter(isStream).length;
  if (streams.length !== streamsExpected) {
    throw new InvalidArgumentsError(
      `Client sent ${streams.length} stream(s), Hub method expects ${streamsExpected}.`,
    );
  }
  const argsMax = parameters.length - streamsExpected;
  if (args.length > argsMax) {
    throw new InvalidArgumentsError(
      `Invocation provides ${args.length} argument(s) but target expects ${argsMax}.`,
    );
  }
  const values: unknown[] = [];
  let argsRead = 0;
  let streamsRead = 0;
  for (const parameter of parameters) {
    if (isStream(parameter)) {
      values.push(streams[streamsRead++]!.items(parameter.itemSchema));
    } else {
      const index = argsRead++;
      const refuse = (issue: string) => new InvalidArgumentsError(issue, index + 1);
      values.push(await validate(parameter, args[index], refuse));
    }
  }
  return values;
}

function isStream(parameter: Parameter): parameter is StreamParameter {
  return 'itemSchema' in parameter;
}
