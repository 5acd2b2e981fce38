// Loaded into every test file. One that leaves a server, pool or timer behind fails, because it would
// otherwise never end, and because the code under test promises to clean up after itself. One whose
// runner is gone ends, since nobody hears it any more.
import { after } from 'node:test';

const graceSeconds = 10;

after(() => {
  let seconds = 0;
  // Counted one by one: a loop that was blocked, by a long synchronous clean-up, had no such time.
  setInterval(() => {
    seconds += 1;
    if (seconds < graceSeconds) return;
    const open = process.getActiveResourcesInfo().join(', ');
    console.error(`still open ${graceSeconds} s after the last test: ${open}`);
    process.exit(1);
  }, 1_000).unref();
});

const runner = process.ppid;
setInterval(() => {
  if (process.ppid !== runner) process.exit(1);
}, 1_000).unref();
