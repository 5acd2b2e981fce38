// A process ends when it is asked to: resolves at the first SIGINT or SIGTERM, so that the caller's
// `await using` disposes everything in reverse. A second one, a second later or more, ends it at once:
// one Ctrl-C may arrive several times, from the terminal and from each process in between.

const repeatMs = 1_000;

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
