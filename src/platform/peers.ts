// Other replicas, all asked at once: whoever answers in time is heard, and whoever does not is named, so
// that an operator sees at a glance that something is missing from the picture. Connections to a replica
// are kept as long as it is among those that are asked.
import type { Node } from '../contracts/control.ts';
import { forEachAtMost } from './for-each-at-most.ts';
import type { Log } from './logs.ts';

/** What is asked of each replica: many at once, and what it may take. */
export const peerLimits = {
  atOnceMax: 16,
  timeoutMs: 2_000,
  connectionsMax: 2,
  callsMax: 16,
};

export interface PeerAnswers<R, N> {
  readonly answers: (readonly [node: N, answer: R])[];
  readonly unanswered: N[];
}

export interface Peers<T> extends AsyncDisposable {
  ask<R, N extends Pick<Node, 'id' | 'url'>>(
    nodes: readonly N[],
    question: (peer: T) => Promise<R>,
  ): Promise<PeerAnswers<R, N>>;
}

export function createPeers<T extends AsyncDisposable>(
  connect: (url: string) => T,
  log: Pick<Log, 'warn'>,
): Peers<T> {
  const connected = new Map<string, T>();

  function at(url: string): T {
    const peer = connected.get(url) ?? connect(url);
    connected.set(url, peer);
    return peer;
  }

  async function forget(except: ReadonlySet<string>): Promise<void> {
    for (const [url, peer] of connected) {
      if (except.has(url)) continue;
      connected.delete(url);
      await peer[Symbol.asyncDispose]();
    }
  }

  return {
    async ask<R, N extends Pick<Node, 'id' | 'url'>>(
      nodes: readonly N[],
      question: (peer: T) => Promise<R>,
    ) {
      await forget(new Set(nodes.map(({ url }) => url)));
      const answers: (readonly [N, R])[] = [];
      const unanswered: N[] = [];
      await forEachAtMost(peerLimits.atOnceMax, nodes, async (node) => {
        try {
          answers.push([node, await question(at(node.url))]);
        } catch (error) {
          log.warn({ err: error, node: node.id }, 'a replica did not answer');
          unanswered.push(node);
        }
      });
      return { answers, unanswered };
    },
    [Symbol.asyncDispose]: () => forget(new Set()),
  };
}
