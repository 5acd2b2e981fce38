// Types of TypeBox as Standard Schemas, which TypeBox does not offer and the hub takes.
import type { StandardSchema } from '@atlas/signalr';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** `expected` is what a client with another value is told. */
export function standardSchema<Type extends TSchema>(
  type: Type,
  expected: string,
): StandardSchema<unknown, Static<Type>> {
  const compiled = Compile(type);
  return {
    '~standard': {
      version: 1,
      vendor: 'typebox',
      validate: (value) =>
        compiled.Check(value) ? { value } : { issues: [{ message: expected }] },
    },
  };
}
