/**
 * A driver in another language: a program that reads commands from its input, one JSON object a line,
 * and writes an answer a line, in whatever order they are ready.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { reap } from '../../../../test/engines/index.ts';
import type { Driver } from './command.ts';

type Answer = { id: number } & ({ result: unknown } | { error: string });

const complaintKeptChars = 4_000;

export function startProgram(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Driver {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  reap(child.pid ?? 0);
  const ended = once(child, 'close');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let complaints = '';
  let lastId = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-complaintKeptChars);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    const { resolve, reject } = waiting.get(answer.id)!;
    waiting.delete(answer.id);
    if ('error' in answer) reject(new Error(answer.error));
    else resolve(answer.result);
  });
  // Writing to a program that has ended fails; its end says more.
  child.stdin.on('error', () => {});
  let failure: Error | undefined;
  child.on('close', () => {
    failure = new Error(`${command} has ended:\n${complaints}`);
    for (const { reject } of waiting.values()) reject(failure);
  });
  return {
    run(client, command) {
      if (failure !== undefined) return Promise.reject(failure);
      const id = (lastId += 1);
      const answered = Promise.withResolvers<unknown>();
      waiting.set(id, answered);
      child.stdin.write(`${JSON.stringify({ id, client, ...command })}\n`);
      return answered.promise;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
