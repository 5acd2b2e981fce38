// The state of a balance, or of the connection, in words: a dot of colour never says it alone. Only
// the words are a live region; an age that ticks inside would be read out every second.
import type { Freshness, LiveBalance, Phase } from '@atlas/client';
import { useConnection } from './use-live-balance.ts';
import { problems, type ProblemCode } from '../../../../src/contracts/problems.ts';
import { countText } from '../ui/figure-text.ts';
import { ageText, momentText, timeText } from '../ui/time.ts';
import { useNow } from '../ui/use-now.ts';

const words: Record<Phase, string> = {
  idle: 'Connecting…',
  connecting: 'Connecting…',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  paused: 'Offline',
  ended: 'Not live',
};
const tones: Record<Phase | Freshness, 'good' | 'wait' | 'bad'> = {
  idle: 'wait',
  connecting: 'wait',
  connected: 'good',
  live: 'good',
  updating: 'wait',
  reconnecting: 'wait',
  offline: 'bad',
  paused: 'bad',
  ended: 'bad',
  stale: 'bad',
  refused: 'bad',
};

/** For pages without an open account. */
export function ConnectionState() {
  const { phase } = useConnection();
  return (
    <p className="state">
      <span className={`dot ${tones[phase]}`} />
      <span role="status">{words[phase]}</span>
    </p>
  );
}

/** "Live · v1 204 · changed 12 s ago", or "Offline · as of 14:03:07, 12 s ago". */
export function BalanceState({ live }: { readonly live: LiveBalance }) {
  const nowMs = useNow();
  const { freshness, balance, asOfMs } = live;
  const asOf = freshness === 'live' || balance === undefined ? undefined : asOfMs;
  return (
    <p className="state">
      <span className={`dot ${tones[freshness]}`} />
      <span role="status">
        {stateWord(live)}
        {asOf !== undefined && ` · as of ${timeText(asOf)}`}
      </span>
      {asOf !== undefined && <span>, {ageText(nowMs - asOf)}</span>}
      {balance !== undefined && (
        <span>
          {' · '}v{countText(balance.version)}
        </span>
      )}
      {freshness === 'live' && balance !== undefined && (
        <span title={momentText(balance.updatedAt)}>
          {' · changed '}
          {ageText(nowMs - Date.parse(balance.updatedAt))}
        </span>
      )}
    </p>
  );
}

function stateWord({ freshness, refusal }: LiveBalance): string {
  if (freshness === 'live') return 'Live';
  if (freshness === 'updating') return 'Updating…';
  if (freshness === 'reconnecting') return 'Reconnecting';
  if (freshness === 'stale') return 'Offline';
  return `Not live: ${problems[refusal as ProblemCode]?.title ?? 'refused'}`;
}
