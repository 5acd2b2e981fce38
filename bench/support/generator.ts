// A load generator in a process of its own, so that its CPU is not counted as the server's, and the
// server's event loop is not shared with it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Edge } from './figures.ts';

/** Runs `module` (see `asGenerator`) with a task; resolves to what it found. */
export async function generate(
  module: URL,
  task: object,
  window: (edge: Edge) => Promise<void> = async () => {},
): Promise<object> {
  const child = fork(module, [JSON.stringify(task)]);
  let found: object | undefined;
  child.on('message', (message: Edge | object) => {
    if (typeof message === 'object') found = message;
    else void window(message).then(() => child.send('go on'));
  });
  await once(child, 'exit');
  if (found === undefined) throw new Error('the generator failed; see above');
  return found;
}

/** The other side: works on the task, and tells at which edge of the measured time it is. */
export async function asGenerator(
  work: (task: unknown, window: (edge: Edge) => Promise<void>) => Promise<object>,
): Promise<void> {
  const found = await work(JSON.parse(process.argv[2]!), async (edge) => {
    const goOn = once(process, 'message');
    process.send!(edge);
    await goOn;
  });
  process.send!(found);
  process.disconnect();
}
