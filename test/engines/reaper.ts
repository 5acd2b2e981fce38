// Ends engines and removes their folders when the process that started them is gone, however it
// went: a process cannot clean up after its own kill −9, so a second one waits for its pipe to close.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type EndSignal = 'SIGKILL' | 'SIGQUIT';

let reaper: ChildProcess | undefined;

/** From now on the process `pid` ends with this one. */
export function reap(pid: number, signal: EndSignal = 'SIGKILL'): void {
  tell(`process ${pid} ${signal}`);
}

/** The process has ended by itself: its number may soon belong to another. */
export function forget(pid: number): void {
  tell(`forget ${pid}`);
}

/** From now on the folder or file is removed when this process is gone. */
export function removeAtEnd(path: string): void {
  tell(`path ${path}`);
}

function tell(line: string): void {
  reaper ??= start();
  reaper.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  // A reaper that is gone too has nothing left to hear.
  child.stdin?.on('error', () => {});
  return child;
}

async function wait(): Promise<void> {
  const processes = new Map<number, EndSignal>();
  const paths: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const [, word, value = '', signal] = /^(\w+) (.+?)(?: (SIG\w+))?$/.exec(line) ?? [];
    if (word === 'process') processes.set(Number(value), signal as EndSignal);
    if (word === 'forget') processes.delete(Number(value));
    if (word === 'path') paths.push(value);
  }
  for (const [pid, signal] of processes) send(pid, signal);
  const deadline = Date.now() + 5_000;
  while ([...processes.keys()].some(alive) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const pid of processes.keys()) send(pid, 'SIGKILL');
  for (const path of paths) {
    await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Sends a signal to a process that may be gone already. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
    // A stopped process hears nothing else before it goes on.
    process.kill(pid, 'SIGCONT');
  } catch {
    // Gone already.
  }
}

/** Whether the process still runs. A zombie does not: it only waits for its parent to ask. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || existsSync(`/proc/${pid}/exe`);
}

if (import.meta.main) await wait();
