// All replicas, asked at once: whoever answers in time is heard, and whoever does not is named, so that
// an operator sees at a glance that something is missing from the picture.
import type { Node } from '../contracts/control.ts';
import type { Control } from '../platform/control.ts';
import type { Guards } from '../platform/guards/guards.ts';
import type { Log } from '../platform/logs.ts';
import { forEachAtMost } from '../platform/for-each-at-most.ts';
import { limits } from './limits.ts';
import { connectReplica } from './remote-replica.ts';
import type { Replica } from './replica.ts';

export interface Answers<T> {
  readonly answers: T[];
  /** Names of the nodes that did not answer. */
  readonly unanswered: string[];
}

export interface Replicas extends AsyncDisposable {
  ask<T>(question: (replica: Replica) => Promise<T>): Promise<Answers<T>>;
}

export interface ReplicasParts {
  readonly control: Control;
  readonly own: Replica;
  readonly secret: string;
  readonly guards: Guards;
  readonly log: Log;
}

export function createReplicas({ control, own, log, ...access }: ReplicasParts): Replicas {
  const remote = new Map<string, ReturnType<typeof connectReplica>>();
  let known: readonly Node[] = [];

  /** While the core is away, those that it told of last. */
  async function others(): Promise<readonly Node[]> {
    try {
      known = await control.nodes('realtime');
    } catch (error) {
      log.warn(
        { err: error },
        'the core cannot say which replicas there are: those of before are asked',
      );
    }
    return known.filter(({ id }) => id !== control.node).slice(0, limits.peersMax);
  }

  function at(url: string): Replica {
    let replica = remote.get(url);
    if (replica === undefined) {
      replica = connectReplica(url, access);
      remote.set(url, replica);
    }
    return replica;
  }

  async function forget(nodes: readonly Node[]): Promise<void> {
    const urls = new Set(nodes.map(({ url }) => url));
    for (const [url, replica] of remote) {
      if (urls.has(url)) continue;
      remote.delete(url);
      await replica[Symbol.asyncDispose]();
    }
  }

  return {
    async ask(question) {
      const nodes = await others();
      await forget(nodes);
      const answers = [await question(own)];
      const unanswered: string[] = [];
      await forEachAtMost(limits.peersAtOnceMax, nodes, async ({ id, url }) => {
        try {
          answers.push(await question(at(url)));
        } catch (error) {
          log.warn({ err: error, node: id }, 'a replica did not answer');
          unanswered.push(id);
        }
      });
      return { answers, unanswered };
    },
    async [Symbol.asyncDispose]() {
      await forget([]);
    },
  };
}
