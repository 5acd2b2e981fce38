// Whether a connection that stands can still be heard. A network can be gone without a word: what is shown as live
// has to be heard of, if only by pings. Whoever acts on it does not wait for these: the hub is asked for a word.
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { Hub } from './hub.ts';

export interface Hearing {
  /** A connection stands from now on. */
  begin(): void;
  end(): void;
  /** For so long nothing was heard, or no answer came, that nothing is to be called live. */
  isSilent(): boolean;
  /** Asks for a word, unless one came a moment ago or is asked for already. */
  ask(): void;
}

export interface HearingParts {
  readonly hub: Pick<Hub, 'heardAtMs'>;
  readonly clock: Clock;
  /** Puts a small question to the hub; false: there is none to put. */
  readonly question: () => boolean;
  /** It has become silent, or is heard again. */
  readonly onChange: () => void;
  readonly onDeaf: () => void;
}

export function createHearing({ hub, clock, question, onChange, onDeaf }: HearingParts): Hearing {
  let sinceMs: number | undefined;
  let askedAtMs: number | undefined;
  let isSilent = false;
  let timer: unknown;

  const silentMs = () => clock.now() - Math.max(hub.heardAtMs() ?? 0, sinceMs ?? 0);
  /** Any word counts as the answer. */
  const waitedMs = () => {
    const askedMs = askedAtMs === undefined ? Number.POSITIVE_INFINITY : clock.now() - askedAtMs;
    return askedMs < silentMs() ? askedMs : undefined;
  };

  function listen(): void {
    clock.clearTimeout(timer);
    const waited = waitedMs() ?? 0;
    if (silentMs() >= limits.deafMs || waited >= limits.deafToQuestionMs) return onDeaf();
    const wasSilent = isSilent;
    isSilent = silentMs() >= limits.silenceMs || waited >= limits.proofMs;
    if (isSilent !== wasSilent) onChange();
    const isInDoubt = isSilent || waitedMs() !== undefined;
    timer = clock.setTimeout(listen, isInDoubt ? limits.listenMs : limits.silenceMs - silentMs());
  }

  return {
    begin() {
      sinceMs = clock.now();
      listen();
    },
    end() {
      clock.clearTimeout(timer);
      sinceMs = askedAtMs = undefined;
      isSilent = false;
    },
    isSilent: () => isSilent,
    ask() {
      const isAsking = waitedMs() !== undefined;
      if (sinceMs === undefined || isAsking || silentMs() < limits.lateMs || !question()) return;
      askedAtMs = clock.now();
      listen();
    },
  };
}
