import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startOwnTime } from './own-time.ts';

/** However long that takes beside others. */
const spinSeconds = 1;
const spin = ['-e', `while (process.cpuUsage().user < ${spinSeconds * 1e6});`];

test('work of our own takes none of our time, and that of others takes their share', async () => {
  const own = spawn(process.execPath, spin);
  try {
    // Of this process, and so is what it has started.
    using ours = await startOwnTime(process.pid);
    // Of a process that has started nothing: all else is others'.
    using theirs = await startOwnTime(own.pid! + 0.5);
    await once(own, 'exit');
    assert.ok(theirs.nowMs() < ours.nowMs(), `${theirs.nowMs()} of ${ours.nowMs()} ms`);
    const seconds = theirs.othersSeconds - ours.othersSeconds;
    assert.ok(seconds > spinSeconds / 2, `${seconds} s: what spins is ours`);
  } finally {
    own.kill('SIGKILL');
  }
});
