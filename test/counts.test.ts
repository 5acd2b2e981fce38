import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, test } from 'node:test';
import { closingLine, countTests, type Counts } from './counts.ts';

const passing = `test('passes', () => {});`;
const failing = `test('fails', () => { throw new Error('no'); });`;

const cases = {
  'each test counts once, in suites and outside': {
    code: `${passing} describe('suite', () => { ${passing} ${failing} });`,
    line: '2 passed, 1 failed',
  },
  'what is skipped or still to do is neither passed nor failed': {
    code: `${passing} test('later', { skip: true }, () => {}); test('to do', { todo: true });`,
    line: '1 passed, 0 failed, 2 skipped',
  },
  'a suite that fails before its tests is a failure': {
    code: `${passing} describe('suite', () => { throw new Error('no'); });`,
    line: '1 passed, 1 failed',
  },
  'a test that never ends is a failure': {
    code: `test('waits', { timeout: 50 }, () => new Promise(() => {}));`,
    line: '0 passed, 1 failed',
  },
  'a file that crashes is a failure': {
    code: `throw new Error('no');`,
    line: '0 passed, 1 failed',
  },
  'a file without a test is a failure': { code: ``, line: '0 passed, 1 failed' },
};

for (const [name, { code, line }] of Object.entries(cases)) {
  test(name, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atlas-counts-'));
    try {
      const file = join(folder, 'it.test.mjs');
      await writeFile(file, `import { describe, test } from 'node:test';\n${code}`);
      const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
      for await (const _ of countTests(eventsOf(file), counts));
      assert.equal(closingLine(counts), line);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

/** node:test refuses to run files from within a file that it runs, unless it does not know. */
function eventsOf(file: string): ReturnType<typeof run> {
  delete process.env['NODE_TEST_CONTEXT'];
  return run({ files: [file] });
}
