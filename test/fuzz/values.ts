// Values by their schema, so that a part of the requests is good all the way to the book.
import fc from 'fast-check';
import type { Schema } from './documents.ts';

/** Accounts of the book under test: what names an account mostly names one of them. */
export const accountIds = ['mint', 'alice', 'msisdn::2348100000001', 'nowhere'] as const;
export const keys = ['key-1', 'key-2', 'key-3'] as const;

export function valueOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => valueOf(option, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return textOf(schema, name);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf(schema.items!), { minLength: schema.minItems ?? 0, maxLength: 5 });
    case 'object':
      return objectOf(schema);
    default:
      throw new Error(`No values for ${JSON.stringify(schema)}`);
  }
}

function textOf({ pattern, minLength = 0, maxLength = 64 }: Schema, name: string) {
  const options: fc.Arbitrary<string>[] = [];
  if (/account|^id$/i.test(name)) options.push(fc.constantFrom(...accountIds));
  if (/key/i.test(name)) options.push(fc.constantFrom(...keys));
  if (name === 'currency') options.push(fc.constantFrom('EUR', 'NGN'));
  if (name === 'effectiveAt') options.push(fc.constantFrom('2026-02-28', '2026-01-02T03:04:05Z'));
  // Others would wait for a second each.
  if (name === 'minVersion') options.push(fc.constant('0'));
  else if (pattern === undefined) {
    options.push(fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 100) }));
  } else {
    // fast-check generates for all of a pattern but what it looks ahead to.
    const all = new RegExp(pattern);
    const plain = new RegExp(pattern.replace(/\(\?![^)]*\)/g, ''));
    options.push(
      fc.stringMatching(plain).filter((text) => all.test(text) && text.length <= maxLength),
    );
  }
  return fc.oneof(...options);
}

function numberOf({ type, minimum, maximum }: Schema): fc.Arbitrary<number> {
  const min = minimum ?? Number.MIN_SAFE_INTEGER;
  const max = maximum ?? Number.MAX_SAFE_INTEGER;
  const whole = fc.oneof(
    fc.maxSafeInteger().map((value) => Math.min(Math.max(value, min), max)),
    fc.integer({ min: Math.max(min, -100), max: Math.min(max, 100) }),
  );
  return type === 'integer' ? whole : fc.oneof(whole, fc.double({ noNaN: true }));
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema) {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name)]),
  );
  if (typeof additionalProperties === 'object') {
    const name = fc.string({ minLength: 1, maxLength: 64 });
    return fc.dictionary(name, valueOf(additionalProperties), { maxKeys: 20 });
  }
  return fc.record(fields, { requiredKeys: required as never[] });
}
