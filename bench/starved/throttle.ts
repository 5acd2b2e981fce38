// Takes most of the processor from a process, as a quota of a container does: in each tenth of a second it runs
// for its share and then stands still, by signals, which need no rights and no container.
import { fork } from 'node:child_process';
import { once } from 'node:events';

const periodMs = 100;

/** Until it is disposed. @param share of the time */
export async function throttle(pid: number, share: number): Promise<AsyncDisposable> {
  // In a process of its own: a generator that is busy would be late with the signals.
  const child = fork(import.meta.filename, [String(pid), String(share)]);
  return {
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [pid, share] = process.argv.slice(2).map(Number) as [number, number];
  let beginsAtMs = performance.now();
  const run = () => {
    process.kill(pid, 'SIGCONT');
    const lateMs = Math.max(0, performance.now() - beginsAtMs);
    beginsAtMs += Math.max(periodMs, lateMs);
    setTimeout(stop, share * periodMs);
  };
  const stop = () => {
    process.kill(pid, 'SIGSTOP');
    setTimeout(run, Math.max(0, beginsAtMs - performance.now()));
  };
  process.once('disconnect', () => {
    process.kill(pid, 'SIGCONT');
    process.exit();
  });
  stop();
}
