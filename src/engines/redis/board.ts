// Where the replicas of the ledger tell each other how their caches do: each puts its own text, and gets
// those of all that have put theirs lately.
import type { ReplicaBoard } from '../balance-cache.ts';
import { boardScript } from './scripts.ts';
import type { Shard } from './shards.ts';

/** A replica that has put nothing for so long is gone. */
const lifeMs = 10_000;

export function createBoard({ link, keys }: Shard): ReplicaBoard {
  return {
    async share(node, text) {
      const all = (await link.ask(boardScript, [keys.board], [node, text, lifeMs])) as string[];
      const shared = [];
      for (let i = 0; i < all.length; i += 3) {
        shared.push({ node: all[i]!, ageMs: Number(all[i + 1]), text: all[i + 2]! });
      }
      return shared;
    },
  };
}
