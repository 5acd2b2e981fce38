import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { FolderInUse, lockFolder } from './folder-lock.ts';

const run = promisify(execFile);
const rounds = 15;

it('of several that find the lock of a dead process exactly one takes it over', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'atlas-lock-'));
    const listenAndDie = `require('node:net').createServer()
      .listen(${JSON.stringify(join(folder, 'lock-000000000000'))}, () => process.kill(process.pid, 'SIGKILL'))`;
    await assert.rejects(run(process.execPath, ['-e', listenAndDie]));
    assert.deepEqual(await readdir(folder), ['lock-000000000000']);

    const results = await Promise.allSettled([1, 2, 3, 4].map(() => lockFolder(folder)));

    const locks = results.filter((result) => result.status === 'fulfilled');
    assert.equal(locks.length, 1);
    await assert.rejects(lockFolder(folder), FolderInUse);
    await locks[0]!.value[Symbol.asyncDispose]();
    await using free = await lockFolder(folder);
    assert.ok(free);
    await rm(folder, { recursive: true });
  }
});
