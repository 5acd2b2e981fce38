// Loaded into every test file. One that leaves a server, pool or timer behind fails, because it would
// otherwise never end, and because the code under test promises to clean up after itself. One whose
// runner is gone ends, since nobody hears it any more.
import { after } from 'node:test';

const graceMs = 10_000;

after(() => {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    console.error(`still open ${graceMs / 1_000} s after the last test: ${open}`);
    process.exit(1);
  }, graceMs).unref();
});

const runner = process.ppid;
setInterval(() => {
  if (process.ppid !== runner) process.exit(1);
}, 1_000).unref();
