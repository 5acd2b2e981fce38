import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { showProgress } from './progress.ts';

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What an import of 1,000 rows has shown in its first second, with half of them done. */
function shownIn(t: TestContext, output: Output, reason: string): string[] {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const written: string[] = [];
  const totals = { posted: 400, replayed: 90, refused: 10 };
  {
    using progress = showProgress({
      output: { ...output, write: (text) => written.push(text) },
      rows: 1_000,
      totals,
    });
    progress.waiting(reason);
    t.mock.timers.tick(1_000);
  }
  return written;
}

test('in a log each second of an import is a line with everything', (t) => {
  const [line, ...more] = shownIn(t, {}, 'the book is away');
  const all = /^50 % \(500 of 1000\)  \d+\/s  \d+ s left  10 refused  waiting: the book is away\n$/;
  assert.match(line!, all);
  assert.deepEqual(more, []);
});

test('on a terminal the line of an import is written over, and gone at the end', (t) => {
  const written = shownIn(t, { isTTY: true, columns: 120 }, 'the book is away');
  for (const line of written) assert.ok(line.startsWith('\r\x1b[K'), line);
  assert.match(written[0]!, /\[#{10}\.{10}\]  50 % .*waiting: the book is away$/);
  assert.equal(written.at(-1), '\r\x1b[K');
});

test('a reason that is too long for the terminal does not wrap the line of an import', (t) => {
  const [line] = shownIn(t, { isTTY: true, columns: 80 }, 'why '.repeat(50));
  assert.match(line!, /10 refused$/);
});
