import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

test('the list has a line with a sentence for every benchmark', () => {
  const { status, stdout } = bench('list');
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  assert.equal(status, 0);
  assert.equal(stdout.split('\n').length - 1, files.length);
  for (const file of files) {
    assert.match(stdout, new RegExp(`^${file.replace('.bench.ts', '')} +\\S.*[.:]$`, 'm'));
  }
});

test('a benchmark that does not exist is wrong use', () => {
  const { status, stderr } = bench('nothing');
  assert.equal(status, 2);
  assert.match(stderr, /^bench: there is no nothing; there are: /);
});

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const file = join(import.meta.dirname, 'run.ts');
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
}
