// A process ends when it is asked to: resolves at the first SIGINT or SIGTERM, so that the caller's
// `await using` disposes everything in reverse. A second one, a second later or more, ends it at once:
// one Ctrl-C may arrive several times, from the terminal and from each process in between.

const repeatMs = 1_000;
/** Closing what stands idle, after the drain. */
const closingMs = 2_000;

export function terminated(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const stop = (signal: 'SIGINT' | 'SIGTERM') => {
      const now = performance.now();
      firstAt ??= now;
      if (now - firstAt > repeatMs) process.exit(signal === 'SIGINT' ? 130 : 143);
      resolve(signal);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

/**
 * Ends the process when the drain and the closing take longer than they may, as they do while an
 * engine hangs. What is left then is as after a crash: nothing acknowledged is lost, and what was not
 * acknowledged is repeated under its key.
 */
export function endAfterDrain(drainMs: number, exitCode: number): void {
  const end = () => {
    process.stderr.write('atlas: the drain time is over; ending with work still open\n');
    process.exit(exitCode);
  };
  setTimeout(end, drainMs + closingMs).unref();
}
