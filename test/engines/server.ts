// One engine's life, the same for all: it can be stopped, killed, hung and brought back on the same
// port with the same folder, because that is what fault tests do to it.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child, type Launch } from './child.ts';
import { removeAtEnd } from './reaper.ts';

export interface Server extends AsyncDisposable {
  /** Of the present process; a restart changes it. */
  readonly pid: number;
  /** Ends it in good order; restart() brings it back. */
  stop(): Promise<void>;
  /** kill −9; restart() brings it back. */
  kill(): Promise<void>;
  /** Hangs it (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Stops it when it runs, then starts it on the same port with the same folder. */
  restart(): Promise<void>;
}

export async function startServer(
  launch: Launch,
  stopSignal: NodeJS.Signals,
  folder: string,
): Promise<Server> {
  let child: Child = await startChild(launch);
  const stop = async (): Promise<void> => {
    child.signal('SIGCONT');
    await child.end(stopSignal);
  };
  return {
    get pid() {
      return child.pid;
    },
    stop,
    kill: () => child.kill(),
    pause: () => child.signal('SIGSTOP'),
    resume: () => child.signal('SIGCONT'),
    restart: async () => {
      await stop();
      child = await startChild(launch);
    },
    [Symbol.asyncDispose]: async () => {
      child.signal('SIGCONT');
      await child.end(launch.endSignal);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** A private folder that goes when the server is disposed, or else with this process. */
export async function engineFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `atlas-${name}-`));
  removeAtEnd(folder);
  return folder;
}

/** A port below the range from which systems take the ports of outgoing connections, so that it
 * is still free when an engine comes back after a fault. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const listening = once(server, 'listening');
    server.listen(port, '127.0.0.1');
    try {
      await listening;
      return port;
    } catch {
      continue;
    } finally {
      server.close();
    }
  }
  throw new Error('no free port between 20000 and 32000 on 127.0.0.1');
}
