import assert from 'node:assert/strict';
import { test } from 'node:test';
import { books } from '../../test/books.ts';
import { earlierDecisions, findByKey } from './statements.ts';

// A prepared statement is planned while the book is new, and on an engine that analyzes nothing the plan
// stays: one that only fits an empty table would read more with every transfer that is posted.
for (const [engine, open] of books) {
  test(`keys are looked up by the index of keys from the first transfer on, on ${engine}`, async () => {
    await using book = await open();
    for (const [{ text }, values] of [
      [earlierDecisions, ['{t}', '{k}']],
      [findByKey, ['t', 'k']],
    ] as const) {
      const rows = await book.database.query<{ 'QUERY PLAN': string }>(
        `explain (costs off) ${text}`,
        values,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      assert.match(plan, /using transfers_tenant_key_key/, plan);
    }
  });
}
