// Requests to fuzz with: good ones by their schemas, and the same with something broken in the body,
// the address, the headers or the method.
import { METHODS } from 'node:http';
import fc from 'fast-check';
import type { Operation } from './documents.ts';
import * as odd from './odd.ts';
import type { Header, RawRequest } from './raw-http.ts';
import { valueOf } from './values.ts';

type Breakage = (request: RawRequest) => RawRequest;

/** Good requests of an operation, with up to three things broken in them. */
export function requestsOf(operation: Operation, token: string): fc.Arbitrary<RawRequest> {
  const breakages = fc.array(breakage, { maxLength: 3 });
  return fc
    .tuple(goodRequest(operation, token), breakages)
    .map(([request, broken]) => broken.reduce((so, breaks) => breaks(so), request));
}

function goodRequest(operation: Operation, token: string): fc.Arbitrary<RawRequest> {
  const { method, path, parameters, body } = operation;
  const given = fc.record(
    Object.fromEntries(
      parameters.map(({ in: place, name, schema }) => [`${place} ${name}`, valueOf(schema, name)]),
    ),
    {
      requiredKeys: parameters
        .filter(({ required }) => required === true)
        .map(({ in: place, name }) => `${place} ${name}`),
    },
  );
  const bodies = body === undefined ? fc.constant(undefined) : valueOf(body);
  return fc.tuple(given, bodies).map(([values, content]) => {
    const of = (place: string) =>
      Object.entries(values)
        .filter(([name]) => name.startsWith(`${place} `))
        .map(([name, value]) => [name.slice(place.length + 1), String(value)] as const);
    const route = of('path').reduce(
      (so, [name, value]) => so.replace(`{${name}}`, () => encodeURIComponent(value)),
      path,
    );
    const query = new URLSearchParams(Object.fromEntries(of('query'))).toString();
    return {
      method,
      target: query === '' ? route : `${route}?${query}`,
      headers: [['authorization', `Bearer ${token}`], ...of('header'), ...json(content)],
      body: content === undefined ? undefined : Buffer.from(JSON.stringify(content)),
    };
  });
}

function json(content: unknown): Header[] {
  return content === undefined ? [] : [['content-type', 'application/json']];
}

const oddTexts = fc.oneof(
  fc.constantFrom(...odd.texts),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const oddValues = fc.oneof(
  oddTexts,
  fc.constantFrom(null, true, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER + 1, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Changes the parsed body. */
const changedBody: fc.Arbitrary<Breakage> = fc
  .tuple(fc.nat(), oddTexts, oddValues, fc.constantFrom('replace', 'drop', 'add', 'item'))
  .map(([nth, name, value, how]) => (request) => {
    const content = parsed(request.body);
    if (content === undefined) return request;
    const object = (how === 'item' ? itemOf(content, nth) : undefined) ?? content;
    const field = Object.keys(object)[nth % Math.max(Object.keys(object).length, 1)] ?? name;
    if (how === 'drop') delete object[field];
    else Object.defineProperty(object, how === 'add' ? name : field, { value, ...visible });
    return { ...request, body: Buffer.from(JSON.stringify(content)) };
  });

/** A transfer of a batch, where there is one. */
function itemOf({ transfers }: Record<string, unknown>, nth: number) {
  const objects = [transfers].flat().filter((item) => typeof item === 'object' && item !== null);
  return objects[nth % Math.max(objects.length, 1)] as Record<string, unknown> | undefined;
}

const visible = { enumerable: true, writable: true, configurable: true };

function parsed(body: Buffer | undefined): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(body?.toString() ?? 'null');
    return typeof content === 'object' && content !== null
      ? (content as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Changes the bytes of the body. */
const brokenBody: fc.Arbitrary<Breakage> = fc
  .oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => () => Buffer.from(bytes)),
    oddValues.map((value) => () => Buffer.from(JSON.stringify(value))),
    fc.nat(400).map((length) => (body: Buffer) => body.subarray(0, length)),
    fc.tuple(fc.nat(400), fc.uint8Array({ minLength: 1, maxLength: 4 })).map(
      ([at, bytes]) =>
        (body: Buffer) =>
          Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)]),
    ),
    fc.constantFrom(
      (body: Buffer) => Buffer.concat([Buffer.from('\ufeff'), body]),
      (body: Buffer) => Buffer.concat([body, body]),
      () => Buffer.from('['.repeat(50_000)),
      () => Buffer.from('{"a":'.repeat(20_000)),
      () => Buffer.from('{"__proto__":{"minor":1},"constructor":{"prototype":{}}}'),
      () => Buffer.from('{"minor":1e999999999}'),
      () => Buffer.from(`{"minor":${'9'.repeat(100_000)}}`),
      (body: Buffer) =>
        Buffer.from(body.toString('latin1').replace('{', '{"minor":"1","minor":"2",')),
    ),
  )
  .map((breaks) => (request) => ({ ...request, body: breaks(request.body ?? Buffer.alloc(0)) }));

const brokenPath: fc.Arbitrary<Breakage> = fc
  .tuple(fc.constantFrom(...odd.paths), fc.nat(60), fc.nat(20))
  .map(([odd, at, cut]) => (request) => {
    const [path = '', query] = request.target.split('?', 2);
    const place = Math.min(1 + at, path.length);
    const broken = path.slice(0, place) + odd + path.slice(place + cut);
    return { ...request, target: query === undefined ? broken : `${broken}?${query}` };
  });

const brokenQuery: fc.Arbitrary<Breakage> = fc
  .oneof(
    fc.constantFrom(...odd.queries),
    oddTexts.map((text) => `prefix=${encodeURIComponent(text.toWellFormed())}`),
  )
  .map((query) => (request) => ({
    ...request,
    target: `${request.target}${request.target.includes('?') ? '&' : '?'}${query}`,
  }));

/** Without CR and LF, which would begin another header: such bytes are for the probes. */
const oddHeaderValues = fc.oneof(
  fc.constantFrom('', ' ', '\x7f', '\xff', 'a,b', 'x'.repeat(300), 'null', '*/*', '0', '"'),
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  }),
);

const oddHeaders: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(fc.constantFrom(...odd.headerNames), oddHeaderValues),
  fc.constantFrom(...odd.headers),
);

const brokenHeaders: fc.Arbitrary<Breakage> = fc
  .tuple(fc.constantFrom('add', 'replace', 'drop', 'twice'), oddHeaders, fc.nat())
  .map(([how, [name, value], nth]) => (request) => {
    const { headers } = request;
    const index = nth % Math.max(headers.length, 1);
    const others = headers.filter(([other], i) =>
      how === 'drop' ? i !== index : how === 'add' || other !== name,
    );
    if (how === 'drop') return { ...request, headers: others };
    const added: Header[] = how === 'twice' ? headers.slice(index, index + 1) : [[name, value]];
    return {
      ...request,
      headers: how === 'twice' ? [...headers, ...added] : [...others, ...added],
    };
  });

const brokenMethod: fc.Arbitrary<Breakage> = fc
  .constantFrom(...METHODS.filter((name) => name !== 'CONNECT'))
  .map((method) => (request) => ({ ...request, method }));

const breakage: fc.Arbitrary<Breakage> = fc.oneof(
  { arbitrary: changedBody, weight: 4 },
  { arbitrary: brokenBody, weight: 2 },
  { arbitrary: brokenPath, weight: 2 },
  { arbitrary: brokenQuery, weight: 2 },
  { arbitrary: brokenHeaders, weight: 3 },
  { arbitrary: brokenMethod, weight: 1 },
);
