// A process ends when it is asked to: resolves at the first SIGINT or SIGTERM, so that the caller's
// `await using` disposes everything in reverse. A second signal ends it at once.

export function terminated(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      resolve(signal);
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
