// A child process that answers orders one after the other, or ends, which fails the one that waits.
import type { ChildProcess } from 'node:child_process';

export function createAnswers<Answer>(child: ChildProcess, name: string) {
  let waiting = Promise.withResolvers<Answer>();
  child.once('exit', (code) => {
    // Nobody has to be waiting.
    waiting.promise.catch(() => {});
    waiting.reject(new Error(`${name} ended with ${code}; see above`));
  });
  return {
    came(answer: Answer): void {
      waiting.resolve(answer);
    },
    async next(): Promise<Answer> {
      const answer = await waiting.promise;
      waiting = Promise.withResolvers();
      return answer;
    },
  };
}
