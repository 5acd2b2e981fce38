// The state of a balance, or of the connection, in words: a dot of colour never says it alone. Only
// the words are a live region; an age that ticks inside would be read out every second.
import type { LiveBalance } from './live-balances.ts';
import type { Phase } from './steady-connection.ts';
import { useConnection } from './use-live-balance.ts';
import { problems, type ProblemCode } from '../../../../src/contracts/problems.ts';
import { ageText, momentText, timeText } from '../ui/time.ts';
import { useNow } from '../ui/use-now.ts';

const words: Record<Phase, string> = {
  connecting: 'Connecting…',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
};
const tones: Record<Phase | LiveBalance['state'], 'good' | 'wait' | 'bad'> = {
  connecting: 'wait',
  connected: 'good',
  live: 'good',
  updating: 'wait',
  reconnecting: 'wait',
  offline: 'bad',
  refused: 'bad',
};

/** For pages without an open account. */
export function ConnectionState() {
  const phase = useConnection();
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
  const { state, balance, asOfMs } = live;
  const asOf = state === 'live' || balance === undefined ? undefined : asOfMs;
  return (
    <p className="state">
      <span className={`dot ${tones[state]}`} />
      <span role="status">
        {stateWord(live)}
        {asOf !== undefined && ` · as of ${timeText(asOf)}`}
      </span>
      {asOf !== undefined && <span>, {ageText(nowMs - asOf)}</span>}
      {balance !== undefined && (
        <span>
          {' · '}v{groupThousands(balance.version)}
        </span>
      )}
      {state === 'live' && balance !== undefined && (
        <span title={momentText(balance.updatedAt)}>
          {' · changed '}
          {ageText(nowMs - Date.parse(balance.updatedAt))}
        </span>
      )}
    </p>
  );
}

function stateWord({ state, refusal }: LiveBalance): string {
  if (state === 'live') return 'Live';
  if (state === 'updating') return 'Updating…';
  if (state === 'reconnecting') return 'Reconnecting';
  if (state === 'offline') return 'Offline';
  return `Not live: ${problems[refusal as ProblemCode]?.title ?? 'refused'}`;
}

const narrowSpace = '\u202f';

function groupThousands(version: number): string {
  return String(version).replace(/\B(?=(\d{3})+$)/g, narrowSpace);
}
