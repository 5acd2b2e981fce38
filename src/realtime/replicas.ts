// All replicas of the hub: this one, and the others that the core knows of.
import type { Node } from '../contracts/control.ts';
import type { Control } from '../platform/control.ts';
import type { Guards } from '../platform/guards/guards.ts';
import type { Log } from '../platform/logs.ts';
import { createPeers } from '../platform/peers.ts';
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
  const peers = createPeers((url) => connectReplica(url, access), log);
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

  return {
    async ask<T>(question: (replica: Replica) => Promise<T>) {
      const [here, { answers, unanswered }] = await Promise.all([
        question(own),
        others().then((nodes) => peers.ask(nodes, question)),
      ]);
      return {
        answers: [here, ...answers.map(([, answer]) => answer)],
        unanswered: unanswered.map(({ id }) => id),
      };
    },
    [Symbol.asyncDispose]: () => peers[Symbol.asyncDispose](),
  };
}
