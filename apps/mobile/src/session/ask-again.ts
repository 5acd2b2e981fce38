// What a network has swallowed is never answered, and nothing says so. A refresh token that is shown twice looks
// stolen, so it is shown again only when its first showing was lost for all that can be told: the same provider has
// answered what it was asked later.
import { limits } from '../limits.ts';

/**
 * The first answer. `ask` is put a second time, and no more, when it has waited for a while and `beside` is answered.
 * @param beside a question to the same server that may be put as often as one likes
 */
export async function askAgainWhenLost<T>(
  ask: () => Promise<T>,
  beside: () => Promise<unknown>,
): Promise<T> {
  const leaving = new AbortController();
  try {
    return await Promise.race([ask(), answered(beside, leaving.signal).then(ask)]);
  } finally {
    leaving.abort();
  }
}

function answered(question: () => Promise<unknown>, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const put = () => {
      question().then(
        () => leaving.aborted || resolve(),
        () => undefined,
      );
      timer = setTimeout(put, limits.askEveryMs);
    };
    let timer = setTimeout(put, limits.lostMs);
    leaving.addEventListener('abort', () => clearTimeout(timer));
  });
}
