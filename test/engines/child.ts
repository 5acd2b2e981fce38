// Starts a server as a child process and resolves when it says that it is ready. Whatever happens
// to the process that started it, a crash or a kill −9 included, the reaper ends it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { alive, forget, reap, send, type EndSignal } from './reaper.ts';

const run = promisify(execFile);

const readyWithinMs = 60_000;
const outputKeptChars = 8_000;

export interface Launch {
  command: string;
  args: string[];
  /** Appears in the output when the server takes requests. */
  ready: RegExp;
  /** What ends the server at once and for certain, with its own children. */
  endSignal: EndSignal;
  /** Who it runs as; this user when left out. */
  user?: { uid: number; gid: number } | undefined;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

export interface Child {
  pid: number;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** kill −9, for its own children too, as when the machine stops. */
  kill(): Promise<void>;
}

export async function startChild(launch: Launch): Promise<Child> {
  const child = spawn(launch.command, launch.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C on the terminal reaches the tests, and they end their engines.
    detached: true,
    env: launch.env ?? process.env,
    ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
    ...launch.user,
  });
  const exited = once(child, 'exit');
  let output = '';
  const ready = Promise.withResolvers<void>();
  const read = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-outputKeptChars);
    if (launch.ready.test(output)) ready.resolve();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.once('error', ready.reject);
  exited.then(
    () => ready.reject(new Error(`${launch.command} ended before it was ready:\n${output}`)),
    ready.reject,
  );
  if (child.pid !== undefined) reap(child.pid, launch.endSignal);
  const { pid = 0 } = child;
  const timer = setTimeout(() => {
    ready.reject(new Error(`${launch.command} was not ready in ${readyWithinMs} ms:\n${output}`));
    child.kill('SIGKILL');
  }, readyWithinMs);
  try {
    await ready.promise;
  } finally {
    clearTimeout(timer);
  }
  void exited.then(() => forget(pid));
  // A forgotten engine must not keep a finished test process alive.
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref(): void }).unref();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.kill(signal);
    await exited;
  };
  return {
    pid,
    signal: (signal) => void child.kill(signal),
    end,
    kill: async () => {
      // Stopped, it can neither start another child nor look after those it has.
      child.kill('SIGSTOP');
      const children = await childrenOf(pid);
      await end('SIGKILL');
      for (const each of children) send(each, 'SIGKILL');
      while (children.some(alive)) await sleep(1);
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const list =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
      : await run('pgrep', ['-P', `${pid}`]).then(
          ({ stdout }) => stdout,
          () => '',
        );
  return list.split(/\s+/).filter(Boolean).map(Number);
}
