import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { startOwnTime } from './own-time.ts';

const spin = ['-e', 'for(;;);'];

test('work of our own takes none of our time, and that of others takes their share', async () => {
  const own = spawn(process.execPath, spin);
  try {
    // Of this process, and so is what it has started.
    using ours = await startOwnTime(process.pid);
    // Of a process that has started nothing: all else is others'.
    using theirs = await startOwnTime(own.pid! + 0.5);
    await ours.wait(2_000);
    assert.ok(theirs.nowMs() < ours.nowMs(), `${theirs.nowMs()} of ${ours.nowMs()} ms`);
    assert.ok(theirs.othersSeconds - ours.othersSeconds > 0.3, 'what spins is ours');
  } finally {
    own.kill('SIGKILL');
  }
});
