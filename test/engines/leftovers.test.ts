import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { alive } from './reaper.ts';

// A process of its own starts the engines, tells what it has started, and then ends in the given way.
const program = `
import { privatePostgres, privateRedis } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
const servers = [await privatePostgres(), await privateRedis()];
console.log(JSON.stringify(servers.map((server) => server.pid)));
`;
const endings = {
  'that finishes': '',
  'that throws': 'throw new Error("crash")',
  'that is killed': 'process.kill(process.pid, "SIGKILL")',
};

for (const [name, ending] of Object.entries(endings)) {
  test(`a test process ${name} leaves no engine behind`, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program + ending], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const pids = JSON.parse(line) as number[];
    assert.equal(pids.length, 2);
    await exited;
    for (const pid of pids) await gone(pid);
  });
}

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (alive(pid)) {
    assert.ok(Date.now() < deadline, `process ${pid} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
